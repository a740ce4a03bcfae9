// A table that is gone: no start, no command but those that save what is left, and nobody is told that it is a bug.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresMigrations } from 'latchkey/postgres'
import { createAuth, createStore, migrate } from 'latchkey/server'
import { sqliteMigrations } from 'latchkey/sqlite'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { AuthError } from '../../src/core/errors.ts'
import { isReservedResource } from '../../src/generator/reserved.ts'
import { isTableGone, ownTables } from '../../src/storage/tables.ts'
import { openDatabase } from '../../templates/api/database.ts'
import { prepareCommand, run } from '../cli/command.ts'
import {
  ann,
  bearer,
  createApiKey,
  emptyDatabaseUrl,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

vi.setConfig({ testTimeout: 90_000 })

const isSqlite = inject('database') === 'sqlite'
const own = isSqlite ? sqliteMigrations : postgresMigrations
const todo =
  'restore a backup, as latchkey restore does; without one, the guide Back up says what can be made again, empty'
const sentence = (tables: string) => `The database has lost its ${tables}: ${todo}`

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

test.each([...ownTables, 'latchkey_migrations'])(
  'no resource is generated that is called as the table %s',
  (table) => expect(isReservedResource({ plural: table, singular: 'free' })).toBe(true),
)

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
    'import csv users.csv',
    'import csv users.csv --dry-run',
    ...(isSqlite ? ['backup copy.sqlite3'] : []),
  ]
  writeFileSync(join(command.folder, 'users.csv'), 'email\nann@example.com\n')
  for (const line of lines) {
    const { code, stdout, stderr } = await run(command, `latchkey ${line}`)
    expect([line, code, stdout]).toEqual([line, 1, ''])
    expect(stderr).toContain(sentence('table signing_keys'))
  }
  expect(existsSync(join(command.folder, 'copy.sqlite3'))).toBe(false)
  expect(await database.query('SELECT id FROM users')).toEqual([])
  const { stdout } = await run(command, 'latchkey doctor --json')
  expect(JSON.parse(stdout).findings).toContainEqual({
    what: 'tables',
    state: 'fault',
    found: 'The database has lost its table signing_keys',
    to_do: todo,
  })
})

test('what can be saved of it can be: an export of what it reads, and on request a copy of the file', async () => {
  const command = await prepareCommand()
  await run(command, 'latchkey migrate && latchkey users create ann@example.com --json')
  const { database } = await openDatabase(command.databaseUrl)
  onTestFinished(() => database.close())
  await drop({ database }, 'signing_keys')
  const exported = await run(command, 'latchkey export')
  expect([exported.code, exported.stdout]).toEqual([0, expect.stringContaining('ann@example.com')])
  if (isSqlite) {
    const { code, stderr } = await run(command, 'latchkey backup --broken left.sqlite3')
    const warning = `${sentence('table signing_keys')}. The copy is what is left of it`
    expect([code, stderr]).toEqual([0, expect.stringContaining(warning)])
    const left = await openDatabase(`sqlite:${join(command.folder, 'left.sqlite3')}`)
    onTestFinished(() => left.database.close())
    const read = await left.database.query('SELECT email_address FROM users')
    expect(read).toEqual([['ann@example.com']])
  }
  await drop({ database }, 'deleted_users')
  const { code, stdout, stderr } = await run(command, 'latchkey export')
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(sentence('table deleted_users'))
})

const checked = ['api_keys', 'sessions', 'users']
const others = ownTables.filter((table) => !checked.includes(table))

test('without a table that no check of a token reads a running server stays, and checks tokens', async () => {
  const server = await startServer()
  const { send, clock } = server
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  await drop(server, ...others)
  clock.advance({ seconds: 1 })
  const ready = await send('GET /health/ready')
  // What cannot be read leaves nothing.
  expect([ready.status, ready.body.outbox]).toEqual([200, 'late'])
  expect((await send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  expect((await send('GET /v1/projects', undefined, bearer(key.token))).status).toBe(200)
  for (const [line, body] of [
    ['POST /v1/session', ann],
    ['POST /v1/passwords', { email_address: ann.email_address }],
  ] as const) {
    const refused = await send(line, body)
    expect([line, refused.status, refused.body.code]).toEqual([line, 503, 'unavailable'])
  }
})

test.each(checked)('without the table %s a running server is not ready', async (table) => {
  const server = await startServer()
  await drop(server, table)
  const { status, body } = await server.send('GET /health/ready')
  expect([status, body.code]).toEqual([503, 'unavailable'])
})

test('while a server runs, what wants a table that is gone is a 503', async () => {
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

test.each([
  'SELECT users.id FROM sessions',
  'SELECT sessions.id FROM sessions AS device',
  'SELECT id FROM audit.events',
  'SELECT id FROM nobodys_events',
])('%s is wrong, and no fault of the database', async (sql) => {
  const { database } = await startServer()
  const failed: unknown = await database.query(sql).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(Error)
  expect(failed).not.toBeInstanceOf(AuthError)
  const isOurs = drop({ database }, 'events').then(() => database.query('SELECT id FROM events'))
  await expect(isOurs).rejects.toMatchObject({ code: 'unavailable' })
})

test.each([
  ['Relation »users« existiert nicht', 'parserOpenTable', true],
  ['la relation « users » n’existe pas', 'parserOpenTable', true],
  ['relation "users" does not exist', 'NewUndefinedRelationError', true],
  ['Relation »audit.users« existiert nicht', 'parserOpenTable', false],
  ['fehlender Eintrag in FROM-Klausel für Tabelle »users«', 'errorMissingRTE', false],
  ['missing FROM-clause entry for table "users"', 'errorMissingRTE', false],
])('of PostgreSQL, %j by %s: a table is gone: %j', (message, routine, isGone) => {
  expect(isTableGone(Object.assign(new Error(message), { code: '42P01', routine }))).toBe(isGone)
})
