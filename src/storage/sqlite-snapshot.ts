import type { Snapshot } from './database.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { toAuthError } from './sqlite-errors.ts'
import { sqliteFile } from './sqlite-file.ts'

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
