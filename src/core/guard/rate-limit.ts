/** A number of attempts in a number of seconds, with the name of the limit in answers. */
export interface RateLimit {
  readonly name: string
  readonly attempts: number
  /** Null for a limit without such a window. */
  readonly windowSeconds: number | null
}

/** A limit whose window begins with the first attempt. */
export interface WindowLimit extends RateLimit {
  readonly windowSeconds: number
}
