import type { Connection } from '../storage/database.ts'
import type { ImportNotes } from '../storage/import-notes.ts'
import type { PatientDatabase } from './patience.ts'
import type { PendingWrite } from './pending-write.ts'
import type { RowRules } from './row.ts'
import type { Tally } from './tally.ts'

/** When a transaction may begin, so that others have their turn before it. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export const hourMilliseconds = 3_600_000

/** How long a session lives, as the server has it. */
export interface Lives {
  readonly idleHours: number
  readonly maximumHours: number
}

/** One import that is under way: what its steps share. */
export interface Importing extends RowRules {
  readonly database: PatientDatabase
  readonly origin: string
  readonly mode: 'write' | 'dry-run'
  readonly notes: ImportNotes
  readonly tally: Tally
  /** How hashes are made that are still another system's, and how many more of each this import makes. */
  readonly schemes: Map<string, number>
  readonly sessionsPerUser: number
  /** What began up to then, and is not here, has ended here; null for nothing. */
  readonly endedUpTo: Readonly<Record<'sessions' | 'apiKeys', Date | null>>
  readonly lives: Lives
  readonly turns: Turns
  readonly pending: PendingWrite
}

/** A batch in one transaction, which in a dry run does nothing but read. */
export async function write<T>(
  { database, mode, turns }: Importing,
  work: (connection: Connection) => Promise<T>,
  dry: () => T,
): Promise<T> {
  return mode === 'dry-run' ? dry() : turns(() => database.transaction(work))
}
