import pg from 'pg'
import type { Snapshot, Value } from './database.ts'
import { toAuthError, toConnectError } from './postgres-errors.ts'
import { PostgresStatements } from './postgres-statements.ts'

/** @throws AuthError `unavailable` where the database is away */
export async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    fallback_application_name: 'latchkey export',
  })
  // The next read reports the error.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw toConnectError(error)
  }
  const statements = new PostgresStatements('unnamed')
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
       SET LOCAL statement_timeout = 60000; SET LOCAL idle_in_transaction_session_timeout = 600000`,
    )
  } catch (error) {
    throw toAuthError(error)
  }
  return {
    async query(sql, values = []) {
      try {
        return (await client.query<Value[]>(statements.read(sql, values))).rows
      } catch (error) {
        throw toAuthError(error)
      }
    },
    close: () => client.end(),
  }
}
