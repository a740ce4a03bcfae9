import { AuthError } from '../errors.ts'
import { Appointments } from './appointments.ts'

/** How many hashes may run and wait, and for how long. */
export interface HashQueueLimits {
  /** How many hashes may run at once. */
  readonly concurrency: number
  /** How many hashes may wait. */
  readonly waiting: number
  /** How long a hash may wait. */
  readonly waitMilliseconds: number
}

/** How many hashes are running and waiting, and how many were refused. */
export interface HashLoad {
  readonly running: number
  readonly waiting: number
  /** Since the process was started. */
  readonly refused: number
  /**
   * Whether one more hash would not be refused, nor wait for more than those that run; absent if that is not known.
   *
   * @internal
   */
  readonly isFree?: boolean
}

// For how long the time that a hash took says something about the next ones: the load of the machine changes.
const rememberedMilliseconds = 10_000

// How long a hash is assumed to take if none ran recently, to tell callers when to come back.
const usualMilliseconds = 50

/**
 * Runs a limited number of hashes at once; the others wait. As many of those are handed to the threads in advance, so
 * that none has to wait for the event loop before it goes on. A hash is refused with `overloaded`, and its caller is
 * told when to come back, if too many wait already, if it would probably wait for more than half of the time that it
 * may, or if it has waited, or will have waited, too long. So a storm of log-ins does not starve the requests that
 * need no hash.
 */
export class HashQueue implements HashLoad {
  readonly #limits: HashQueueLimits
  readonly #startsInAdvance: () => boolean
  /** Those that were handed to the threads, but wait for one that ends. */
  readonly #next = new Set<Hash>()
  readonly #waiting = new Set<Waiter>()
  readonly #admitted = new Map<string, number>()
  readonly #appointments = new Appointments()
  #running = 0
  #refused = 0
  #remembered: Lately = { milliseconds: 0, until: 0 }

  /**
   * @param startsInAdvance whether hashes are handed to the threads in advance: only if these run no more at once than
   *   the limit says
   * @throws RangeError for a concurrency below one
   */
  constructor(limits: HashQueueLimits, startsInAdvance = () => true) {
    if (!(limits.concurrency >= 1)) throw new RangeError('The concurrency must be at least 1')
    this.#limits = limits
    this.#startsInAdvance = startsInAdvance
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#next.size + this.#waiting.size
  }

  get refused(): number {
    return this.#refused
  }

  get isFree(): boolean {
    const isNext = this.waiting < this.#limits.concurrency
    return isNext && this.#hasRoom(this.#running + this.waiting)
  }

  /** @see PasswordHash.admit */
  async admit<T>(account: string, work: () => Promise<T>): Promise<T> {
    const admitted = this.#admitted
    const before = admitted.get(account)
    if (before === undefined) {
      this.#requireRoom(Math.max(admitted.size, this.#running + this.waiting))
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
    this.#requireRoom(this.#running + this.waiting)
    const hash = { began: 0 }
    if (this.#hasPlace()) this.#start(hash)
    else await this.#turn(hash)
    try {
      return await work()
    } finally {
      this.#end(hash)
    }
  }

  #requireRoom(ahead: number): void {
    // Refused at once, rather than after a useless wait.
    if (!this.#hasRoom(ahead)) throw this.#refuse()
  }

  #hasRoom(ahead: number): boolean {
    const { concurrency, waiting, waitMilliseconds } = this.#limits
    const before = ahead - concurrency
    // Half of the time, since the next hashes may take longer.
    return before < waiting && this.#expect(before) <= waitMilliseconds / 2
  }

  #hasPlace(): boolean {
    const places = this.#limits.concurrency * (this.#startsInAdvance() ? 2 : 1)
    return this.#running + this.#next.size < places
  }

  #start(hash: Hash): void {
    if (this.#running < this.#limits.concurrency) {
      this.#running++
      hash.began = performance.now()
    } else this.#next.add(hash)
  }

  #turn(hash: Hash): Promise<void> {
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
      const start = leave(() => {
        this.#start(hash)
        resolve()
      })
      const waiter = { start, refuse, until }
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
    // The mean starts at 0: the first hash may have waited for its thread to start, and alone must not cause refusals.
    const before = this.#lately() ?? 0
    const mean = before + (milliseconds - before) / 4
    this.#remembered = { milliseconds: mean, until: now + rememberedMilliseconds }
  }

  /** How long hashes took recently; null if none ran. */
  #lately(): number | null {
    const { milliseconds, until } = this.#remembered
    return until > performance.now() ? milliseconds : null
  }

  /** How long one more hash would probably wait behind a number of others. */
  #expect(before: number): number {
    return (before * (this.#lately() ?? 0)) / this.#limits.concurrency
  }

  #end(hash: Hash): void {
    // One that ends before its turn was never counted as running.
    if (!this.#next.delete(hash)) {
      const now = performance.now()
      this.#note(now - hash.began)
      this.#pass(now)
    }
    const [waiter] = this.#waiting
    if (this.#hasPlace()) waiter?.start()
    this.#dismiss()
  }

  // The next hash takes the place of the finished one.
  #pass(now: number): void {
    const [next] = this.#next
    if (!next) {
      this.#running--
      return
    }
    this.#next.delete(next)
    next.began = now
  }

  // Refuses those who came when hashes were faster, and whose turn will not come in time.
  #dismiss(): void {
    const now = performance.now()
    for (const { refuse, until } of [...this.#waiting].reverse()) {
      if (now + this.#expect(this.waiting) <= until) return
      refuse()
    }
  }
}

interface Hash {
  /** When it began to run, by `performance.now()`. */
  began: number
}

interface Waiter {
  start(): void
  refuse(): void
  /** When it is refused, by `performance.now()`. */
  readonly until: number
}

/** How long hashes took recently, which depends on the load of the machine. */
interface Lately {
  readonly milliseconds: number
  /** Until when this is used, by `performance.now()`. */
  readonly until: number
}
