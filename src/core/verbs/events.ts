import type { AuditEvent } from '../entities.ts'
import type { EventName } from '../event-names.ts'

/** What happened. */
export interface EventVerbs {
  /**
   * A page of events, newest first: of a user, of one name, or all where those are null.
   *
   * @throws RangeError for an `after` that is no id
   */
  listEvents(
    of: { userId: string | null; name: EventName | null },
    page: { limit: number; after: string | null },
  ): Promise<AuditEvent[]>
}
