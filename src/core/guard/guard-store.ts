import type { FailedAttemptsStore } from './failed-attempts.ts'

/** What the guard asks of a database. */
export interface GuardStore extends FailedAttemptsStore {
  /**
   * Adds to one count after the other, up to the first that exceeds its maximum: an attempt that
   * one refuses is not counted by the next. In a transaction of its own that is committed when this
   * resolves. A window that has ended begins anew; one that a clock ahead of ours made end later
   * than `endsAt` is cut to it, and keeps its count. A power cut may lose the last seconds of
   * counts, a crash does not.
   */
  count(windows: readonly GuardWindow[], now: Date): Promise<GuardCount[]>
  /** The counts that exist, ended or not. */
  findCounts(keys: readonly string[]): Promise<GuardCount[]>
}

export interface GuardWindow {
  readonly key: string
  /** How much is added to the count. */
  readonly attempts: number
  /** Above it, the windows behind this one are not counted. */
  readonly maximum: number
  /** When a window that begins now ends. */
  readonly endsAt: Date
}

export interface GuardCount {
  readonly key: string
  readonly count: number
  readonly endsAt: Date
}
