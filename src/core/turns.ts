import { AuthError } from './errors.ts'

const waitMilliseconds = 2_000

/** Does for each key one thing after the other, in the order in which they were asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /**
   * @returns what `work` does, whatever became of those before it
   * @throws AuthError `overloaded` for whoever waited for two seconds, and nothing is done
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
