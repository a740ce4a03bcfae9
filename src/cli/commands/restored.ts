import { createAuth } from '../../core/auth.ts'
import type { Database } from '../../storage/database.ts'
import { listApplied, listMigrations, type Migrations, migrate } from '../../storage/migrate.ts'
import { type Known, listRestoredRows, type RestoredRow } from '../../storage/restored-rows.ts'
import { createStore } from '../../storage/store.ts'
import { Refused } from './command.ts'

/** What a restored backup is to become. */
export interface Wanted {
  readonly sources: readonly Migrations[]
  /** Whether the sessions and mailed links in the backup are to work again. */
  readonly sessions: 'ended' | 'kept'
}

/** What became of a restored backup. */
export interface Restored {
  /** The names of the migrations that it lacked. */
  readonly applied: readonly string[]
  /** How many sessions were ended; null if they were to be kept. */
  readonly revoked: number | null
  /** What came back with it; null if the former database could not tell. */
  readonly returned: readonly RestoredRow[] | null
}

/**
 * Migrates a restored backup, ends what must not come back with it, and lists what did.
 *
 * @param known what the former database knew; null if it could not tell
 * @throws Refused for what is no backup of Latchkey's, or one of a newer version
 */
export async function makeCurrent(
  database: Database,
  { sources, sessions }: Wanted,
  known: Known | null,
): Promise<Restored> {
  await requireKnown(database, sources)
  const applied = await migrate(database, sources)
  const revoked = sessions === 'kept' ? null : await endSessions(database)
  return { applied, revoked, returned: known && (await listRestoredRows(database, known)) }
}

// The tables of a newer version may record bans or revocations that this version would ignore.
async function requireKnown(database: Database, sources: readonly Migrations[]): Promise<void> {
  const names = await listApplied(database)
  const own = names.filter((name) => name.startsWith('latchkey/'))
  if (own.length === 0) throw new Refused("There are no tables of Latchkey's in what was restored")
  const listed = await listMigrations(database, sources)
  const unknown = listed.find(({ name, status }) => status === 'unknown' && own.includes(name))
  if (!unknown) return
  throw new Refused(`The backup is of a newer version of Latchkey, which has ${unknown.name}`)
}

// SECURITY: a thief whose stolen session was logged out since would be in again.
async function endSessions(database: Database): Promise<number> {
  const auth = createAuth({ store: createStore(database) })
  const revoked = await auth.revokeAllSessions()
  await auth.revokeOneTimeTokens()
  return revoked
}
