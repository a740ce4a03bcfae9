import { types } from 'node:util'
import { readTextOrNull } from './columns.ts'
import type { Connection, Row } from './database.ts'

/** Latchkey's newest migrations, for SQLite and PostgreSQL. Their numbers differ, so they also tell the two apart. */
export const newestMigrations = [
  'latchkey/0015_outbox_turns.sql',
  'latchkey/0014_outbox_turns.sql',
] as const

/** All tables of Latchkey after the newest migration, except the list of migrations. */
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

/** The tables without which a token cannot be checked. */
export const checkedTables: readonly string[] = ['api_keys', 'sessions', 'users']

/** Tables of an applied migration are gone: they were dropped, or a file was repaired without them. */
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

/** @throws MissingTablesError if a database with the newest migration lacks one of these tables */
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

/** A query for the names of these tables, in one row; null if the database lacks the newest migration. */
export function tablesQuery(applied: Applied, tables: readonly string[]): string | null {
  const [sqlite, postgres] = newestMigrations
  const names = tables.map((name) => `'${name}'`).join(', ')
  if (applied.has(sqlite)) {
    return `SELECT group_concat(name, ' ') FROM sqlite_schema
      WHERE type IN ('table', 'view') AND name IN (${names})`
  }
  if (!applied.has(postgres)) return null
  // A partition, a foreign table or a view may replace a table. One in another schema does not count.
  return `SELECT string_agg(CAST(relname AS text), ' ') FROM pg_catalog.pg_class
    WHERE relname IN (${names}) AND relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(oid)`
}

export function missingIn(row: Row, tables: readonly string[]): readonly string[] {
  const found = new Set(readTextOrNull(row[0] ?? null)?.split(' '))
  return tables.filter((name) => !found.has(name))
}

/** Whether a statement failed because a table of Latchkey's is gone. */
export function isTableGone(error: unknown): boolean {
  // Not `instanceof`: under Jest SQLite's errors come from another realm.
  if (!types.isNativeError(error)) return false
  const isMissing = isMissingRelation(error) || /^no such table: /.test(error.message)
  // PostgreSQL's messages may be in any language, with any quotes. A name that is qualified with a schema, or with a
  // file of SQLite's, has a dot: our statements contain no such names.
  return isMissing && error.message.split(/[^\w.]+/).some((word) => ownTables.includes(word))
}

// 42P01 also means that a statement names a table that it does not read from.
function isMissingRelation(error: Error): boolean {
  if (!('code' in error) || error.code !== '42P01') return false
  const isOpening = 'routine' in error && error.routine === 'parserOpenTable'
  // Databases that only speak PostgreSQL's protocol have other routines.
  return isOpening || /^relation "\w+" does not exist$/.test(error.message)
}
