// What PostgreSQL and the way to it can do to a server: 503 with a time to return, never 401, never
// a hang, never a success that is none; and everything as before when it is back.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openPostgres } from 'latchkey/postgres'
import { createApp, createAuth, createStore, migrate, type Row } from 'latchkey/server'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { routes, scopes } from '../../templates/api/routes.ts'
import { ann, bearer, cheapHash, read, temporaryFolder } from '../harness.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import { until } from '../until.ts'
import { type Cluster, clusterFolder, startCluster } from './postgres-cluster.ts'

const same = (row: Row) => row

const folder = clusterFolder()
let cluster: Cluster

beforeAll(async () => {
  const binaries = inject('postgresBinaries')
  cluster = await startCluster({ binaries, folder: folder.path, settings: ['max_connections=40'] })
}, 30_000)

afterAll(async () => {
  await cluster.stop('immediate')
  folder.remove()
})

test('killed and started again: 503 in between, and nothing that was acknowledged is lost', async () => {
  const { send, url, live } = await startServer()
  await cluster.stop('immediate')
  await expectAway(send, live)
  expect((await send('GET /health/live')).status).toBe(200)
  await cluster.start()
  await expectBack(send, live)
  expect((await send('POST /v1/session', ann)).status).toBe(200)
  expect(await countUsers(url)).toBe(1)
}, 40_000)

test('restarted under load: a token that lives is never refused, and a sign-up answered is kept', async () => {
  const { send, url, live } = await startServer()
  const seen = new Set<string>()
  let signedUp = 1
  let isOver = false
  const load = Array.from({ length: 8 }, async (_, lane) => {
    for (let count = 0; !isOver; count++) {
      const check = await send('GET /v1/session', undefined, live)
      const person = { ...ann, email_address: `${lane}-${count}@example.com` }
      const { status } = await send('POST /v1/registrations', person)
      if (status === 201) signedUp += 1
      seen.add(`check ${check.status}`).add(`sign-up ${status}`)
    }
  })
  for (const mode of ['fast', 'immediate', 'fast'] as const) {
    await cluster.stop(mode)
    await cluster.start()
    await expectBack(send, live)
  }
  isOver = true
  await Promise.all(load)
  expect([...seen].sort()).toEqual(['check 200', 'check 503', 'sign-up 201', 'sign-up 503'])
  expect(await countUsers(url)).toBeGreaterThanOrEqual(signedUp)
}, 60_000)

test('a network that swallows everything: each answer within five seconds, and no connection is stuck', async () => {
  const proxy = await startTcpProxy(cluster.port)
  const { send, live } = await startServer({ port: proxy.port })
  // So that every connection is there when it is swallowed.
  await Promise.all(Array.from({ length: 20 }, () => send('GET /v1/projects', undefined, live)))
  proxy.blackHole()
  const many = Array.from({ length: 40 }, () => expectAway(send, live))
  await Promise.all(many)
  expect((await send('GET /health/live')).status).toBe(200)
  await expectAway(send, live)
  proxy.heal()
  await expectBack(send, live)
  const after = Array.from({ length: 40 }, () => send('POST /v1/session', ann))
  const statuses = (await Promise.all(after)).map(({ status }) => status)
  expect(statuses).toContain(200)
  expect(statuses).not.toContain(401)
}, 60_000)

test('every connection is cut: the next request is served, or told to return once', async () => {
  const proxy = await startTcpProxy(cluster.port)
  const { send, live } = await startServer({ port: proxy.port })
  for (let count = 0; count < 5; count++) {
    proxy.cut()
    const { status } = await send('GET /v1/session', undefined, live)
    expect([200, 503]).toContain(status)
    await expectBack(send, live)
  }
}, 30_000)

test('a database that stands still is given up, and goes on where it stood', async () => {
  const { send, live } = await startServer()
  signalAll('SIGSTOP')
  onTestFinished(() => signalAll('SIGCONT'))
  await Promise.all([1, 2, 3].map(() => expectAway(send, live)))
  signalAll('SIGCONT')
  await expectBack(send, live)
}, 40_000)

