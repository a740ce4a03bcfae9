import { Appointments } from './appointments.ts'
import { AuthError } from './errors.ts'
import { Places } from './places.ts'
import { WaitingLine } from './waiting-line.ts'

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
   * Runs work that a hash is only a part of, when its hash is one of the next: so nothing is done for a
   * password that nobody will have time for. All for one account have one place: of those that come at once
   * the guard lets few come to their hash, and it is the guard that says so.
   *
   * @throws AuthError `overloaded` where one more would be refused, and for one that waited too long to begin
   */
  admit?<T>(account: string, work: () => Promise<T>): Promise<T>
}

// What hashes took is no measure of what they will take on a machine that did something else since.
const rememberedMilliseconds = 10_000

// For each that is hashed: with a database that is some milliseconds away, the statements before and behind
// take a few times as long as the hash, and the threads are not to wait for them.
const underWayForEach = 6

// What one takes where none was computed of late, for those who are told when to come back.
const usualMilliseconds = 50

/**
 * Lets a bounded number of hashes run. One more than may wait, or than is likely to have its turn in half
 * the time that one may wait, and one that waited too long, or will have, is refused with `overloaded`, and
 * told when to come back: a log-in storm must not starve the requests that need no hash.
 */
export class HashQueue implements HashLoad {
  readonly #limits: HashQueueLimits
  readonly #places: Places
  /** Those admitted that have not begun. */
  readonly #beginning: WaitingLine
  /** Those that need a hash now. */
  readonly #hashing: WaitingLine
  readonly #appointments = new Appointments()
  #running = 0
  #refused = 0
  #remembered: Lately = { milliseconds: 0, until: 0 }

  /** @throws RangeError for a concurrency that lets nothing run */
  constructor(limits: HashQueueLimits) {
    if (!(limits.concurrency >= 1)) throw new RangeError('One hash must be able to run')
    this.#limits = limits
    const refuse = () => this.#refuse()
    this.#beginning = new WaitingLine(limits.waitMilliseconds, refuse)
    this.#hashing = new WaitingLine(limits.waitMilliseconds, refuse)
    this.#places = new Places(limits.concurrency * underWayForEach, this.#beginning)
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#beginning.length + this.#hashing.length
  }

  get refused(): number {
    return this.#refused
  }

  async admit<T>(account: string, work: () => Promise<T>): Promise<T> {
    const places = this.#places
    if (!places.has(account)) {
      this.#requireRoom(Math.max(places.taken, this.#running + this.waiting))
    }
    return places.run(account, work)
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.concurrency) this.#running++
    else {
      this.#requireRoom(this.#running + this.#hashing.length)
      await this.#hashing.wait()
    }
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

  // The next in line takes over the turn of the one that has finished.
  #pass(): void {
    if (!this.#hashing.next()) this.#running--
    this.#hashing.dismiss((waiting) => this.#expect(waiting))
    this.#beginning.dismiss((waiting) => this.#expect(waiting + this.#hashing.length))
  }
}

/** What a hash took of late: on a machine that is busy it is more than by itself. */
interface Lately {
  readonly milliseconds: number
  /** When that says nothing any more, in milliseconds of this process. */
  readonly until: number
}
