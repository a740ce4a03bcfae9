import type { FailedAttemptsStore } from './failed-attempts.ts'

/** What the guard needs of a database. */
export interface GuardStore extends FailedAttemptsStore {
  /**
   * Adds to one count after the other, up to the first that exceeds its maximum: an attempt that one refuses is not
   * counted by the next. It does so in a transaction of its own that is committed when this resolves. A window that
   * has ended begins again. One that ends later than `endsAt`, because a clock was ahead, ends at `endsAt` instead,
   * and keeps its count. A power cut may lose the counts of the last seconds, but a crash does not.
   */
  count(windows: readonly GuardWindow[], now: Date): Promise<GuardCount[]>
  /** The counts with these keys, even those whose window has ended. */
  findCounts(keys: readonly string[]): Promise<GuardCount[]>
}

export interface GuardWindow {
  readonly key: string
  /** How much is added to the count. */
  readonly attempts: number
  /** If the count exceeds this, the following windows are not counted. */
  readonly maximum: number
  /** When the window ends if it begins now. */
  readonly endsAt: Date
}

export interface GuardCount {
  readonly key: string
  readonly count: number
  readonly endsAt: Date
}
