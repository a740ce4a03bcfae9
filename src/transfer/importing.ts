import type { Connection, Database } from '../storage/database.ts'
import type { ImportNotes } from '../storage/import-notes.ts'
import type { RowRules } from './row.ts'
import type { Tally } from './tally.ts'

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
  /** After each transaction, so that others have their turn. */
  readonly pause: () => Promise<void>
}

/** A batch in one transaction, which in a dry run does nothing but read. */
export async function write<T>(
  { database, mode, pause }: Importing,
  work: (connection: Connection) => Promise<T>,
  dry: () => T,
): Promise<T> {
  if (mode === 'dry-run') return dry()
  const result = await database.transaction(work)
  await pause()
  return result
}
