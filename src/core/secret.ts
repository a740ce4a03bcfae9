/**
 * A string that must not reach a log, a table or an error message by accident. It prints as `[secret]`; only `reveal()`
 * returns the string, and is easy to search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The string itself: for the one answer, mail or hash that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  // What console.log and node:util's inspect call.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
