/** So many attempts within so many seconds, and what answers call that. */
export interface RateLimit {
  readonly name: string
  readonly attempts: number
  /** Null where no window ends by itself. */
  readonly windowSeconds: number | null
}

/** One whose window begins with the first attempt, and ends by itself. */
export interface WindowLimit extends RateLimit {
  readonly windowSeconds: number
}
