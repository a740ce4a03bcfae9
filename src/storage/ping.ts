import { AuthError, unavailable } from '../core/errors.ts'
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

// A health check must be answered before it gives up.
const patienceMilliseconds = 1_000

/**
 * Checks that the database answers, and has the migrations of this version. Newer migrations are fine: another
 * version is being deployed.
 *
 * It uses the connections for look-ups, since all others may be busy, and a server that can check tokens must stay in
 * service. For the same reason only the tables of look-ups are required: a missing table affects all servers at once,
 * and none of them would stay in service.
 *
 * @throws AuthError `unavailable` if there is no answer within a second, or a migration or one of these tables is
 *   missing
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

// Reads a table, because SQLite would answer a constant without reading the file.
async function findMissing(database: Database): Promise<readonly string[] | null> {
  const sql = 'SELECT name FROM latchkey_migrations WHERE name = $1 OR name = $2'
  const newest = await database.lookUp(sql, newestMigrations, ([name]) => readText(name))
  const tables = tablesQuery(new Set(newest === null ? [] : [newest]), checkedTables)
  if (tables === null) return null
  return database.lookUp(tables, [], (row) => missingIn(row, checkedTables))
}
