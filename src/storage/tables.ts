import { types } from 'node:util'
import { readTextOrNull } from './columns.ts'
import type { Connection, Row } from './database.ts'

/** The newest of Latchkey's migrations, whose numbers differ: they tell the two kinds of database apart. */
export const newestMigrations = [
  'latchkey/0014_ended_here.sql',
  'latchkey/0013_ended_here.sql',
] as const

/** What the newest migration leaves in a database, beside the list of the migrations. */
export const ownTables: readonly string[] = [
  'api_keys',
  'deleted_users',
  'email_changes',
  'email_verifications',
  'events',
  'failed_attempts',
  'guard_counts',
  'imported_sessions',
  'imported_users',
  'leases',
  'outbox',
  'password_resets',
  'registrations',
  'seen_devices',
  'session_aliases',
  'session_imports',
  'sessions',
  'signing_keys',
  'users',
]

/** Without one of these a token cannot be checked. */
export const checkedTables: readonly string[] = ['api_keys', 'sessions', 'users']

/** Tables that a migration made, and that are gone: somebody dropped them, or a file was mended without. */
export class MissingTablesError extends Error {
  override readonly name = 'MissingTablesError'
  readonly found: string
  readonly todo =
    'restore a backup, as latchkey restore does; without one, the guide Back up says what can be made again, empty'

  constructor(missing: readonly string[]) {
    const tables = missing.length === 1 ? 'its table' : 'its tables'
    super()
    this.found = `The database has lost ${tables} ${missing.join(', ')}`
    this.message = `${this.found}: ${this.todo}`
  }
}

/** @throws MissingTablesError where a database with the newest migration lacks one of these tables */
export async function requireTables(
  connection: Connection,
  applied: Applied,
  tables: readonly string[],
): Promise<void> {
  const sql = tablesQuery(applied, tables)
  if (sql === null) return
  const [row = []] = await connection.query(sql)
  const missing = missingIn(row, tables)
  if (missing.length > 0) throw new MissingTablesError(missing)
}

/** The names of migrations that a database has. */
interface Applied {
  has(name: string): boolean
}

/** What asks a database for these tables, in one row; null where it lacks the newest migration. */
export function tablesQuery(applied: Applied, tables: readonly string[]): string | null {
  const [sqlite, postgres] = newestMigrations
  const names = tables.map((name) => `'${name}'`).join(', ')
  if (applied.has(sqlite)) {
    return `SELECT group_concat(name, ' ') FROM sqlite_schema
      WHERE type IN ('table', 'view') AND name IN (${names})`
  }
  if (!applied.has(postgres)) return null
  // A partition, a foreign table or a view may stand in its place; what is in another schema does not.
  return `SELECT string_agg(CAST(relname AS text), ' ') FROM pg_catalog.pg_class
    WHERE relname IN (${names}) AND relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(oid)`
}

export function missingIn(row: Row, tables: readonly string[]): readonly string[] {
  const found = new Set(readTextOrNull(row[0] ?? null)?.split(' '))
  return tables.filter((name) => !found.has(name))
}

/** Whether a statement failed for want of a table of Latchkey's: no statement is wrong, the database is. */
export function isTableGone(error: unknown): boolean {
  // Not `instanceof`: under Jest an error of SQLite is of another realm than this code.
  if (!types.isNativeError(error)) return false
  const isMissing = isMissingRelation(error) || /^no such table: /.test(error.message)
  // PostgreSQL says it in any language, with any quotes. Of one that is named with its schema, or a file of
  // SQLite's, the name has a dot: no statement of ours has.
  return isMissing && error.message.split(/[^\w.]+/).some((word) => ownTables.includes(word))
}

// 42P01 is also that of a statement which names a table that it does not read from.
function isMissingRelation(error: Error): boolean {
  if (!('code' in error) || error.code !== '42P01') return false
  const isOpening = 'routine' in error && error.routine === 'parserOpenTable'
  // What only speaks PostgreSQL's protocol has other routines.
  return isOpening || /^relation "\w+" does not exist$/.test(error.message)
}