test('a password that was changed is 503, and with the right one all is well', async () => {
  const { send, live, url } = await startServer({ role: 'rotating' })
  await run(cluster.url, "ALTER ROLE rotating PASSWORD 'another'")
  await terminate('rotating')
  await expectAway(send, live)
  await run(cluster.url, "ALTER ROLE rotating PASSWORD 'first'")
  await expectBack(send, live)
  expect(new URL(url).username).toBe('rotating')
}, 30_000)

test('a pool of yours may ask for its password each time', async () => {
  const { url } = await startServer({ role: 'asking' })
  const at = new URL(url)
  let password = 'first'
  const pool = new pg.Pool({
    host: at.hostname,
    port: Number(at.port),
    user: 'asking',
    database: at.pathname.slice(1),
    password: async () => password,
  })
  onTestFinished(() => pool.end())
  const database = await openPostgres(pool)
  onTestFinished(() => database.close())
  expect(await database.lookUp('SELECT 1', [], same)).toEqual([1])
  await run(cluster.url, "ALTER ROLE asking PASSWORD 'another'")
  await terminate('asking')
  await expect(database.query('SELECT 1')).rejects.toThrow('unavailable')
  password = 'another'
  expect(await database.query('SELECT 1')).toEqual([[1]])
  await until(async () => expect(await database.lookUp('SELECT 1', [], same)).toEqual([1]))
}, 30_000)

