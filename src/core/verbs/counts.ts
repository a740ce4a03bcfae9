import type { Client } from '../client.ts'
import type { Count, CountedSubject } from '../counts.ts'

/** What the guard counts. */
export interface CountVerbs {
  /** The current counts of a typed address, a user's id, or an IP address; for a user, those under both names. */
  listCounts(subject: CountedSubject): Promise<Count[]>
  /**
   * Clears the counts, so that attempts pass again; a process that has just refused one follows within 5 seconds. What
   * each process remembers about one password on many accounts is not cleared.
   */
  clearCounts(subject: CountedSubject, client?: Client): Promise<void>
}
