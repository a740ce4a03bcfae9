import type { FailedAttemptsStore } from './failed-attempts.ts'

/** What the guard asks of a database. */
export interface GuardStore extends FailedAttemptsStore {
  /**
   * Adds to one count after the other, as far as the first that is over its maximum, in a transaction of
   * its own that is committed when this resolves: what is refused by one is not counted for the next. A
   * window that has ended begins anew; one that a clock ahead of ours has put further away than
   * `endsAt` ends then, and keeps its count. The last seconds of counts may be lost in a power
   * cut, not in a crash.
   */
  count(windows: readonly GuardWindow[], now: Date): Promise<GuardCount[]>
  /** Those that there are, ended or not. */
  findCounts(keys: readonly string[]): Promise<GuardCount[]>
}

export interface GuardWindow {
  readonly key: string
  /** How many are counted at once. */
  readonly attempts: number
  /** Those behind it are not counted once it has more. */
  readonly maximum: number
  /** When a window ends that begins now. */
  readonly endsAt: Date
}

export interface GuardCount {
  readonly key: string
  readonly count: number
  readonly endsAt: Date
}
