import { parseArgs } from 'node:util'
import { readEnvironmentFile } from './environment-file.ts'

/** Something that `latchkey` does: what its help says, and what runs. */
export interface Command extends Description {
  /** @throws UsageError, Refused */
  run(args: readonly string[]): Promise<void>
}

interface Description {
  /** The words behind `latchkey`, such as `outbox list`. */
  readonly name: string
  /** One line, in the list of commands. */
  readonly summary: string
  /** What else its own help says: lines of 78 characters at most. */
  readonly details: string
  /** What stands behind the name beside options, such as `ID …`, or null for nothing. */
  readonly operands: string | null
  readonly options: Options
  readonly examples: readonly string[]
}

/** What can be set, by the name behind the two dashes. */
export type Options = Readonly<Record<string, Option>>

interface Option {
  readonly type: 'string' | 'boolean'
  /** What stands for the value of a string in the help, such as `N`. */
  readonly value?: string
  readonly meaning: string
}

/** Wrong words behind `latchkey`: exit code 2, with a pointer to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What cannot be done now, in a sentence that says what to do: exit code 1. */
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
      // As the server in development has them: a command works on that one's database.
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
    // Of Node's sentences the first says what is wrong.
    const [sentence = ''] = error.message.split(/\.\s/)
    const [, name = ''] = /^Option '--(.+)' argument is ambiguous$/.exec(sentence) ?? []
    const { value } = options[name] ?? {}
    if (value === undefined) throw new UsageError(sentence)
    const found = `--${name} has no value, or one that begins with a dash`
    throw new UsageError(`${found}: write --${name}=${value}`)
  }
}
