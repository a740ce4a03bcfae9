import { explain } from '../explain.ts'
import { type Command, Refused, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { help } from './help.ts'
import { version } from './installation.ts'
import { complain, endWhenWritten, print } from './output.ts'

/**
 * Runs the command that the words after `latchkey` name.
 *
 * @returns the exit code: 0 done, 1 refused, 2 wrong usage
 */
export async function runCommandLine(args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    await run(args)
    // A server keeps running.
    if (!isServing(args)) endWhenWritten()
    return 0
  } catch (error) {
    endWhenWritten()
    if (error instanceof UsageError) {
      complain(`${error.message}: see ${['latchkey', ...knownWords(args), '--help'].join(' ')}`)
      return 2
    }
    if (error instanceof Refused) complain(error.message)
    else console.error(isServing(args) ? explain(error) : explainCommand(error))
    return 1
  }
}

// The message of a system error names the file, and a stack would not help the user of a command.
function explainCommand(error: unknown): unknown {
  const said = explain(error)
  return said instanceof Error && 'syscall' in said ? said.message : said
}

function isServing(args: readonly string[]): boolean {
  return knownWords(args)[0] === 'serve' && !args.some(asksForHelp)
}

async function run(args: readonly string[]): Promise<void> {
  const [first, ...rest] = args
  if (first === '--version') return print(version())
  if (first === 'help') return print(help(rest.filter((word) => !asksForHelp(word))))
  const command = commands.find(({ name }) => knownWords(args).join(' ') === name)
  if (command) await runCommand(command, args)
  else runWithoutCommand(args)
}

async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  const words = command.name.split(' ')
  if (args.some(asksForHelp)) print(help(words))
  else await command.run(args.slice(words.length))
}

// For words that are no command: they may be the beginning of several names, or of none.
function runWithoutCommand(args: readonly string[]): void {
  const index = args.findIndex((arg) => arg.startsWith('-'))
  const option = args[index]
  const text = help(option === undefined ? args : args.slice(0, index))
  if (option !== undefined && !asksForHelp(option)) {
    throw new UsageError(`Unknown option '${option}'`)
  }
  print(text)
}

function asksForHelp(arg: string): boolean {
  return arg === '--help' || arg === '-h'
}

// The longest sequence of words at the start that begins the name of a command.
function knownWords(args: readonly string[]): readonly string[] {
  const lengths = commands.map(({ name }) => {
    const words = name.split(' ')
    const differs = words.findIndex((word, index) => word !== args[index])
    return differs === -1 ? words.length : differs
  })
  return args.slice(0, Math.max(...lengths))
}
