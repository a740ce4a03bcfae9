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
   * Runs work that a hash is only a part of, and that has a place from its beginning: so nothing is done
   * for a password that nobody will have time for. All for one account have one place: of those that come
   * at once the guard lets few come to their hash, and it is the guard that says so.
   *
   * @throws AuthError `overloaded` where one more would be refused
   */
  admit?<T>(account: string, work: () => Promise<T>): Promise<T>
}

/**
 * Lets a bounded number of hashes run. One more than may wait, or than is likely to have its turn in half
 * the time that one may wait, and one that waited too long, is refused with `overloaded`: a log-in storm
 * must not starve the requests that need no hash.
 */
export class HashQueue implements HashLoad {
  readonly #limits: HashQueueLimits
  readonly #waiting = new Set<() => void>()
  readonly #admitted = new Map<string, number>()
  #running = 0
  #refused = 0
  // Milliseconds that one takes, since there was last none: on a machine that is busy it is more than by itself.
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

  async admit<T>(account: string, work: () => Promise<T>): Promise<T> {
    const admitted = this.#admitted
    const before = admitted.get(account)
    if (before === undefined) {
      this.#requireRoom(Math.max(admitted.size, this.#running + this.#waiting.size))
    }
    admitted.set(account, (before ?? 0) + 1)
    try {
      return await work()
    } finally {
      const left = (admitted.get(account) ?? 0) - 1
      if (left > 0) admitted.set(account, left)
      else admitted.delete(account)
    }
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

  #requireRoom(ahead: number): void {
    const { concurrency, waiting, waitMilliseconds } = this.#limits
    const before = ahead - concurrency
    // Whoever would wait in vain is told so now. Half, since nobody knows what the next ones take.
    const isInVain = (before * this.#lately) / concurrency > waitMilliseconds / 2
    if (before >= waiting || isInVain) throw this.#refuse()
  }

  #turn(): Promise<void> {
    this.#requireRoom(this.#running + this.#waiting.size)
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
      if (this.#running === 0) this.#lately = 0
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
