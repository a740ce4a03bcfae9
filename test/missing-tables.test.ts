// A table that is gone: no start, no command, no readiness, and nobody is told that it is a bug.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { postgresMigrations } from 'latchkey/postgres'
import { createAuth, createStore, migrate } from 'latchkey/server'
import { sqliteMigrations } from 'latchkey/sqlite'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { ownTables } from '../src/storage/tables.ts'
import { openDatabase } from '../templates/api/database.ts'
import { prepareCommand, run } from './command.ts'
import { ann, bearer, emptyDatabaseUrl, type Server, signUp, startServer } from './harness.ts'

vi.setConfig({ testTimeout: 90_000 })

const isSqlite = inject('database') === 'sqlite'
const own = isSqlite ? sqliteMigrations : postgresMigrations
const sentence = (tables: string) =>
  `The database has lost its ${tables}: restore a backup, as latchkey restore does`

async function drop({ database }: Pick<Server, 'database'>, ...tables: string[]): Promise<void> {
  await database.migration(async (transaction) => {
    for (const table of tables) {
      await transaction.script(`DROP TABLE ${table}${isSqlite ? '' : ' CASCADE'}`)
    }
  })
}

/** A database with all tables but these. */
async function damagedUrl(...tables: string[]): Promise<string> {
  const url = await emptyDatabaseUrl()
  const { database, migrations } = await openDatabase(url)
  onTestFinished(() => database.close())
  await migrate(database, migrations)
  await createAuth({ store: createStore(database) }).createUser({
    emailAddress: 'ann@example.com',
    password: 'correct horse battery',
  })
  await drop({ database }, ...tables)
  return url
}

test('the tables that are asked for are those that the migrations make', async () => {
  const { database } = await openDatabase(await emptyDatabaseUrl())
  onTestFinished(() => database.close())
  await migrate(database, [own])
  const sql = isSqlite
    ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    : 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()'
  const made = (await database.query(sql)).map(([name]) => String(name))
  expect(made.toSorted()).toEqual([...ownTables, 'latchkey_migrations'].toSorted())
  expect(readdirSync(own.directory).length).toBeGreaterThan(0)
})

test.each([[['sessions']], [['outbox', 'users']]])(
  'without %j no server starts, and it says which and what to do',
  async (tables) => {
    const env = {
      ...process.env,
      PORT: '0',

      DATABASE_URL: await damagedUrl(...tables),
    }
    const args = ['--conditions=source', 'templates/api/server.ts', '--dev']
    const start = () =>
      execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: 'pipe' })
    const named = `${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')}`
    expect(start).toThrow(sentence(named))
    expect(start).not.toThrow(/\bat .*:\d+:\d+/)
  },
)

test('no command works on a database that has lost a table, and doctor names it', async () => {
  const command = await prepareCommand()
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  const { database } = await openDatabase(command.databaseUrl)
  onTestFinished(() => database.close())
  await drop({ database }, 'signing_keys')
  const lines = [
    'users list',
    'migrate',
    'sweep',
    'export',
    ...(isSqlite ? ['backup copy.sqlite3'] : []),
  ]
  for (const line of lines) {
    const { code, stdout, stderr } = await run(command, `latchkey ${line}`)
    expect([line, code, stdout]).toEqual([line, 1, ''])
    expect(stderr).toContain(`${sentence('table signing_keys')}\n`)
  }
  const { stdout } = await run(command, 'latchkey doctor --json')
  expect(JSON.parse(stdout).findings).toContainEqual({
    what: 'tables',
    state: 'fault',
    found: sentence('table signing_keys'),
    to_do: 'put this right, and ask again',
  })
})

test('while a server runs, a table that is gone is a 503, and it is not ready', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { send, clock } = server
  expect((await send('GET /health/ready')).status).toBe(200)
  await drop(server, 'sessions')
  clock.advance({ seconds: 1 })
  const ready = await send('GET /health/ready')
  expect([ready.status, ready.body.code]).toEqual([503, 'unavailable'])
  for (const [line, body, headers] of [
    ['GET /v1/session', undefined, bearer(token)],
    ['POST /v1/session', ann, {}],
    ['POST /v1/registrations', { ...ann, email_address: 'bob@example.com' }, {}],
  ] as const) {
    const refused = await send(line, body, headers)
    expect([line, refused.status, refused.body.code]).toEqual([line, 503, 'unavailable'])
    expect(refused.text).not.toContain('sessions')
  }
  expect((await send('GET /health/live')).status).toBe(200)
})

test('a table of the application that is gone is a fault of its own, and no 503', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await drop(server, 'projects')
  expect((await server.send('GET /v1/projects', undefined, bearer(token))).status).toBe(500)
  server.clock.advance({ seconds: 1 })
  expect((await server.send('GET /health/ready')).status).toBe(200)
})
