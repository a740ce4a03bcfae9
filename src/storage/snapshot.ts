import type { Connection } from './database.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { toAuthError } from './sqlite-errors.ts'
import { sqliteFile } from './sqlite-file.ts'

/** A database as it was at one instant, however long it is read: no writer waits for it. */
export interface Snapshot extends Connection {
  close(): Promise<void>
}

/** @throws AuthError `unavailable` for a file that cannot be read */
export function openSqliteSnapshot(url: string): Snapshot {
  try {
    const reader = new SqliteConnection(sqliteFile(url), 'read')
    reader.script('BEGIN')
    return {
      query: async (sql, values = []) => reader.query(sql, values),
      close: async () => reader.close(),
    }
  } catch (error) {
    throw toAuthError(error)
  }
}
