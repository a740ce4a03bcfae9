// The first when those who wait have had their turns, the last before a person has gone away.
const soonestMilliseconds = 1_000
const latestMilliseconds = 10_000

// However long a turn takes: all would come back at once if none had room behind another.
const longestMilliseconds = 3_000

/**
 * When those for whom there is no place are to come back: one behind the other, as each would have a turn,
 * so that they are no crowd again. Whoever would come later than in ten seconds is put among those before.
 */
export class Appointments {
  /** When the last of them has had its turn, in milliseconds of this process. */
  #booked = 0

  /** @returns in how many seconds, from 1 to 10, whoever takes so many milliseconds is to come back */
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
