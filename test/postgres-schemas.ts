// Schemas in the tests' PostgreSQL. Creating and dropping the tables of one takes longer than most tests, so the tests
// of a file use the same schema one after the other.
import { randomUUID } from 'node:crypto'
import { migrate } from 'latchkey/server'
import pg from 'pg'
import { afterAll, inject, onTestFinished } from 'vitest'
import { openDatabase } from '../templates/api/database.ts'

/** A schema with all tables in it. */
interface Migrated {
  readonly name: string
  /** Changes whenever its tables are changed. */
  readonly shape: string
}

const emptied: Migrated[] = []
let connection: Promise<pg.Client> | undefined

afterAll(async () => {
  for (const { name } of emptied) await drop(name)
  await (await connection)?.end()
})

/** The URL of a schema without tables; creating a database for each test would take even longer. */
export async function postgresSchema(): Promise<string> {
  const name = await create()
  onTestFinished(() => drop(name))
  return urlOf(name)
}

/** The URL of a schema with all tables and no rows, which must not be used after the test. */
export async function migratedSchema(): Promise<string> {
  const schema = emptied.pop() ?? (await createMigrated())
  onTestFinished(() => takeBack(schema))
  return urlOf(schema.name)
}

async function createMigrated(): Promise<Migrated> {
  const name = await create()
  const { database, migrations } = await openDatabase(urlOf(name))
  await migrate(database, migrations)
  await database.close()
  return { name, shape: await shapeOf(name) }
}

async function takeBack(schema: Migrated): Promise<void> {
  const { name, shape } = schema
  // If a test has changed the tables, they are not used again.
  if ((await shapeOf(name)) !== shape) return drop(name)
  await empty(name)
  emptied.push(schema)
}

async function create(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await query(`CREATE SCHEMA ${name}`)
  return name
}

async function drop(name: string): Promise<void> {
  await query(`DROP SCHEMA ${name} CASCADE`)
}

// Locked, to wait for statements that are still running. TRUNCATE would create new files, which takes fifty times as
// long.
async function empty(name: string): Promise<void> {
  const rows = await query(`SELECT oid::regclass AS relation FROM pg_class
    WHERE relnamespace = '${name}'::regnamespace AND relkind = 'r' AND relname <> 'latchkey_migrations'`)
  const tables = rows.map(({ relation }) => relation)
  const parts = tables.map((table, index) => `part_${index} AS (DELETE FROM ${table})`)
  await query(`BEGIN;
    LOCK TABLE ${tables.join(', ')};
    WITH ${parts.join(', ')} SELECT setval(oid::regclass, 1, false) FROM pg_class
      WHERE relnamespace = '${name}'::regnamespace AND relkind = 'S';
    COMMIT`)
}

// What is created or altered is a newer row in a catalog, and what is dropped is missing from the count.
async function shapeOf(name: string): Promise<string> {
  const inSchema = `relnamespace = '${name}'::regnamespace`
  const [row] = await query(`SELECT count(*) || ' ' || max(made::text::bigint) AS shape FROM (
    SELECT xmin AS made FROM pg_class WHERE ${inSchema}
    UNION ALL SELECT a.xmin FROM pg_attribute a JOIN pg_class ON pg_class.oid = attrelid WHERE ${inSchema}
    UNION ALL SELECT t.xmin FROM pg_trigger t JOIN pg_class ON pg_class.oid = tgrelid WHERE ${inSchema}
    UNION ALL SELECT xmin FROM pg_constraint WHERE connamespace = '${name}'::regnamespace
    UNION ALL SELECT xmin FROM ${name}.latchkey_migrations
  ) AS rows`)
  return String(row?.shape)
}

function urlOf(name: string): string {
  const url = new URL(inject('postgresUrl'))
  url.searchParams.set('options', `-c search_path=${name}`)
  return url.href
}

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  connection ??= connect()
  // Several statements have several results, which no caller needs.
  return (await (await connection).query(sql)).rows ?? []
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  return client
}
