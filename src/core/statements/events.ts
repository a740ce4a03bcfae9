import type { AuditEvent } from '../entities.ts'

export interface EventStatements {
  /** There is no statement that changes an event, but for the next one. */
  insertEvents(events: readonly AuditEvent[]): Promise<void>
  /** Takes the address, the client's address and its agent from all events of a user. */
  blankEvents(userId: string): Promise<void>
}
