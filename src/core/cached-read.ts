interface Rules<T> {
  readonly read: () => Promise<T>
  readonly clock: () => Date
  readonly milliseconds: number
}

interface Reading<T> {
  readonly value: Promise<T>
  readonly begunAt: Date
  isPending: boolean
}

/** A value that is kept for some milliseconds after it was read. Concurrent callers share one read. */
export class CachedRead<T> {
  readonly #rules: Rules<T>
  #last: Reading<T> | null = null

  constructor(rules: Rules<T>) {
    this.#rules = rules
  }

  /** A failure is not kept: the next caller reads again. */
  get(): Promise<T> {
    if (!this.#last || !this.#isKept(this.#last)) this.#last = this.#read()
    return this.#last.value
  }

  /** Makes the next caller read anew. */
  forget(): void {
    this.#last = null
  }

  // The age counts from the start of the read, which may miss what happened while it was under way.
  #isKept({ isPending, begunAt }: Reading<T>): boolean {
    const age = this.#rules.clock().getTime() - begunAt.getTime()
    return isPending || (age >= 0 && age < this.#rules.milliseconds)
  }

  #read(): Reading<T> {
    const value = this.#rules.read()
    const reading = { value, begunAt: this.#rules.clock(), isPending: true }
    value.then(
      () => {
        reading.isPending = false
      },
      () => {
        if (this.#last === reading) this.#last = null
      },
    )
    return reading
  }
}
