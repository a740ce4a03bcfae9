import type { NumberSetting } from '../core/number-settings.ts'

export type Mode = 'development' | 'production'

export type Variables = Readonly<Record<string, string | undefined>>

interface Rule<T> {
  /** Null if the text is invalid. */
  readonly parse: (text: string) => T | null
  /** What the value must be: a phrase that follows the variable's name. */
  readonly wanted: string
  readonly example: string
  /** The default; null if the variable must be set. */
  readonly default: T | null
}

/** The environment is invalid; the message has a sentence for each variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** Reads variables one by one, and collects all faults, so that they can be reported at once. */
export class EnvironmentReader {
  readonly #variables: Variables
  readonly #faults: string[] = []

  constructor(variables: Variables) {
    this.#variables = variables
  }

  /** The value of a variable; null if it is not set, or empty, as shells, Docker and .env files may leave it. */
  text(name: string): string | null {
    return this.#variables[name]?.trim() || null
  }

  integer(name: string, setting: NumberSetting): number {
    const { from, to } = setting
    return this.parsed(name, {
      parse(text) {
        const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
        return value >= from && value <= to ? value : null
      },
      wanted: `must be a whole number from ${from} to ${to}`,
      example: String(setting.default),
      default: setting.default,
    })
  }

  /** The first choice is the default. */
  choice<const Choice extends string>(
    name: string,
    choices: readonly [Choice, ...Choice[]],
  ): Choice {
    return this.parsed(name, {
      parse: (text) => choices.find((choice) => choice === text) ?? null,
      wanted: `must be one of ${choices.join(', ')}`,
      example: choices[0],
      default: choices[0],
    })
  }

  parsed<T>(name: string, rule: Rule<T>): T {
    const { parse, wanted, example } = rule
    const given = this.text(name)
    const value = given === null ? rule.default : parse(given)
    if (value !== null) return value
    const fault = given === null ? 'must be set in production' : wanted
    this.fault(name, fault, example)
    const placeholder = parse(example)
    if (placeholder === null) throw new Error(`The example of ${name} cannot be read`)
    return placeholder
  }

  /** Reports something wrong with a variable. */
  fault(name: string, fault: string, example: string): void {
    // Quoted if a shell needs that, so that it can be pasted.
    const pasted = /^"|^[\w.,:/@%+-]*$/.test(example) ? example : `'${example}'`
    this.#faults.push(`${name} ${fault}, for example ${name}=${pasted}`)
  }

  /** @throws EnvironmentError when anything was wrong */
  finish(): void {
    if (this.#faults.length > 0) throw new EnvironmentError(this.#faults.join('\n'))
  }
}
