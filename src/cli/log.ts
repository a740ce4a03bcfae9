import type { Log, LogEntry } from '../core/log.ts'

/** A log of JSON lines, or in development of lines for people. */
export function createLog(
  { mode, logLevel }: { mode: 'development' | 'production'; logLevel: 'info' | 'error' | 'silent' },
  write: (line: string) => void = toStandardOutput(),
): Log {
  const format = mode === 'development' ? formatForPeople : formatAsJson
  return {
    info: (entry, message) => {
      if (logLevel === 'info') write(format('info', entry, message))
    },
    error: (entry, message) => {
      if (logLevel !== 'silent') write(format('error', entry, message))
    },
  }
}

// The lines of one turn of the event loop go out together: to write each would cost more than to
// make it.
function toStandardOutput(): (line: string) => void {
  let waiting = ''
  const flush = () => {
    process.stdout.write(waiting)
    waiting = ''
  }
  // Whoever read the log may go away (EPIPE); the server stays.
  process.stdout.on('error', () => {})
  process.on('exit', flush)
  return (line) => {
    if (waiting === '') setImmediate(flush)
    waiting += `${line}\n`
  }
}

function formatAsJson(level: string, entry: LogEntry, message: string): string {
  // JSON escapes line breaks: no value can forge a line of its own.
  const time = new Date().toISOString()
  return JSON.stringify({ ...readable(entry), time, level, message })
}

function formatForPeople(_level: string, entry: LogEntry, message: string): string {
  const { err, ...rest } = readable(entry)
  const { method, path, status, milliseconds } = rest
  if (message === 'request') return `${method} ${path} ${status} ${milliseconds} ms`
  const lines = [`${message} ${JSON.stringify(rest)}`, ...(err?.split('\n') ?? [])]
  return lines.map(printable).join('\n    ')
}

// A terminal obeys control characters: the text of an error could recolour or rewrite what stands.
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\ufffd')
}

interface Readable {
  readonly err?: string
  readonly [name: string]: unknown
}

function readable({ err, ...entry }: LogEntry): Readable {
  if (err === undefined) return entry
  if (!(err instanceof Error)) return { ...entry, err: String(err) }
  const cause = err.cause === undefined ? '' : `\ncaused by ${stackOf(err.cause)}`
  return { ...entry, err: `${err.stack}${cause}` }
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? String(cause.stack) : String(cause)
}
