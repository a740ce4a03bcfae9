import { AuthError } from '../errors.ts'
import { Appointments } from './appointments.ts'

/** How many hashes may run and wait at a time. */
export interface HashQueueLimits {
  /** Hashes computed at once. */
  readonly concurrency: number
  /** Hashes that may wait for their turn. */
  readonly waiting: number
  /** How long a hash waits at most. */
  readonly waitMilliseconds: number
}

/** How many hashes run, wait and were refused. */
export interface HashLoad {
  readonly running: number
  readonly waiting: number
  /** Since the process began. */
  readonly refused: number
}

// After so long, what hashes took says nothing of the next ones: the machine may have done something else since.
const rememberedMilliseconds = 10_000

// What a hash is assumed to take where none ran lately, to tell callers when to come back.
const usualMilliseconds = 50

/**
 * Lets a bounded number of hashes run. The others wait, and are refused with `overloaded`, and told when to come back,
 * where too many wait already, where their turn is unlikely to come in half the time that they may wait, and once they
 * have waited too long, or will have: a log-in storm must not starve the requests that need no hash.
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
    // Refused at once rather than after waiting in vain. Half, since nobody knows what the next hashes take.
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
    // The mean starts at 0: the first hash may have waited for its thread, and alone must turn nobody away.
    const before = this.#lately() ?? 0
    const mean = before + (milliseconds - before) / 4
    this.#remembered = { milliseconds: mean, until: now + rememberedMilliseconds }
  }

  /** What a hash took lately, or null where none ran. */
  #lately(): number | null {
    const { milliseconds, until } = this.#remembered
    return until > performance.now() ? milliseconds : null
  }

  /** How long one more is likely to wait, behind so many that wait. */
  #expect(before: number): number {
    return (before * (this.#lately() ?? 0)) / this.#limits.concurrency
  }

  // The next in line takes over the place of the finished one.
  #pass(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#running--
      return
    }
    next.start()
    this.#dismiss()
  }

  // Refuses those who came when hashes took less, and will not have a turn in time.
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

/** What a hash took lately: more on a busy machine than by itself. */
interface Lately {
  readonly milliseconds: number
  /** Until when this says anything, in milliseconds of this process. */
  readonly until: number
}
