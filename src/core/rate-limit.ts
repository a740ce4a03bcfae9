/** So many attempts within so many seconds, and what answers call that. */
export interface RateLimit {
  readonly name: string
  readonly attempts: number
  readonly windowSeconds: number
}
