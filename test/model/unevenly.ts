// What is done at the same time comes to its database, and from its hash, in an order by chance: from a seed, so that
// it can be had again.
import type { Database, PasswordHash } from 'latchkey/server'
import { cheapHash } from '../harness.ts'

export class Chance {
  #state = 0

  /** Whoever asks waits from now on; with 0, nobody. */
  begin(seed: number): void {
    this.#state = seed
  }

  async wait(): Promise<void> {
    if (this.#state === 0) return
    // Knuth's multiplier; the upper bits alone are good.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0 || 1
    for (let left = this.#state >>> 30; left > 0; left--) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  database(database: Database): Database {
    const { wait } = this.#bound()
    return {
      async query(sql, values) {
        await wait()
        return database.query(sql, values)
      },
      lookUp: (sql, values, read) => database.lookUp(sql, values, read),
      async transaction(work, options) {
        await wait()
        return database.transaction(work, options)
      },
      migration: (work, isPending) => database.migration(work, isPending),
      countConnections: () => database.countConnections(),
      close: () => database.close(),
    }
  }

  hash(): PasswordHash {
    const { wait } = this.#bound()
    return {
      ...cheapHash,
      async verify(hash, password) {
        const isRight = await cheapHash.verify(hash, password)
        await wait()
        return isRight
      },
    }
  }

  #bound() {
    return { wait: () => this.wait() }
  }
}
