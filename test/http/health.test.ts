// What whoever watches a server is told of it: that it can serve, when it cannot, and nothing about anybody.
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { postgresMigrations } from 'latchkey/postgres'
import {
  createApp,
  createAuth,
  createStore,
  type Database,
  type Delivery,
  migrate,
} from 'latchkey/server'
import { sqliteMigrations } from 'latchkey/sqlite'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newestMigrations } from '../../src/storage/tables.ts'
import { openDatabase as openTemplateDatabase } from '../../templates/api/database.ts'
import {
  ann,
  bearer,
  cheapHash,
  emptyDatabaseUrl,
  read,
  startServer,
  temporaryFolder,
} from '../harness.ts'

const ready = { status: 'ok', database: 'ok', outbox: 'ok' }
const kind = inject('database')
const own = kind === 'sqlite' ? sqliteMigrations : postgresMigrations

test('a server that can serve says so, and what of it is well', async () => {
  const { send } = await startServer()
  expect((await send('GET /health/live')).body).toEqual({ status: 'ok' })
  const { status, body } = await send('GET /health/ready')
  expect([status, body]).toEqual([200, ready])
})

test('however many ask, the database is asked once a second', async () => {
  let looks = 0
  const watch = (database: Database) =>
    delegate(database, {
      lookUp(sql, values, read) {
        if (sql.includes('latchkey_migrations')) looks += 1
        return database.lookUp(sql, values, read)
      },
    })
  const { send, clock } = await startServer({ watch })
  const many = () => Promise.all(Array.from({ length: 20 }, () => send('GET /health/ready')))
  expect((await many()).map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(looks).toBe(1)
  clock.advance({ milliseconds: 999 })
  await many()
  expect(looks).toBe(1)
  clock.advance({ milliseconds: 1 })
  await many()
  expect(looks).toBe(2)
})

test('a database that says nothing is given up within a second', async () => {
  const watch = (database: Database) => delegate(database, { lookUp: () => new Promise(() => {}) })
  const { send } = await startServer({ watch })
  const { status, body, headers } = await send('GET /health/ready')
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
  expect((await send('GET /health/live')).status).toBe(200)
})

test('a server whose connections are all busy with what takes long is not taken out', async () => {
  const { database, send } = await startServer()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const { promise: done, resolve: finish } = Promise.withResolvers<void>()
  const begun = Array.from({ length: 10 }, () => Promise.withResolvers<void>())
  // SQLite has one writer; of PostgreSQL these are all the connections that there are.
  const writers = kind === 'sqlite' ? begun.slice(0, 1) : begun
  const busy = writers.map((each) =>
    database.transaction(async (transaction) => {
      await transaction.query('SELECT id FROM users LIMIT 1')
      each.resolve()
      await done
    }),
  )
  await Promise.all(writers.map(({ promise }) => promise))
  expect((await send('GET /health/ready')).status).toBe(200)
  expect((await send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  finish()
  await Promise.all(busy)
})

test('while a migration of Latchkey is missing a server is not ready, and then it is', async () => {
  const folder = join(temporaryFolder(), 'migrations')
  cpSync(own.directory, folder, { recursive: true })
  const newest = readdirSync(folder).sort().at(-1) ?? ''
  rmSync(join(folder, newest))
  const { database } = await openTemplateDatabase(await emptyDatabaseUrl())
  onTestFinished(() => database.close())
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
  const app = createApp(auth, { log: { info() {}, error() {} } })
  const ask = async () => (await read(await app.request('/health/ready'))).status
  expect(await ask()).toBe(503)
  await migrate(database, [{ owner: 'latchkey', directory: pathToFileURL(`${folder}/`) }])
  expect(await ask()).toBe(503)
  await migrate(database, [own])
  expect(await ask()).toBe(200)
})

test('the migrations that a server asks for are the newest that there are', () => {
  const newest = [sqliteMigrations, postgresMigrations].map(
    ({ directory }) => `latchkey/${readdirSync(directory).sort().at(-1)}`,
  )
  expect(newestMigrations).toEqual(newest)
})

test('mails that are late are said, and are no reason to take a server out', async () => {
  const { send, clock, outbox } = await startServer({ transport: { deliver: async () => away } })
  await send('POST /v1/registrations', ann)
  const { token } = (await send('POST /v1/session', ann)).body
  await send('POST /v1/email_verifications', undefined, bearer(token))
  await outbox.deliverDue()
  clock.advance({ minutes: 5 })
  expect((await send('GET /health/ready')).body).toEqual(ready)
  clock.advance({ seconds: 1 })
  const { status, body } = await send('GET /health/ready')
  expect([status, body]).toEqual([200, { ...ready, outbox: 'late' }])
})

test('whether an address is known is not told by what waits for it', async () => {
  const said = []
  for (const emailAddress of [ann.email_address, 'nobody@example.com']) {
    const { auth, send, clock, outbox } = await startServer({
      transport: { deliver: async () => away },
    })
    await auth.createUser({ emailAddress: ann.email_address, password: ann.password })
    await send('POST /v1/passwords', { email_address: emailAddress })
    await outbox.deliverDue()
    clock.advance({ hours: 1 })
    const [waits] = await auth.config.store.listMessages('queued', { limit: 1 })
    said.push([waits !== undefined, (await send('GET /health/ready')).body])
  }
  // The one waits for the mail server, the other is gone; both look the same.
  expect(said).toEqual([
    [true, ready],
    [false, ready],
  ])
})

const away: Delivery = { status: 'unavailable', reason: 'connect ECONNREFUSED' }

/** A database in whose place another answers some of what is asked. */
function delegate(database: Database, other: Partial<Database>): Database {
  return {
    query: (sql, values) => database.query(sql, values),
    lookUp: (sql, values, read) => database.lookUp(sql, values, read),
    transaction: (work, options) => database.transaction(work, options),
    migration: (work, isPending) => database.migration(work, isPending),
    countConnections: () => database.countConnections(),
    close: () => database.close(),
    ...other,
  }
}
