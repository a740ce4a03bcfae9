import { createAuth } from '../../core/auth.ts'
import type { Database } from '../../storage/database.ts'
import { listApplied, listMigrations, type Migrations, migrate } from '../../storage/migrate.ts'
import { createStore } from '../../storage/store.ts'
import { Refused } from './command.ts'

/** Whether the sessions and mailed links in the backup are to work again. */
export type Sessions = 'ended' | 'kept'

/**
 * Migrates a restored backup, and ends what must not come back with it.
 *
 * @returns how many sessions it ended, or null if they were to be kept
 */
export async function makeCurrent(
  database: Database,
  sources: readonly Migrations[],
  sessions: Sessions,
): Promise<{ readonly applied: readonly string[]; readonly revoked: number | null }> {
  await requireKnown(database, sources)
  const applied = await migrate(database, sources)
  if (sessions === 'kept') return { applied, revoked: null }
  const auth = createAuth({ store: createStore(database) })
  // SECURITY: a thief whose stolen session was logged out since would be in again.
  const revoked = await auth.revokeAllSessions()
  await auth.revokeOneTimeTokens()
  return { applied, revoked }
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
