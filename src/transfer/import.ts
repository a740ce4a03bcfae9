import { isUnavailable } from '../core/errors.ts'
import type { SessionPolicy } from '../core/options.ts'
import type { Connection, Database } from '../storage/database.ts'
import { ownOrigin } from '../storage/deleted-users.ts'
import { countPasswordSchemes, listPasswordSchemes } from '../storage/password-schemes.ts'
import { findEverybodysEnd, findImportedEnd } from '../storage/transfers/endings.ts'
import { ImportNotes } from '../storage/transfers/notes.ts'
import {
  isSessionImportOpen,
  noteSessionImport,
  noteWholeSessionImport,
} from '../storage/transfers/session-imports.ts'
import { hourMilliseconds, type Importing, type Turns, write } from './importing.ts'
import type { Origin, OriginRow } from './origin.ts'
import { type Pause, withPatience } from './patience.ts'
import { PendingWrite } from './pending-write.ts'
import { importRecords } from './records.ts'
import type { RefusedRow } from './refusals.ts'
import type { RowRules } from './row.ts'
import { importSessions } from './sessions.ts'
import { type SchemeLeft, type Summary, Tally } from './tally.ts'
import { importUsers } from './users.ts'

export interface ImportOptions extends RowRules {
  readonly mode: 'write' | 'dry-run'
  readonly sessions: SessionPolicy
  readonly onRefused: (row: RefusedRow) => void
  /** Called with the number of rows processed so far. */
  readonly onProgress: (rows: number) => void
  readonly turns: Turns
  /** Waits before the database is tried again after it was unavailable. */
  readonly pause: Pause
}

/**
 * Imports everything from an origin, in batches, each in a transaction of its own. After an interruption it can be
 * run again, since it leaves existing rows as they are.
 *
 * @throws OriginError if the origin cannot be read
 * @throws AuthError `unavailable` if the database is away
 */
export async function importFrom(
  origin: Origin,
  target: Database,
  options: ImportOptions,
): Promise<Summary> {
  const database = withPatience(target, options.pause)
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
      schemes: new Map((await listPasswordSchemes(database)).map((scheme) => [scheme, 0])),
      endedUpTo: {
        sessions: await findSessionsEnd(origin.name, database, options),
        apiKeys: await findEverybodysEnd(database, 'api_keys'),
      },
    }
    let rows = 0
    for await (const batch of inBatches(origin.read())) {
      await importBatch(importing, batch)
      rows += batch.length
      options.onProgress(rows)
    }
    await pending.end()
    await closeSessionImport(importing)
    return tally.summary(await listSchemes(importing, target))
  } finally {
    // Also after an error of the origin: the rows before it are still imported.
    await pending.end().finally(() => notes.close())
  }
}

// Only at the end: a session that an interrupted import did not bring has not ended here.
async function closeSessionImport(importing: Importing): Promise<void> {
  const { origin, now } = importing
  const close = async (transaction: Connection) => {
    if (!(await isSessionImportOpen(transaction, origin))) return
    await noteWholeSessionImport(transaction, { origin, importedAt: now })
  }
  await write(importing, close, () => undefined)
}

// Not tried again: a finished import must not fail because of a count. Counting reads a row for each hash, which may
// exceed the time limit of a statement.
async function listSchemes(
  { schemes, mode }: Importing,
  target: Connection,
): Promise<readonly SchemeLeft[]> {
  const inOrder = [...schemes].sort(([a], [b]) => (a < b ? -1 : 1))
  try {
    const counted = await countPasswordSchemes(target)
    if (mode === 'write') return counted
    const there = new Map(counted.map(({ scheme, users }) => [scheme, users]))
    return inOrder
      .map(([scheme, more]) => ({ scheme, users: (there.get(scheme) ?? 0) + more }))
      .filter(({ users }) => users > 0)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return inOrder.map(([scheme]) => ({ scheme, users: null }))
  }
}

// A session from an export keeps its own instants, and expires here when it would have expired there.
function findSessionsEnd(
  origin: string,
  database: Connection,
  { now, sessions }: ImportOptions,
): Promise<Date | null> {
  if (origin === ownOrigin) return findEverybodysEnd(database, 'sessions')
  const hours = Math.min(sessions.idleHours, sessions.maximumHours)
  const longAgo = new Date(now.getTime() - hours * hourMilliseconds)
  return findImportedEnd(database, { origin, longAgo })
}

type Kind = OriginRow['type']
type RowOf<Type extends Kind> = Extract<OriginRow, { type: Type }>

// With more rows others would wait longer for the database; with fewer the import would wait for the disk more often.
const rowsAtATime = 1_000

// Batches of rows of one kind and one table, in the order of the origin; faults go into any batch.
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
  // The rows that follow belong to the users, who must be written first.
  else await importing.pending.end()
  await importSessions(importing, ofType(batch, 'session'))
  const records = ofType(batch, 'record')
  const [first] = records
  if (first) await importRecords(importing, first.table, records)
  for (const each of ofType(batch, 'session-import')) {
    const note = async (transaction: Connection) => {
      await noteSessionImport(transaction, each)
      await noteWholeSessionImport(transaction, each)
    }
    await write(importing, note, () => undefined)
  }
  for (const { reason, where } of ofType(batch, 'fault')) {
    importing.tally.refuse(reason, { where, emailAddress: null })
  }
}

function ofType<Type extends Kind>(batch: readonly OriginRow[], type: Type): RowOf<Type>[] {
  return batch.filter((row): row is RowOf<Type> => row.type === type)
}
