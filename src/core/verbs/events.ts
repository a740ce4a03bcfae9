import type { AuditEvent } from '../entities.ts'
import type { EventName } from '../event-names.ts'

/** The audit events. */
export interface EventVerbs {
  /**
   * A page of events, newest first: of one user, or all if that is null; of one name, or all if that is null.
   *
   * @throws RangeError if `after` is not an id, or `limit` not a whole number
   */
  listEvents(
    of: { userId: string | null; name: EventName | null },
    page: { limit: number; after: string | null },
  ): Promise<AuditEvent[]>
}
