interface PolledOptions<T> {
  readonly read: () => Promise<T>
  readonly maximumAgeSeconds: number
  readonly clock: () => Date
  readonly onFailure: (error: unknown) => void
}

/** How long to wait after a failure before it is tried again. */
const retryMilliseconds = 1_000

/**
 * Something that the API publishes, held in memory. There is no timer: if a request finds it older than half of the
 * maximum, it is fetched in the background; if it is too old, the request waits.
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

  /** A value that is not too old; null if none can be fetched. */
  fresh(): Promise<T | null> {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#notOlderThan(this.#maximumAge)
  }

  /** A value at most this old, for a caller who misses something in it; null if none can be fetched. */
  newerThan(seconds: number): Promise<T | null> {
    return this.#notOlderThan(seconds * 1_000)
  }

  /** The last value, regardless of its age. If it is not fresh, a new one is fetched in the background. */
  last(): T | null {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#held?.value ?? null
  }

  /** Whether the last fetch failed, no longer ago than the maximum age. */
  isAway(): boolean {
    return this.#hasFailedWithin(this.#maximumAge)
  }

  // The age counts at the moment of the call: the value may be older when it arrives. A fetch that began earlier may be
  // too old for the caller, and is then repeated once.
  async #notOlderThan(age: number): Promise<T | null> {
    const oldest = this.#now() - age
    for (let tries = 0; tries < 2 && !this.#heldSince(oldest); tries++) {
      this.#ask()
      await this.#attempt
      if (this.#failedAt !== null) break
    }
    return this.#heldSince(oldest)?.value ?? null
  }

  // If the clock was set back, the age of the value is not known.
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

  // SECURITY: its age counts from the request, since it may lack what happened while the answer was on its way.
  async #read(): Promise<void> {
    const startedAt = this.#now()
    try {
      const value = await this.#options.read()
      this.#held = { value, asOf: startedAt }
      this.#failedAt = null
    } catch (error) {
      this.#failedAt = startedAt
      // Not awaited: the listener may be waiting for the network too.
      void this.#tell(error)
    }
  }

  // SECURITY: a log that fails while the API is away must not end the service.
  async #tell(error: unknown): Promise<void> {
    try {
      await this.#options.onFailure(error)
    } catch {}
  }
}
