/** A map of limited size: when it is full, a new entry replaces the one that was set longest ago. */
export class BoundedMap<Value> {
  readonly #maximum: number
  readonly #values = new Map<string, Value>()

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }

  set(key: string, value: Value): void {
    this.#values.delete(key)
    const [oldest] = this.#values.keys()
    if (oldest !== undefined && this.#values.size >= this.#maximum) this.#values.delete(oldest)
    this.#values.set(key, value)
  }
}
