import { isOrigin } from '../http/cors.ts'

interface IntegerRange {
  readonly otherwise: number
  readonly from: number
  readonly to: number
}

// Of sqlite:PATH and sqlite:///PATH the second is absolute; no other scheme, host or memory.
const sqliteUrl = /^sqlite:(?:\/\/(?=\/))?(?![A-Za-z][A-Za-z0-9+.-]+:|:memory:|\/\/)./

/** What is wrong with the environment: a sentence for each variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** Reads variables one by one and collects what is wrong with them, to say it all at once. */
export class EnvironmentReader {
  readonly #variables: Readonly<Record<string, string | undefined>>
  readonly #faults: string[] = []

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.#variables = variables
  }

  text(name: string, { otherwise }: { otherwise: string }): string {
    return this.#get(name) ?? otherwise
  }

  integer(name: string, { otherwise, from, to }: IntegerRange): number {
    const given = this.#get(name)
    if (given === null) return otherwise
    const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
    if (value >= from && value <= to) return value
    return this.#fault(name, `must be a whole number from ${from} to ${to}`, otherwise)
  }

  /** The first choice is the default. */
  choice<const Choice extends string>(
    name: string,
    choices: readonly [Choice, ...Choice[]],
  ): Choice {
    const given = this.#get(name)
    const [first] = choices
    const chosen = choices.find((choice) => choice === (given ?? first))
    return chosen ?? this.#fault(name, `must be one of ${choices.join(', ')}`, first)
  }

  origins(name: string, otherwise: readonly string[]): readonly string[] {
    const given = this.#get(name)
    if (given === null) return otherwise
    const origins = given.split(',').map((origin) => origin.trim())
    const wrong = origins.find((origin) => !isOrigin(origin))
    if (wrong === undefined) return origins
    const example = 'https://app.example.com,http://localhost:3001'
    return this.#fault(
      name,
      `must list origins without path or slash at the end`,
      otherwise,
      example,
    )
  }

  databaseUrl(otherwise: string | null): string {
    const given = this.#get('DATABASE_URL') ?? otherwise
    if (given && sqliteUrl.test(given)) return given
    const wanted = 'must be sqlite: and the path of a file'
    const fault = given === null ? 'must be set in production' : wanted
    return this.#fault('DATABASE_URL', fault, '', 'sqlite:storage/production.sqlite3')
  }

  /** @throws EnvironmentError when anything was wrong */
  finish(): void {
    if (this.#faults.length > 0) throw new EnvironmentError(this.#faults.join('\n'))
  }

  // An empty variable is one that is not set: so do shells, Docker and .env files write it.
  #get(name: string): string | null {
    return this.#variables[name]?.trim() || null
  }

  #fault<T>(name: string, fault: string, otherwise: T, example: unknown = otherwise): T {
    this.#faults.push(`${name} ${fault}, for example ${name}=${example}`)
    return otherwise
  }
}
