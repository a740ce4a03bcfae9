import type { Log, LogEntry } from '../http/log.ts'

/** A log of JSON lines, or in development of lines for people. */
export function createLog(
  { mode, logLevel }: { mode: 'development' | 'production'; logLevel: 'info' | 'error' | 'silent' },
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
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

function formatAsJson(level: string, entry: LogEntry, message: string): string {
  // JSON escapes line breaks: no value can forge a line of its own.
  const time = new Date().toISOString()
  return JSON.stringify({ ...readable(entry), time, level, message })
}

function formatForPeople(_level: string, entry: LogEntry, message: string): string {
  const { error, ...rest } = readable(entry)
  const { method, path, status, milliseconds } = rest
  if (message === 'request') return `${method} ${path} ${status} ${milliseconds} ms`
  const lines = [`${message} ${JSON.stringify(rest)}`, ...(error?.split('\n') ?? [])]
  return lines.map(printable).join('\n    ')
}

// A terminal obeys control characters: the text of an error could recolour or rewrite what stands.
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\ufffd')
}

interface Readable {
  readonly error?: string
  readonly [name: string]: unknown
}

function readable({ error, ...entry }: LogEntry): Readable {
  if (error === undefined) return entry
  if (!(error instanceof Error)) return { ...entry, error: String(error) }
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : ''
  return { ...entry, error: `${error.stack}${cause}` }
}
