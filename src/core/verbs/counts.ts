import type { Client } from '../client.ts'
import type { Count, CountedSubject } from '../counts.ts'

/** What the guard counts. */
export interface CountVerbs {
  /** What is counted of somebody just now, by an address that is typed, a user's id, or where they are. */
  listCounts(subject: CountedSubject): Promise<Count[]>
  /** Lets somebody try again; a process that refused them just now follows within five seconds. */
  clearCounts(subject: CountedSubject, client?: Client): Promise<void>
}
