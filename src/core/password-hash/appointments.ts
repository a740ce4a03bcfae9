// The first once those who wait now have had their turns, the last before a person would give up.
const soonestMilliseconds = 1_000
const latestMilliseconds = 10_000

// A turn counts as no longer than this: longer ones would not fit one behind another, and all would come back at once.
const longestMilliseconds = 3_000

/**
 * Says when those who are turned away should come back: one after the other, as each would have a turn, so that they
 * are not a crowd again. Whoever would come later than in ten seconds is put among the earlier ones.
 */
export class Appointments {
  /** When the last appointment ends, in milliseconds of this process. */
  #booked = 0

  /** @returns in how many seconds, from 1 to 10, a caller whose turn takes `milliseconds` should come back */
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
