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
  #failure: { readonly startedAt: number } | null = null

  constructor(options: PolledOptions<T>) {
    this.#options = options
    this.#maximumAge = options.maximumAgeSeconds * 1_000
  }

  /** What is not too old; null where that cannot be had. */
  async fresh(): Promise<T | null> {
    if (this.#age() > this.#maximumAge / 2) this.#ask()
    if (this.#age() > this.#maximumAge) await this.#attempt
    return this.#heldWithin(this.#maximumAge)
  }

  /** What is not older than this, for whoever misses something in it; null where that cannot be had. */
  async newerThan(seconds: number): Promise<T | null> {
    const held = this.#heldWithin(seconds * 1_000)
    if (held) return held
    this.#ask()
    await this.#attempt
    return this.#heldWithin(seconds * 1_000)
  }

  /** What was had last, however old, while it is asked for again. */
  last(): T | null {
    if (this.#age() > this.#maximumAge / 2) this.#ask()
    return this.#held?.value ?? null
  }

  /** Whether it could not be had just now. */
  isAway(): boolean {
    return this.#failure !== null && this.#since(this.#failure.startedAt) <= this.#maximumAge
  }

  #heldWithin(age: number): T | null {
    return this.#held && this.#age() <= age ? this.#held.value : null
  }

  #age(): number {
    return this.#held ? this.#since(this.#held.asOf) : Number.POSITIVE_INFINITY
  }

  // A clock that was set back says nothing of how long it has been.
  #since(instant: number): number {
    const elapsed = this.#options.clock().getTime() - instant
    return elapsed < 0 ? Number.POSITIVE_INFINITY : elapsed
  }

  #ask(): void {
    if (this.#attempt) return
    if (this.#failure && this.#since(this.#failure.startedAt) < retryMilliseconds) return
    this.#attempt = this.#read().finally(() => {
      this.#attempt = null
    })
  }

  // SECURITY: it is as old as the question. What happened while the answer was under way may be missing.
  async #read(): Promise<void> {
    const startedAt = this.#options.clock().getTime()
    try {
      const value = await this.#options.read()
      this.#held = { value, asOf: startedAt }
      this.#failure = null
    } catch (error) {
      this.#failure = { startedAt }
      this.#options.onFailure(error)
    }
  }
}
