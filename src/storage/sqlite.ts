import type { Database } from './database.ts'
import type { Migrations } from './migrate.ts'
import { SqliteCheckpointer } from './sqlite-checkpointer.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { toAuthError } from './sqlite-errors.ts'
import { createFile, sqliteFile } from './sqlite-file.ts'
import { openLog } from './sqlite-log.ts'
import { inMilliseconds, patiently } from './sqlite-patience.ts'
import { SqliteReadLock } from './sqlite-read-lock.ts'

/** Latchkey's own migrations, for `migrate`; those of your application come after them. */
export const sqliteMigrations: Migrations = {
  owner: 'latchkey',
  directory: new URL('./migrations/sqlite/', import.meta.url),
}

/**
 * Opens an SQLite file. If it does not exist, it is created so that only its owner can read it (0600, the folder 0700).
 *
 * Reads and writes have a connection each. On a shared one, a request would become part of the open transaction of
 * another request, and be rolled back with it.
 *
 * @param path the path of a file, optionally after `sqlite:`, as in `DATABASE_URL`
 * @throws DatabaseUrlError if it is not the path of a file, or the file cannot be created or opened
 * @throws AuthError `unavailable`
 */
export async function openSqlite(path: string): Promise<Database> {
  const file = createFile(sqliteFile(path))
  const opened: SqliteConnection[] = []
  const open = (access: 'read' | 'write') => {
    const connection = new SqliteConnection(file, access)
    opened.push(connection)
    return connection
  }
  try {
    const writer = await patiently(() => open('write'), inMilliseconds(2_000))
    const readLock = new SqliteReadLock(open('read'), file)
    const checkpointer = new SqliteCheckpointer(file)
    const reader = open('read')
    const log = await openLog(file)
    return new SqliteDatabase({ reader, writer, readLock, log, checkpointer })
  } catch (error) {
    for (const connection of opened) connection.close()
    throw toAuthError(error)
  }
}

/**
 * Whether a file has Latchkey's tables. Does not change the file.
 *
 * @throws AuthError `unavailable` if the file cannot be read, or is not a database
 */
export function isMigrated(path: string): boolean {
  try {
    const reader = new SqliteConnection(sqliteFile(path), 'read')
    try {
      const sql = "SELECT name FROM sqlite_schema WHERE name = 'latchkey_migrations'"
      return reader.query(sql, []).length === 1
    } finally {
      reader.close()
    }
  } catch (error) {
    throw toAuthError(error)
  }
}
