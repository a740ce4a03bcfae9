interface PolledOptions<T> {
  readonly read: () => Promise<T>
  readonly maximumAgeSeconds: number
  readonly clock: () => Date
  readonly onFailure: (error: unknown) => void
}

/** What was failed to get is asked for again after so long. */
const retryMilliseconds = 1_000

/**
 * Something that the API publishes, held in memory. There is no timer: a request that finds it half as
 * old as it may be has it fetched behind its back, and one that finds it too old waits.
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

  /** What is not too old; null where that cannot be had. */
  fresh(): Promise<T | null> {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#notOlderThan(this.#maximumAge)
  }

  /** What is not older than this, for whoever misses something in it; null where that cannot be had. */
  newerThan(seconds: number): Promise<T | null> {
    return this.#notOlderThan(seconds * 1_000)
  }

  /** What was had last, however old, while it is asked for again. */
  last(): T | null {
    if (!this.#heldSince(this.#now() - this.#maximumAge / 2)) this.#ask()
    return this.#held?.value ?? null
  }

  /** Whether it could not be had just now. */
  isAway(): boolean {
    return this.#hasFailedWithin(this.#maximumAge)
  }

  // Counted from when somebody comes: what they wait for may be older once it is there. What was under way
  // before they came may be too old for them, and is asked for once more.
  async #notOlderThan(age: number): Promise<T | null> {
    const oldest = this.#now() - age
    for (let tries = 0; tries < 2 && !this.#heldSince(oldest); tries++) {
      this.#ask()
      await this.#attempt
      if (this.#failedAt !== null) break
    }
    return this.#heldSince(oldest)?.value ?? null
  }

  // A clock that was set back says nothing of how long it has been.
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

  // SECURITY: it is as old as the question. What happened while the answer was under way may be missing.
  async #read(): Promise<void> {
    const startedAt = this.#now()
    try {
      const value = await this.#options.read()
      this.#held = { value, asOf: startedAt }
      this.#failedAt = null
    } catch (error) {
      this.#failedAt = startedAt
      // Nobody waits for it: whoever is told may not have a network either.
      void this.#tell(error)
    }
  }

  // SECURITY: a log that fails is no reason to end everything, when what was published is away.
  async #tell(error: unknown): Promise<void> {
    try {
      await this.#options.onFailure(error)
    } catch {}
  }
}
