import type { Database } from '../storage/database.ts'
import { wasEverybodyLoggedOut, wasEverybodyRevoked } from '../storage/ended-here.ts'
import { ImportNotes } from '../storage/import-notes.ts'
import { noteImportedSessions } from '../storage/imports.ts'
import { listPasswordSchemes } from '../storage/password-schemes.ts'
import { type Importing, type Turns, write } from './importing.ts'
import type { Origin, OriginRow } from './origin.ts'
import { PendingWrite } from './pending-write.ts'
import { importRecords } from './records.ts'
import type { RefusedRow } from './refusals.ts'
import type { RowRules } from './row.ts'
import { importSessions } from './sessions.ts'
import { type Summary, Tally } from './tally.ts'
import { importUsers } from './users.ts'

export interface ImportOptions extends RowRules {
  readonly mode: 'write' | 'dry-run'
  readonly sessionsPerUser: number
  readonly onRefused: (row: RefusedRow) => void
  /** How many rows were looked at by now. */
  readonly onProgress: (rows: number) => void
  readonly turns: Turns
}

/**
 * Brings in all that an origin has, in batches, each in a transaction of its own. Run again it goes on
 * where it was cut off: what is there stays as it is.
 *
 * @throws OriginError where the origin cannot be read
 * @throws AuthError `unavailable` where the database is away
 */
export async function importFrom(
  origin: Origin,
  database: Database,
  options: ImportOptions,
): Promise<Summary> {
  const tally = new Tally(options.onRefused)
  const notes = new ImportNotes()
  const pending = new PendingWrite()
  try {
    const importing: Importing = {
      ...options,
      database,
      origin: origin.name,
      notes,
      tally,
      pending,
      schemes: new Set(await listPasswordSchemes(database)),
      revokedForAll: {
        sessions: await wasEverybodyRevoked(database, 'sessions'),
        apiKeys: await wasEverybodyRevoked(database, 'api_keys'),
      },
      wasEverybodyLoggedOut: await wasEverybodyLoggedOut(database, origin.name),
    }
    let rows = 0
    for await (const batch of inBatches(origin.read())) {
      await importBatch(importing, batch)
      rows += batch.length
      options.onProgress(rows)
    }
    await pending.end()
    return tally.summary()
  } finally {
    // Also where the origin ends in an error: what came before it was read.
    await pending.end().finally(() => notes.close())
  }
}

type Kind = OriginRow['type']
type RowOf<Type extends Kind> = Extract<OriginRow, { type: Type }>

// A transaction of more would keep others waiting for longer; one of less would wait for the disk more often.
const rowsAtATime = 1_000

// Rows of one kind, one table, in the order in which they came; what is no row goes with any of them.
async function* inBatches(rows: AsyncIterable<OriginRow>): AsyncGenerator<OriginRow[]> {
  let batch: OriginRow[] = []
  let kind: unknown = null
  for await (const row of rows) {
    const own = kindOf(row)
    if (batch.length === rowsAtATime || (own !== kind && own !== null && kind !== null)) {
      yield batch
      batch = []
      kind = null
    }
    batch.push(row)
    kind ??= own
  }
  if (batch.length > 0) yield batch
}

function kindOf(row: OriginRow): unknown {
  if (row.type === 'fault') return null
  return row.type === 'record' ? row.table : row.type
}

async function importBatch(importing: Importing, batch: readonly OriginRow[]): Promise<void> {
  const users = ofType(batch, 'user')
  if (users.length > 0) await importUsers(importing, users)
  // What comes behind users is theirs.
  else await importing.pending.end()
  await importSessions(importing, ofType(batch, 'session'))
  const records = ofType(batch, 'record')
  const [first] = records
  if (first) await importRecords(importing, first.table, records)
  for (const { origin, importedAt } of ofType(batch, 'tokens')) {
    const note = (transaction: Parameters<typeof noteImportedSessions>[0]) =>
      noteImportedSessions(transaction, origin, importedAt)
    await write(importing, note, () => undefined)
  }
  for (const { reason, where } of ofType(batch, 'fault')) {
    importing.tally.refuse(reason, { where, emailAddress: null })
  }
}

function ofType<Type extends Kind>(batch: readonly OriginRow[], type: Type): RowOf<Type>[] {
  return batch.filter((row): row is RowOf<Type> => row.type === type)
}
