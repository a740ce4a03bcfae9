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

/** Tables that a migration made, and that are gone: somebody dropped them, or a file was mended without. */
export class MissingTablesError extends Error {
  override readonly name = 'MissingTablesError'

  constructor(missing: readonly string[]) {
    const tables = missing.length === 1 ? 'its table' : 'its tables'
    super(
      `The database has lost ${tables} ${missing.join(', ')}: restore a backup, as latchkey restore does`,
    )
  }
}

/** @throws MissingTablesError where a database with the newest migration lacks a table of Latchkey's */
export async function requireTables(
  connection: Connection,
  applied: { has(name: string): boolean },
): Promise<void> {
  const sql = tablesQuery(applied)
  if (sql === null) return
  const [row = []] = await connection.query(sql)
  const missing = missingIn(row)
  if (missing.length > 0) throw new MissingTablesError(missing)
}

/** What asks a database for its tables, in one row; null where it lacks the newest migration. */
export function tablesQuery(applied: { has(name: string): boolean }): string | null {
  const [sqlite, postgres] = newestMigrations
  if (applied.has(sqlite)) return inSqlite
  return applied.has(postgres) ? inPostgres : null
}

export function missingIn(row: Row): readonly string[] {
  const found = new Set(readTextOrNull(row[0] ?? null)?.split(' '))
  return ownTables.filter((name) => !found.has(name))
}

const names = ownTables.map((name) => `'${name}'`).join(', ')
const inSqlite = `SELECT group_concat(name, ' ') FROM sqlite_schema
  WHERE type IN ('table', 'view') AND name IN (${names})`
// A partition, a foreign table or a view may stand in its place; what is in another schema does not.
const inPostgres = `SELECT string_agg(CAST(relname AS text), ' ') FROM pg_catalog.pg_class
  WHERE relname IN (${names}) AND relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(oid)`

/** Whether a statement failed for want of a table of Latchkey's: no statement is wrong, the database is. */
export function isTableGone(error: unknown): boolean {
  // Not `instanceof`: under Jest an error of SQLite is of another realm than this code.
  if (!types.isNativeError(error)) return false
  const isAboutTable =
    ('code' in error && error.code === '42P01') || /^no such table: /.test(error.message)
  // PostgreSQL says it in any language, with any quotes.
  return isAboutTable && error.message.split(/\W+/).some((word) => ownTables.includes(word))
}