test('a database that takes no writes still knows who is logged in', async () => {
  const { send, live, url } = await startServer()
  const name = new URL(url).pathname.slice(1)
  await run(cluster.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  await terminate('postgres')
  await until(async () => expect((await send('GET /v1/session', undefined, live)).status).toBe(200))
  const { status, headers } = await send('POST /v1/session', ann)
  expect([status, headers.get('retry-after')]).toEqual([503, '2'])
}, 30_000)

test('a database without a free connection is 503, and serves when there is one again', async () => {
  const { send, live } = await startServer({ role: 'late' })
  await terminate('late')
  const others = await occupy(40)
  await expectAway(send, live)
  await Promise.all(others.map((client) => client.end()))
  await expectBack(send, live)
}, 30_000)

test('a table that somebody locks is 503, and uses up no connection of the database', async () => {
  const { send, live, url } = await startServer()
  const other = new pg.Client(url)
  await other.connect()
  await other.query('BEGIN; LOCK TABLE sessions, users IN ACCESS EXCLUSIVE MODE')
  const name = new URL(url).pathname.slice(1)
  const count = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = '${name}'`
  const ends = performance.now() + 10_000
  while (performance.now() < ends) {
    const lines = [...Array(4).fill('GET /v1/session'), ...Array(4).fill('GET /health/ready')]
    const replies = await Promise.all(lines.map((line) => send(line, undefined, live)))
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(503))
    const [row] = await run(cluster.url, count)
    // Ten and two, and the one that has the lock.
    expect(row.count).toBeLessThanOrEqual(13)
  }
  await other.query('ROLLBACK')
  await other.end()
  await expectBack(send, live)
}, 60_000)

test('a name with several addresses, none of which answers, is away as well', async () => {
  const database = await openPostgres('postgres://app:x@localhost:9/app')
  onTestFinished(() => database.close())
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toThrow('unavailable')
  await expect(database.query('SELECT 1')).rejects.toThrow('unavailable')
  await expect(database.transaction(async () => {})).rejects.toThrow('unavailable')
})

test('a server without the TLS that was asked for is away', async () => {
  const database = await openPostgres(`${cluster.url}?sslmode=verify-full`)
  onTestFinished(() => database.close())
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toThrow('unavailable')
  await expect(database.query('SELECT 1')).rejects.toThrow('unavailable')
})

test('a migration whose connection is cut is tried again, and not taken for a wrong one', async () => {
  const proxy = await startTcpProxy(cluster.port)
  const url = new URL(await createDatabase('postgres'))
  url.port = String(proxy.port)
  const database = await openPostgres(url.href)
  onTestFinished(() => database.close())
  const folder = temporaryFolder()
  writeFileSync(join(folder, '0001_slow.sql'), 'SELECT pg_sleep(30)')
  const slow = { owner: 'app', directory: pathToFileURL(`${folder}/`) }
  const migrating = expect(migrate(database, [slow])).rejects.toThrow('unavailable')
  const asleep =
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active'"
  await until(async () => expect((await run(cluster.url, asleep)).length).toBeGreaterThan(1))
  proxy.cut()
  await migrating
})

test('a database can be closed while it does not answer, asked or not', async () => {
  const proxy = await startTcpProxy(cluster.port)
  const [asked, idle] = [
    await startServer({ port: proxy.port }),
    await startServer({ port: proxy.port }),
  ]
  proxy.blackHole()
  const answer = asked.send('GET /v1/session', undefined, asked.live)
  await Promise.all([asked.database.close(), idle.database.close(), idle.database.close()])
  expect((await answer).status).toBe(503)
}, 30_000)

function signalAll(signal: NodeJS.Signals): void {
  for (const pid of cluster.pids()) process.kill(pid, signal)
}

type Send = Awaited<ReturnType<typeof startServer>>['send']

async function startServer({ port = 0, role = 'postgres' } = {}) {
  const url = await createDatabase(role)
  const through = new URL(url)
  if (port > 0) through.port = String(port)
  const { database, migrations } = await openDatabase(through.href)
  onTestFinished(() => database.close())
  await migrate(database, migrations)
  const store = createStore(database)
  const unguarded = { passwordHash: cheapHash, rateLimits: 'off' } as const
  const auth = createAuth({ store, apiKeys: { scopes }, ...unguarded })
  const app = createApp(auth, { routes: routes(database), log: { info() {}, error() {} } })
  const send = async (line: string, body?: unknown, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...json, ...headers } }
    return read(
      await app.request(path, body === undefined ? init : { ...init, body: JSON.stringify(body) }),
    )
  }
  const live = bearer((await send('POST /v1/registrations', ann)).body.token)
  return { database, send, url, live }
}

let databases = 0

async function createDatabase(role: string): Promise<string> {
  databases += 1
  const name = `test_${databases}`
  const url = new URL(cluster.url)
  if (role !== 'postgres') {
    await run(cluster.url, `CREATE ROLE ${role} LOGIN PASSWORD 'first'`)
    url.username = role
    url.password = 'first'
  }
  await run(cluster.url, `CREATE DATABASE ${name} OWNER ${role}`)
  url.pathname = name
  return url.href
}

// One of each kind: a look-up, a read, and two that write.
async function expectAway(send: Send, live: Record<string, string>): Promise<void> {
  const began = performance.now()
  const replies = await Promise.all([
    send('GET /v1/session', undefined, live),
    send('GET /health/ready'),
    send('POST /v1/session', ann),
    send('POST /v1/passwords', { email_address: ann.email_address }),
  ])
  for (const { status, body, headers } of replies) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
  }
  expect(performance.now() - began).toBeLessThan(5_500)
}

async function expectBack(send: Send, live: Record<string, string>): Promise<void> {
  await until(async () => {
    expect((await send('GET /health/ready')).status).toBe(200)
    expect((await send('GET /v1/session', undefined, live)).status).toBe(200)
  })
}

async function countUsers(url: string): Promise<number> {
  const [row] = await run(url, 'SELECT count(*)::int AS count FROM users')
  return row.count
}

async function run(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

function terminate(role: string) {
  return run(
    cluster.url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE usename = '${role}' AND pid <> pg_backend_pid()`,
  )
}

async function occupy(connections: number): Promise<pg.Client[]> {
  const clients = Array.from({ length: connections }, () => new pg.Client(cluster.url))
  const connected = await Promise.allSettled(clients.map((client) => client.connect()))
  return clients.filter((_, index) => connected[index]?.status === 'fulfilled')
}
