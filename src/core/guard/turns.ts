import { AuthError } from '../errors.ts'

const waitMilliseconds = 2_000

/** Runs the work for each key one after the other, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /**
   * @returns what `work` returns, whatever became of the work before it
   * @throws AuthError `overloaded` after a wait of two seconds, with nothing done
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
