interface PolledOptions<T> {
  readonly read: () => Promise<T>
  readonly maximumAgeSeconds: number
  readonly clock: () => Date
  readonly onFailure: (error: unknown) => void
}

/** How long after a failure it is tried again. */
const retryMilliseconds = 1_000

/**
 * Something that the API publishes, held in memory. There is no timer: a request that finds it half as old as
 * allowed has it fetched in the background, and a request that finds it too old waits.
 */
export class Polled<T> {
  readonly #options: PolledOptions<T>
  readonly #maximumAge: number
  #held: { readonly value: T; readonly asOf: number } | null = null
  #attempt: Promise<void> | null = null
  #failedAt: number | null = null

  constructor(options: PolledOptions<T>) {
    this.#options = options
    this.#maximumAge = options.maximumAgeSeconds * 1_000
  }

  /** A value that is not too old; null if there is none to be had. */
  fresh(): Promise<T | null> {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#notOlderThan(this.#maximumAge)
  }

  /** A value at most this old, for a caller who misses something in it; null if there is none to be had. */
  newerThan(seconds: number): Promise<T | null> {
    return this.#notOlderThan(seconds * 1_000)
  }

  /** The last value, however old, while a new one is fetched. */
  last(): T | null {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#held?.value ?? null
  }

  /** Whether fetching it has just failed. */
  isAway(): boolean {
    return this.#hasFailedWithin(this.#maximumAge)
  }

  // The age counts from when the caller came: the value may be older when it arrives. A fetch that began before
  // may be too old for the caller, and is then repeated once.
  async #notOlderThan(age: number): Promise<T | null> {
    const oldest = this.#now() - age
    for (let tries = 0; tries < 2 && !this.#heldSince(oldest); tries++) {
      this.#ask()
      await this.#attempt
      if (this.#failedAt !== null) break
    }
    return this.#heldSince(oldest)?.value ?? null
  }

  // After a clock was set back, nobody knows how old the value is.
  #heldSince(oldest: number): { readonly value: T } | null {
    const held = this.#held
    return held && held.asOf >= oldest && held.asOf <= this.#now() ? held : null
  }

  #hasFailedWithin(age: number): boolean {
    const elapsed = this.#now() - (this.#failedAt ?? Number.NEGATIVE_INFINITY)
    return elapsed >= 0 && elapsed <= age
  }

  #now(): number {
    return this.#options.clock().getTime()
  }

  #ask(): void {
    if (this.#attempt || this.#hasFailedWithin(retryMilliseconds - 1)) return
    this.#attempt = this.#read().finally(() => {
      this.#attempt = null
    })
  }

  // SECURITY: as old as its request: it may lack what happened while the answer was on its way.
  async #read(): Promise<void> {
    const startedAt = this.#now()
    try {
      const value = await this.#options.read()
      this.#held = { value, asOf: startedAt }
      this.#failedAt = null
    } catch (error) {
      this.#failedAt = startedAt
      // Not awaited: the listener may not have a network either.
      void this.#tell(error)
    }
  }

  // SECURITY: while the API is away, a log that fails must not end the service.
  async #tell(error: unknown): Promise<void> {
    try {
      await this.#options.onFailure(error)
    } catch {}
  }
}
