import type { Connection } from './database.ts'
import { isNotMigrated } from './migrate.ts'

/** The name of the table that marks a database as one that tests may empty. */
export const testMark = 'latchkey_test_database'

/** Whether tests may empty the database. */
export async function isForTests(connection: Connection): Promise<boolean> {
  try {
    await connection.query(`SELECT 1 FROM ${testMark}`)
    return true
  } catch (error) {
    if (isNotMigrated(error)) return false
    throw error
  }
}
