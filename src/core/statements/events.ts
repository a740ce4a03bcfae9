import type { AuditEvent } from '../entities.ts'

export interface EventStatements {
  /** Events are never changed afterwards, except by `blankEvents`. */
  insertEvents(events: readonly AuditEvent[]): Promise<void>
  /** Removes the email address, the IP address and the user agent from all events of a user. */
  blankEvents(userId: string): Promise<void>
}
