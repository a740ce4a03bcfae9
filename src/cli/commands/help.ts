import { type Command, type Options, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { columns } from './output.ts'

/**
 * What `--help` prints after these words: the help of one command, or the list of the commands whose names
 * begin with them.
 *
 * @throws UsageError if there is none
 */
export function help(words: readonly string[]): string {
  const name = words.join(' ')
  const command = commands.find((each) => each.name === name)
  if (command) return commandHelp(command)
  const listed = words.length === 0 ? commands : commands.filter(startsWith(`${name} `))
  if (listed.length === 0) throw new UsageError(`There is no command '${name}'`)
  return listHelp(['latchkey', ...words].join(' '), listed)
}

function startsWith(beginning: string): (command: Command) => boolean {
  return ({ name }) => name.startsWith(beginning)
}

// A command that uses no database takes none from the environment.
function commandHelp({ name, summary, details, operands, options, examples }: Command): string {
  const usage = ['Usage: latchkey', name, operands, '[OPTION …]'].filter(Boolean).join(' ')
  return [
    `${usage}\n\n${summary}.\n\n${details}`,
    section('Options', [...optionRows(options), ['-h, --help', 'Show this help']]),
    ...('dev' in options ? [section('Environment', environment)] : []),
    section(
      'Examples',
      examples.map((example) => [example]),
    ),
  ].join('\n\n')
}

function optionRows(options: Options): string[][] {
  return Object.entries(options).map(([name, { value, meaning }]) => {
    return [`--${name}${value ? ` ${value}` : ''}`, meaning]
  })
}

function listHelp(prefix: string, listed: readonly Command[]): string {
  return [
    `Usage: ${prefix} COMMAND [OPTION …]`,
    section(
      'Commands',
      listed.map(({ name, summary }) => [name, summary]),
    ),
    section('Options', [
      ['-h, --help', 'Show this help, or that of a command'],
      ['--version', 'Show the version'],
    ]),
    section('Environment', environment),
    section(
      'Examples',
      listed.flatMap(({ examples }) => examples.slice(0, 1).map((example) => [example])),
    ),
    'Exit codes: 0 done, 1 refused, 2 wrong usage.',
  ].join('\n\n')
}

const environment = [['DATABASE_URL', 'The database: sqlite:storage/app.sqlite3 or postgres://…']]

function section(title: string, rows: readonly (readonly string[])[]): string {
  return [`${title}:`, ...columns(rows).map((line) => `  ${line}`)].join('\n')
}
