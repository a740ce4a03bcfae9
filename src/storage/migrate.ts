import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readText } from './columns.ts'
import type { Database, Transaction } from './database.ts'

/** A folder of `NNNN_name.sql` files, applied in the order of their names and never changed again. */
export interface Migrations {
  /** Whose they are: `latchkey`, or your application's name. */
  readonly owner: string
  readonly directory: URL
}

/** A migration that the database refused: nothing of it, nor of the others, was applied. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'

  constructor(migration: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`Migration ${migration} failed, and nothing was applied: ${reason}`, { cause })
  }
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/**
 * Applies what has not been applied yet, owner by owner, all in one transaction: two processes that
 * start together wait for each other, and one that dies leaves nothing half done.
 *
 * @returns the names of the migrations that were applied
 * @throws MigrationError naming the file that the database refused
 * @throws Error when a file was changed after it was applied
 */
export async function migrate(
  database: Database,
  sources: readonly Migrations[],
): Promise<string[]> {
  const migrations = (await Promise.all(sources.map(readMigrations))).flat()
  return database.migration(async (transaction) => {
    const applied = await readApplied(transaction)
    const pending = migrations.filter((migration) => !isApplied(migration, applied))
    for (const { name, checksum, sql } of pending) {
      await apply(transaction, name, sql)
      await transaction.query(
        'INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ($1, $2, $3)',
        [name, checksum, Date.now()],
      )
    }
    return pending.map(({ name }) => name)
  })
}

async function readMigrations({ owner, directory }: Migrations): Promise<Migration[]> {
  const folder = fileURLToPath(directory)
  const files = (await readdir(folder)).filter((file) => /^[^.].*\.sql$/i.test(file)).sort()
  const misnamed = files.find((file) => !/^\d{4}_\w+\.sql$/.test(file))
  if (misnamed) throw new Error(`Name the migration ${misnamed} like 0001_users_and_sessions.sql`)
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      // A checkout on Windows has other line ends; the statements are the same.
      const sql = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { name: `${owner}/${file}`, sql, checksum }
    }),
  )
}

async function apply(transaction: Transaction, name: string, sql: string): Promise<void> {
  try {
    await transaction.script(sql)
  } catch (cause) {
    throw new MigrationError(name, cause)
  }
}

async function readApplied(transaction: Transaction): Promise<Map<string, string>> {
  await transaction.script(
    `CREATE TABLE IF NOT EXISTS latchkey_migrations (
       name       TEXT    NOT NULL PRIMARY KEY,
       checksum   TEXT    NOT NULL,
       applied_at INTEGER NOT NULL
     )`,
  )
  const rows = await transaction.query('SELECT name, checksum FROM latchkey_migrations')
  return new Map(rows.map(([name, checksum]) => [readText(name), readText(checksum)]))
}

function isApplied({ name, checksum }: Migration, applied: Map<string, string>): boolean {
  const known = applied.get(name)
  if (known === undefined || known === checksum) return known === checksum
  throw new Error(`Migration ${name} was changed after it was applied; restore it and add another`)
}
