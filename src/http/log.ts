/** Where the server says what it does. pino and console have this shape. */
export interface Log {
  info(entry: LogEntry, message: string): void
  error(entry: LogEntry, message: string): void
}

/** Ids, names and numbers; never a body, a header or a path as it was sent. */
export interface LogEntry {
  readonly [name: string]: unknown
}

export const silent: Log = { info() {}, error() {} }
