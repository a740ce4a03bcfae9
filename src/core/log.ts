/** Where the server logs: pino, or `createLog`. As in pino, an error is passed as `err`. */
export interface Log {
  info(entry: LogEntry, message: string): void
  error(entry: LogEntry, message: string): void
}

/**
 * Ids, names and numbers; with an event also the client's IP address and user agent, with some refusals its IP
 * address. Never a body, another header, or a path as it was sent.
 */
export interface LogEntry {
  readonly [name: string]: unknown
}

/** The default log: faults only. */
export const faultsOnly: Log = {
  info() {},
  error: (entry, message) => console.error(message, entry),
}

/** Ignores failures of the log itself: a full disk must not break an answer. */
export function unfailing(log: Log): Log {
  return {
    info: (entry, message) => attempt(() => log.info(entry, message)),
    error: (entry, message) => attempt(() => log.error(entry, message)),
  }
}

function attempt(write: () => void): void {
  try {
    write()
  } catch {
    // There is no other place to log it.
  }
}
