import { AuthError } from '../errors.ts'

const waitMilliseconds = 2_000

/** Runs work one after the other for each key, in the order of the calls. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /**
   * @returns the result of `work`, which runs even if the work before it failed
   * @throws AuthError `overloaded` after a wait of two seconds; then `work` does not run
   */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const latest = performance.now() + waitMilliseconds
    const inTime = async () => {
      if (performance.now() > latest) throw new AuthError('overloaded')
      return work()
    }
    const before = this.#last.get(key) ?? Promise.resolve()
    const own = before.then(inTime, inTime)
    this.#last.set(key, own)
    try {
      return await own
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key)
    }
  }
}
