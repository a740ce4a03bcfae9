import type { SessionPolicy } from '../core/options.ts'
import type { Connection } from '../storage/database.ts'
import type { ImportNotes } from '../storage/transfers/notes.ts'
import type { PatientDatabase } from './patience.ts'
import type { PendingWrite } from './pending-write.ts'
import type { RowRules } from './row.ts'
import type { Tally } from './tally.ts'

/** Runs a transaction when its turn comes, so that other users of the database are served in between. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export const hourMilliseconds = 3_600_000

/** The state that the steps of one import share. */
export interface Importing extends RowRules {
  readonly database: PatientDatabase
  readonly origin: string
  readonly mode: 'write' | 'dry-run'
  readonly notes: ImportNotes
  readonly tally: Tally
  /** The schemes of imported hashes, and how many hashes of each this import adds. */
  readonly schemes: Map<string, number>
  /** The policy of the server. */
  readonly sessions: SessionPolicy
  /** A row that began at or before this instant and does not exist here has ended here; null if none has. */
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
