import type { AuditEvent } from '../entities.ts'
import type { EventName } from '../event-names.ts'

/** The audit events. */
export interface EventVerbs {
  /**
   * A page of events, newest first: of one user, of one name, or all where those are null.
   *
   * @throws RangeError for an `after` that is not an id, and a `limit` that is no whole number
   */
  listEvents(
    of: { userId: string | null; name: EventName | null },
    page: { limit: number; after: string | null },
  ): Promise<AuditEvent[]>
}
