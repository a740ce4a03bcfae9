import type { Connection, Database } from '../storage/database.ts'
import type { ImportNotes } from '../storage/import-notes.ts'
import type { RowRules } from './row.ts'
import type { Tally } from './tally.ts'

/** When a transaction may begin, so that others have their turn before it. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** One import that is under way: what its steps share. */
export interface Importing extends RowRules {
  readonly database: Database
  readonly origin: string
  readonly mode: 'write' | 'dry-run'
  readonly notes: ImportNotes
  readonly tally: Tally
  /** How hashes were made that are still another system's, those of this import among them. */
  readonly schemes: Set<string>
  readonly sessionsPerUser: number
  /** Whether everybody was logged out here, so that sessions of those who were there before are over. */
  readonly wasEverybodyLoggedOut: boolean
  readonly turns: Turns
}

/** A batch in one transaction, which in a dry run does nothing but read. */
export async function write<T>(
  { database, mode, turns }: Importing,
  work: (connection: Connection) => Promise<T>,
  dry: () => T,
): Promise<T> {
  return mode === 'dry-run' ? dry() : turns(() => database.transaction(work))
}
