import { randomUUID } from 'node:crypto'
import type { Database } from 'latchkey/server'
import type { OpenedDatabase, TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'

/** Where tests store their data: each test server in its own schema, which is dropped when it closes. */
export const testingDatabase: Pick<TestServerOptions, 'open' | 'databaseUrl'> = {
  open: openSchema,
  databaseUrl: testDatabaseUrl(),
}

function testDatabaseUrl(): string {
  const { TEST_DATABASE_URL: url } = process.env
  if (url) return url
  throw new Error(
    'TEST_DATABASE_URL must name a PostgreSQL database in which the tests may create schemas, for example TEST_DATABASE_URL=postgres://postgres:postgres@127.0.0.1:5432/test',
  )
}

// Each test server empties its database. With its own schema it does not disturb the others, however many test files
// run at the same time.
async function openSchema(text: string): Promise<OpenedDatabase> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  await run(text, `CREATE SCHEMA ${schema}`)
  const remove = () => run(text, `DROP SCHEMA IF EXISTS ${schema} CASCADE`)
  try {
    const { database, migrations } = await openDatabase(within(text, schema))
    return { database: closing(database, remove), migrations }
  } catch (error) {
    await remove()
    throw error
  }
}

// Keeps the `options` that the URL already has.
function within(text: string, schema: string): string {
  const url = new URL(text)
  const asked = url.searchParams.get('options')
  const path = `-c search_path=${schema}`
  url.searchParams.set('options', asked ? `${asked} ${path}` : path)
  return url.href
}

function closing(database: Database, remove: () => Promise<void>): Database {
  const close = database.close.bind(database)
  return Object.assign(database, { close: () => close().then(remove) })
}

async function run(url: string, sql: string): Promise<void> {
  const { database } = await openDatabase(url)
  try {
    await database.transaction((transaction) => transaction.query(sql))
  } finally {
    await database.close()
  }
}
