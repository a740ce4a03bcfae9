import { AuthError } from './errors.ts'

/** How much hashing may go on and wait at a time. */
export interface HashQueueLimits {
  /** Hashes computed at once. */
  readonly concurrency: number
  /** Hashes that may wait for their turn. */
  readonly waiting: number
  /** How long one of them waits at most. */
  readonly waitMilliseconds: number
}

/**
 * Lets a bounded number of hashes run. One more than may wait, and one that waited too long, is
 * refused with `overloaded`: a log-in storm must not starve the requests that need no hash.
 */
export class HashQueue {
  readonly #limits: HashQueueLimits
  readonly #waiting = new Set<() => void>()
  #running = 0

  /** @throws RangeError for a concurrency that lets nothing run */
  constructor(limits: HashQueueLimits) {
    if (!(limits.concurrency >= 1)) throw new RangeError('One hash must be able to run')
    this.#limits = limits
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.concurrency) this.#running++
    else await this.#turn()
    try {
      return await work()
    } finally {
      this.#pass()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.size >= this.#limits.waiting) throw new AuthError('overloaded')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(start)
        reject(new AuthError('overloaded'))
      }, this.#limits.waitMilliseconds)
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.add(start)
    })
  }

  // The next in line takes over the place of the one that has finished.
  #pass(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#running--
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
