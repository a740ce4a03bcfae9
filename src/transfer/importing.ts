import type { SessionPolicy } from '../core/options.ts'
import type { Connection } from '../storage/database.ts'
import type { ImportNotes } from '../storage/import-notes.ts'
import type { PatientDatabase } from './patience.ts'
import type { PendingWrite } from './pending-write.ts'
import type { RowRules } from './row.ts'
import type { Tally } from './tally.ts'

/** Decides when a transaction may begin, so that others have their turn before it. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export const hourMilliseconds = 3_600_000

/** What the steps of one import share. */
export interface Importing extends RowRules {
  readonly database: PatientDatabase
  readonly origin: string
  readonly mode: 'write' | 'dry-run'
  readonly notes: ImportNotes
  readonly tally: Tally
  /** The schemes of imported hashes, and how many more hashes of each this import brings. */
  readonly schemes: Map<string, number>
  /** As configured on the server. */
  readonly sessions: SessionPolicy
  /** A row that began up to this instant, and is not here, has ended here; null for none. */
  readonly endedUpTo: Readonly<Record<'sessions' | 'apiKeys', Date | null>>
  readonly turns: Turns
  readonly pending: PendingWrite
}

/** Writes a batch in one transaction; in a dry run nothing is written. */
export async function write<T>(
  { database, mode, turns }: Importing,
  work: (connection: Connection) => Promise<T>,
  dry: () => T,
): Promise<T> {
  return mode === 'dry-run' ? dry() : turns(() => database.transaction(work))
}
