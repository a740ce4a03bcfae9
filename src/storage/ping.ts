import { AuthError } from '../core/errors.ts'
import { readText } from './columns.ts'
import type { Database } from './database.ts'
import { DeadlineError, within } from './deadline.ts'
import { isNotMigrated } from './migrate.ts'
import {
  checkedTables,
  MissingTablesError,
  missingIn,
  newestMigrations,
  tablesQuery,
} from './tables.ts'

// Whoever asks whether a server is well wants to hear it before they give it up.
const patienceMilliseconds = 1_000

/**
 * Whether the database answers, and has the migrations of this version. One that has newer ones
 * too is in order: another version is being put in place.
 *
 * The connections of look-ups are asked: those of all else may be busy with what takes long, and a server
 * whose tokens are checked is no server to take out. So of the tables those alone are looked for: all servers
 * lack another one at once, and none of them would answer anybody.
 *
 * @throws AuthError `unavailable` where it does not within a second, or lacks a migration or one of these
 */
export async function ping(database: Database): Promise<void> {
  const missing = await within(patienceMilliseconds, findMissing(database)).catch((cause) => {
    if (cause instanceof DeadlineError) throw unavailable('It did not answer within a second')
    throw isNotMigrated(cause) ? new AuthError('unavailable', { cause }) : cause
  })
  if (missing === null) throw unavailable("It lacks Latchkey's newest migration")
  if (missing.length > 0) {
    throw new AuthError('unavailable', { cause: new MissingTablesError(missing) })
  }
}

function unavailable(reason: string): AuthError {
  return new AuthError('unavailable', { cause: new Error(reason) })
}

// A table, not a constant: SQLite would answer that without a look at the file.
async function findMissing(database: Database): Promise<readonly string[] | null> {
  const sql = 'SELECT name FROM latchkey_migrations WHERE name = $1 OR name = $2'
  const newest = await database.lookUp(sql, newestMigrations, ([name]) => readText(name))
  const tables = tablesQuery(new Set(newest === null ? [] : [newest]), checkedTables)
  if (tables === null) return null
  return database.lookUp(tables, [], (row) => missingIn(row, checkedTables))
}
