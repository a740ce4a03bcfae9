// The first when the hashes that wait now are done, the last before a person would give up.
const soonestMilliseconds = 1_000
const latestMilliseconds = 10_000

// A hash counts as no longer than this: with longer ones the time would be used up, and all would come back at once.
const longestMilliseconds = 3_000

/**
 * Says when refused callers should come back: one after the other, as fast as hashes are computed, so that they do
 * not all come at once again. Those for whom it would be later than in ten seconds are spread among the earlier ones.
 */
export class Appointments {
  /** When the last appointment ends, in milliseconds of this process. */
  #booked = 0

  /** @returns in how many seconds, from 1 to 10, a caller whose hash takes `milliseconds` should come back */
  make(milliseconds: number): number {
    const now = performance.now()
    const soonest = now + soonestMilliseconds
    const length = Math.min(milliseconds, longestMilliseconds)
    const isFull = this.#booked + length > now + latestMilliseconds
    const turn = isFull ? soonest : Math.max(this.#booked, soonest)
    this.#booked = turn + length
    return Math.ceil((turn - now) / 1_000)
  }
}
