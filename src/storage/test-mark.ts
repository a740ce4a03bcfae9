import type { Connection } from './database.ts'
import { isNotMigrated } from './migrate.ts'

/** The table by which a database says that tests may empty it. */
export const testMark = 'latchkey_test_database'

/** Whether tests may empty it: then it is no place for rows that somebody wants to keep. */
export async function isForTests(connection: Connection): Promise<boolean> {
  try {
    await connection.query(`SELECT 1 FROM ${testMark}`)
    return true
  } catch (error) {
    if (isNotMigrated(error)) return false
    throw error
  }
}
