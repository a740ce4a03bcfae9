import { parseArgs } from 'node:util'
import { readEnvironmentFile } from './environment-file.ts'

/** A command of `latchkey`: its help, and what it does. */
export interface Command extends Description {
  /** @throws UsageError, Refused */
  run(args: readonly string[]): Promise<void>
}

interface Description {
  /** The words after `latchkey`, such as `outbox list`. */
  readonly name: string
  /** One line, in the list of commands. */
  readonly summary: string
  /** The rest of its help: lines of at most 88 characters. */
  readonly details: string
  /** What follows the name besides options, such as `ID …`; null for nothing. */
  readonly operands: string | null
  readonly options: Options
  readonly examples: readonly string[]
}

/** The options, by their name after the two dashes. */
export type Options = Readonly<Record<string, Option>>

interface Option {
  readonly type: 'string' | 'boolean'
  /** The placeholder in the help for the value of a string, such as `N`. */
  readonly value?: string
  readonly meaning: string
}

/** The command line is wrong: exit code 2, with a pointer to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command cannot be carried out: exit code 1. The message says what to do. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** A command whose `run` gets its arguments parsed by its own options. */
export function defineCommand<const Known extends Options>(
  description: Description & { readonly options: Known },
  run: (given: Given<Known>) => Promise<void>,
): Command {
  return {
    ...description,
    async run(args) {
      const given = parse(args, description)
      // Read as by a server in development, so that the command works on the same database.
      if ('dev' in given.values && given.values.dev) readEnvironmentFile('.env.development')
      await run(given)
    },
  }
}

type Given<Known extends Options> = ReturnType<typeof parse<Known>>

function parse<Known extends Options>(
  args: readonly string[],
  { options, operands }: Description & { readonly options: Known },
) {
  try {
    const allowPositionals = operands !== null
    return parseArgs({ args: [...args], options, allowPositionals, strict: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // The first of Node's sentences says what is wrong.
    const [sentence = ''] = error.message.split(/\.\s/)
    const [, name = ''] = /^Option '--(.+)' argument is ambiguous$/.exec(sentence) ?? []
    const { value } = options[name] ?? {}
    if (value === undefined) throw new UsageError(sentence)
    const found = `--${name} has no value, or one that begins with a dash`
    throw new UsageError(`${found}: write --${name}=${value}`)
  }
}
