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

/** What was read lately: however many ask, it is read once at a time, and once in so many milliseconds. */
export class CachedRead<T> {
  readonly #rules: Rules<T>
  #last: Reading<T> | null = null

  constructor(rules: Rules<T>) {
    this.#rules = rules
  }

  /** What fails is not kept: whoever asks next tries again. */
  get(): Promise<T> {
    if (!this.#last || !this.#isKept(this.#last)) this.#last = this.#read()
    return this.#last.value
  }

  /** The next who asks is told what there is by then. */
  forget(): void {
    this.#last = null
  }

  // Its age counts from its beginning: what happened meanwhile may not be in it.
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
