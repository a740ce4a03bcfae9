import type { Log, LogEntry } from '../core/log.ts'
import { toTimestamp } from '../http/timestamp.ts'

/** A log that writes lines of JSON, or in development lines for people. */
export function createLog(
  { mode, logLevel }: { mode: 'development' | 'production'; logLevel: 'info' | 'error' | 'silent' },
  writeTo?: (line: string) => void,
): Log {
  const format = mode === 'development' ? formatForPeople : formatAsJson
  const write = writeTo ?? toStandardOutput((lost) => format('error', { lost }, unread))
  return {
    info: (entry, message) => {
      if (logLevel === 'info') write(format('info', entry, message))
    },
    error: (entry, message) => {
      if (logLevel !== 'silent') write(format('error', entry, message))
    },
  }
}

const unread = 'nobody read the log, and lines of it were left out'

// How many characters may wait for a slow reader: tens of thousands of lines.
const maximumUnread = 8_388_608

// The lines of requests that are handled together are written together, because writing each one would cost more than
// composing it. While nobody reads the log, lines are dropped: otherwise they would fill the memory.
function toStandardOutput(sayLost: (lines: number) => string): (line: string) => void {
  let waiting = ''
  let lines = 0
  let lost = 0
  const flush = () => {
    if (process.stdout.writableLength > maximumUnread) lost += lines
    else {
      process.stdout.write(lost > 0 ? `${sayLost(lost)}\n${waiting}` : waiting)
      lost = 0
    }
    waiting = ''
    lines = 0
  }
  // The reader of the log may go away (EPIPE); the server stays.
  process.stdout.on('error', () => {})
  // Reports the lost lines even if there are no further ones.
  process.stdout.on('drain', () => {
    if (lost > 0) flush()
  })
  process.on('exit', flush)
  return (line) => {
    if (waiting === '') process.nextTick(flush)
    waiting += `${line}\n`
    lines++
  }
}

function formatAsJson(level: string, entry: LogEntry, message: string): string {
  // JSON escapes line breaks: no value can forge a line of its own.
  const time = toTimestamp(new Date())
  const { err } = entry
  const readable = err === undefined ? entry : { ...entry, err: textOf(err) }
  const line = JSON.stringify({ ...readable, time, level, message })
  // Searched first, because `replace` with a function costs nearly as much as writing the line.
  return line.search(lineBreaks) === -1 ? line : line.replace(lineBreaks, escaped)
}

// JSON leaves these characters as they are, and some readers end a line at them.
const lineBreaks = /[\x7f-\x9f\u2028\u2029]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function formatForPeople(_level: string, { err, ...entry }: LogEntry, message: string): string {
  if (message === 'request') return formatRequest(entry)
  const stack = err === undefined ? [] : textOf(err).split('\n')
  return [`${message} ${JSON.stringify(entry)}`, ...stack].map(printable).join('\n    ')
}

function formatRequest({ method, path, status, milliseconds, event }: LogEntry): string {
  const line = `${method} ${path ?? '(no route)'} ${status} ${milliseconds} ms`
  return event === undefined ? line : `${line} ${event}`
}

// A terminal obeys control characters: the text of an error could recolour or rewrite the screen.
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\ufffd')
}

function textOf(err: unknown): string {
  if (!(err instanceof Error)) return String(err)
  const cause = err.cause === undefined ? '' : `\ncaused by ${stackOf(err.cause)}`
  return `${err.stack}${cause}`
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? String(cause.stack) : String(cause)
}
