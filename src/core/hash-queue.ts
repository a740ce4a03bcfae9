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

/** How much hashing goes on and waits, and how much was refused. */
export interface HashLoad {
  readonly running: number
  readonly waiting: number
  /** Since the process began. */
  readonly refused: number
  /**
   * Asked before anything is written for a password that would have to wait.
   *
   * @throws AuthError `overloaded` where one more would be refused now
   */
  requireRoom(): void
}

/**
 * Lets a bounded number of hashes run. One more than may wait, or than is likely to have its turn in half
 * the time that one may wait, and one that waited too long, is refused with `overloaded`: a log-in storm
 * must not starve the requests that need no hash.
 */
export class HashQueue implements HashLoad {
  readonly #limits: HashQueueLimits
  readonly #waiting = new Set<() => void>()
  #running = 0
  #refused = 0
  // Milliseconds that one takes, of late: on a machine that is busy it is more than by itself.
  #lately = 0

  /** @throws RangeError for a concurrency that lets nothing run */
  constructor(limits: HashQueueLimits) {
    if (!(limits.concurrency >= 1)) throw new RangeError('One hash must be able to run')
    this.#limits = limits
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  get refused(): number {
    return this.#refused
  }

  requireRoom(): void {
    if (this.#isFull) throw this.#refuse()
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.concurrency) this.#running++
    else await this.#turn()
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.#lately += (performance.now() - began - this.#lately) / 8
      this.#pass()
    }
  }

  get #isFull(): boolean {
    const { concurrency, waiting, waitMilliseconds } = this.#limits
    if (this.#running < concurrency) return false
    // Whoever would wait in vain is told so now. Half, since nobody knows what the next ones take.
    const expected = (this.#waiting.size * this.#lately) / concurrency
    return this.#waiting.size >= waiting || expected > waitMilliseconds / 2
  }

  #turn(): Promise<void> {
    this.requireRoom()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(start)
        reject(this.#refuse())
      }, this.#limits.waitMilliseconds)
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.add(start)
    })
  }

  #refuse(): AuthError {
    this.#refused++
    return new AuthError('overloaded')
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
