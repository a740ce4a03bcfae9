/** Where the server says what it does: pino, or `createLog`. An error comes as `err`, as there. */
export interface Log {
  info(entry: LogEntry, message: string): void
  error(entry: LogEntry, message: string): void
}

/**
 * Ids, names and numbers, of an event the client's address and agent, and of some refusals the address;
 * never a body, another header or a path as it was sent.
 */
export interface LogEntry {
  readonly [name: string]: unknown
}

/** What is said where nobody asked for a log: only what went wrong. */
export const faultsOnly: Log = {
  info() {},
  error: (entry, message) => console.error(message, entry),
}

/** The same log, but for its own failures: a full disk behind it must not break an answer. */
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
    // There is nowhere left to say it.
  }
}
