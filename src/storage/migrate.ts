import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { AuthError } from '../core/errors.ts'
import { messageOf } from '../core/thrown.ts'
import { readText } from './columns.ts'
import type { Connection, Database, Transaction } from './database.ts'
import { MigrationError } from './migration-error.ts'
import { ownTables, requireTables } from './tables.ts'

/** A folder of `NNNN_name.sql` files, which are applied in the order of their names, and must not change afterwards. */
export interface Migrations {
  /** Whose migrations they are: `latchkey`, or your application's name. */
  readonly owner: string
  readonly directory: URL
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** A migration, and whether the database has it. */
export interface MigrationStatus {
  /** Its owner and file, such as `latchkey/0001_users_and_sessions.sql`. */
  readonly name: string
  /** `unknown`: applied, but not among the files here, so it belongs to another version. */
  readonly status: 'applied' | 'pending' | 'unknown'
}

export interface MigrateOptions {
  /** Called before each attempt: throws if the database must not be migrated. */
  readonly check?: (connection: Connection) => Promise<void>
}

/**
 * Applies pending migrations, owner by owner, in one transaction: processes that start together wait for each other,
 * and one that dies leaves nothing half done. If nothing is pending, nothing is written, and no right to change the
 * schema is needed.
 *
 * @returns the names of the migrations that were applied
 * @throws MigrationError for a file that the database refused, that was changed after it was applied, is misnamed, or
 *   cannot be read
 * @throws MissingTablesError if a table of an applied migration is gone
 * @throws AuthError `unavailable` if the database cannot be reached
 */
export async function migrate(
  database: Database,
  sources: readonly Migrations[],
  { check }: MigrateOptions = {},
): Promise<string[]> {
  const migrations = await readAll(sources)
  const isPending = async (connection: Connection) => {
    await check?.(connection)
    const applied = await readApplied(connection)
    const isPending = findPending(migrations, applied).length > 0
    // Otherwise a server without these tables would start, and fail at every request.
    if (!isPending) await requireTables(connection, applied, ownTables)
    return isPending
  }
  const applied = await database.migration(
    (transaction) => applyPending(transaction, migrations),
    isPending,
  )
  return applied ?? []
}

async function applyPending(
  transaction: Transaction,
  migrations: readonly Migration[],
): Promise<string[]> {
  await transaction.script(createMigrations)
  const pending = findPending(migrations, await readApplied(transaction))
  for (const { name, checksum, sql } of pending) {
    await apply(transaction, name, sql)
    await transaction.query(
      'INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ($1, $2, $3)',
      [name, checksum, Date.now()],
    )
  }
  await requireTables(transaction, await readApplied(transaction), ownTables)
  return pending.map(({ name }) => name)
}

/**
 * Every migration in the order of its application, then the unknown ones of these owners. Changes nothing.
 *
 * @throws MigrationError for a file that was changed after it was applied, is misnamed, or cannot be read
 * @throws AuthError `unavailable` if the database cannot be reached
 */
export async function listMigrations(
  connection: Connection,
  sources: readonly Migrations[],
): Promise<MigrationStatus[]> {
  const migrations = await readAll(sources)
  const applied = await readApplied(connection)
  const pending = new Set(findPending(migrations, applied))
  const here = migrations.map((migration): MigrationStatus => {
    return { name: migration.name, status: pending.has(migration) ? 'pending' : 'applied' }
  })
  return [...here, ...findUnknown([...applied.keys()], { sources, migrations })]
}

function findUnknown(
  applied: readonly string[],
  here: { sources: readonly Migrations[]; migrations: readonly Migration[] },
): MigrationStatus[] {
  const known = new Set(here.migrations.map(({ name }) => name))
  const isOurs = (name: string) => here.sources.some(({ owner }) => name.startsWith(`${owner}/`))
  const names = applied.filter((name) => isOurs(name) && !known.has(name)).sort()
  return names.map((name) => ({ name, status: 'unknown' }))
}

/** The names of all applied migrations, even of owners and versions that are not here. */
export async function listApplied(connection: Connection): Promise<readonly string[]> {
  return [...(await readApplied(connection)).keys()]
}

/**
 * @throws MissingTablesError if a table of Latchkey's is gone
 * @throws AuthError `unavailable` if the database cannot be reached
 */
export async function requireWhole(connection: Connection): Promise<void> {
  await requireAll(connection, ownTables)
}

/** The same for some of the tables. */
export async function requireAll(connection: Connection, tables: readonly string[]): Promise<void> {
  await requireTables(connection, await readApplied(connection), tables)
}

/** Whether a statement failed because a table or column is missing: a migration is pending. */
export function isNotMigrated(error: unknown): boolean {
  if (error instanceof AuthError) return isNotMigrated(error.cause)
  // Not `instanceof`: under Jest SQLite's errors come from another realm.
  if (!types.isNativeError(error)) return false
  if (/^no such (table|column): /.test(error.message)) return true
  return 'code' in error && (error.code === '42P01' || error.code === '42703')
}

async function readAll(sources: readonly Migrations[]): Promise<Migration[]> {
  return (await Promise.all(sources.map(readMigrations))).flat()
}

async function readMigrations({ owner, directory }: Migrations): Promise<Migration[]> {
  const folder = fileURLToPath(directory)
  const found = await readdir(folder).catch(refuseUnread)
  const files = found.filter((file) => /^[^.].*\.sql$/i.test(file)).sort()
  const misnamed = files.find((file) => !/^\d{4}_\w+\.sql$/.test(file))
  if (misnamed)
    throw new MigrationError(`Name the migration ${misnamed} like 0001_users_and_sessions.sql`)
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      // A checkout on Windows may have other line ends, which must not change the checksum.
      const sql = (await readFile(path, 'utf8').catch(refuseUnread)).replaceAll('\r\n', '\n')
      const checksum = hash('sha256', sql)
      return { name: `${owner}/${file}`, sql, checksum }
    }),
  )
}

function refuseUnread(cause: unknown): never {
  throw new MigrationError(`Migrations cannot be read: ${messageOf(cause)}`, { cause })
}

async function apply(transaction: Transaction, name: string, sql: string): Promise<void> {
  try {
    await transaction.script(sql)
  } catch (cause) {
    // The database became unreachable: that is not the fault of the file, and another attempt may succeed.
    if (cause instanceof AuthError && !isNotMigrated(cause)) throw cause
    // If a table of Latchkey's is gone, the error is `unavailable`, and its cause has the reason.
    const named = cause instanceof AuthError ? cause.cause : cause
    const reason = messageOf(named)
    throw new MigrationError(`Migration ${name} failed, and nothing was applied: ${reason}`, {
      cause,
    })
  }
}

const createMigrations = `CREATE TABLE IF NOT EXISTS latchkey_migrations (
  name       TEXT   NOT NULL PRIMARY KEY,
  checksum   TEXT   NOT NULL,
  applied_at BIGINT NOT NULL
)`

async function readApplied(connection: Connection): Promise<Map<string, string>> {
  try {
    const rows = await connection.query('SELECT name, checksum FROM latchkey_migrations')
    return new Map(rows.map(([name, checksum]) => [readText(name), readText(checksum)]))
  } catch (error) {
    if (isNotMigrated(error)) return new Map()
    throw error
  }
}

function findPending(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  return migrations.filter((migration) => !isApplied(migration, applied))
}

function isApplied({ name, checksum }: Migration, applied: ReadonlyMap<string, string>): boolean {
  const known = applied.get(name)
  if (known === undefined || known === checksum) return known === checksum
  throw new MigrationError(
    `Migration ${name} was changed after it was applied; restore it and add another`,
  )
}
