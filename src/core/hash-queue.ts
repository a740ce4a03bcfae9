import { Appointments } from './appointments.ts'
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
}

// What hashes took is no measure of what they will take on a machine that did something else since.
const rememberedMilliseconds = 10_000

// What one takes where none was computed of late, for those who are told when to come back.
const usualMilliseconds = 50

/**
 * Lets a bounded number of hashes run. One more than may wait, or than is likely to have its turn in half
 * the time that one may wait, and one that waited too long, or will have, is refused with `overloaded`, and
 * told when to come back: a log-in storm must not starve the requests that need no hash.
 */
export class HashQueue implements HashLoad {
  readonly #limits: HashQueueLimits
  readonly #waiting = new Set<Waiter>()
  readonly #admitted = new Map<string, number>()
  readonly #appointments = new Appointments()
  #running = 0
  #refused = 0
  #remembered: Lately = { milliseconds: 0, until: 0 }

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

  /** @see PasswordHash.admit */
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
      this.#note(performance.now() - began)
      this.#pass()
    }
  }

  #requireRoom(ahead: number): void {
    const { concurrency, waiting, waitMilliseconds } = this.#limits
    const before = ahead - concurrency
    // Whoever would wait in vain is told so now. Half, since nobody knows what the next ones take.
    if (before >= waiting || this.#expect(before) > waitMilliseconds / 2) throw this.#refuse()
  }

  #turn(): Promise<void> {
    this.#requireRoom(this.#running + this.#waiting.size)
    const { waitMilliseconds } = this.#limits
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => () => {
        clearTimeout(timer)
        this.#waiting.delete(waiter)
        settle()
      }
      const refuse = leave(() => reject(this.#refuse()))
      const timer = setTimeout(refuse, waitMilliseconds)
      const until = performance.now() + waitMilliseconds
      const waiter = { start: leave(resolve), refuse, until }
      this.#waiting.add(waiter)
    })
  }

  #refuse(): AuthError {
    this.#refused++
    const each = (this.#lately() ?? usualMilliseconds) / this.#limits.concurrency
    return new AuthError('overloaded', { retryAfterSeconds: this.#appointments.make(each) })
  }

  #note(milliseconds: number): void {
    const now = performance.now()
    // From nothing: the first may have waited for its thread, and a single one turns nobody away.
    const before = this.#lately() ?? 0
    const mean = before + (milliseconds - before) / 4
    this.#remembered = { milliseconds: mean, until: now + rememberedMilliseconds }
  }

  /** What a hash took of late, or null where none was computed. */
  #lately(): number | null {
    const { milliseconds, until } = this.#remembered
    return until > performance.now() ? milliseconds : null
  }

  /** How long one more is likely to wait, behind so many that wait. */
  #expect(before: number): number {
    return (before * (this.#lately() ?? 0)) / this.#limits.concurrency
  }

  // The next in line takes over the place of the one that has finished.
  #pass(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#running--
      return
    }
    next.start()
    this.#dismiss()
  }

  // Whoever came when hashes took less, and will not have a turn in time, need not wait for that.
  #dismiss(): void {
    const now = performance.now()
    for (const { refuse, until } of [...this.#waiting].reverse()) {
      if (now + this.#expect(this.#waiting.size) <= until) return
      refuse()
    }
  }
}

interface Waiter {
  start(): void
  refuse(): void
  /** When it is refused, in milliseconds of this process. */
  readonly until: number
}

/** What a hash took of late: on a machine that is busy it is more than by itself. */
interface Lately {
  readonly milliseconds: number
  /** When that says nothing any more, in milliseconds of this process. */
  readonly until: number
}
