import { AuthError } from '../core/errors.ts'
import type { Database } from './database.ts'
import { DeadlineError, within } from './deadline.ts'
import { isNotMigrated } from './migrate.ts'

/** The newest of Latchkey's migrations, whose numbers differ: of which kind the database is nobody asks. */
export const newestMigrations = ['latchkey/0013_imports.sql', 'latchkey/0012_imports.sql'] as const

// Whoever asks whether a server is well wants to hear it before they give it up.
const patienceMilliseconds = 1_000

/**
 * Whether the database answers, and has the tables that this version asks for. One that has newer ones
 * too is in order: another version is being put in place.
 *
 * The connections of look-ups are asked: those of all else may be busy with what takes long, and a server
 * whose tokens are checked is no server to take out.
 *
 * @throws AuthError `unavailable` where it does not within a second, or lacks a migration
 */
export async function ping(database: Database): Promise<void> {
  const isMigrated = await within(patienceMilliseconds, findNewest(database)).catch((cause) => {
    if (cause instanceof DeadlineError) throw unavailable('It did not answer within a second')
    throw isNotMigrated(cause) ? new AuthError('unavailable', { cause }) : cause
  })
  if (isMigrated) return
  throw unavailable("It lacks Latchkey's newest migration")
}

function unavailable(reason: string): AuthError {
  return new AuthError('unavailable', { cause: new Error(reason) })
}

// A table, not a constant: SQLite would answer that without a look at the file.
async function findNewest(database: Database): Promise<boolean> {
  const sql = 'SELECT name FROM latchkey_migrations WHERE name = $1 OR name = $2'
  const found = await database.lookUp(sql, newestMigrations, () => true)
  return found ?? false
}
