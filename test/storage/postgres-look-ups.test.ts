// Look-ups share two connections, and those that begin together a packet: each caller gets its own row, or is told to
// return, whatever happens to the connections and to the others.
import { createHash } from 'node:crypto'
import { chownSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { openPostgres } from 'latchkey/postgres'
import type { Database, Row } from 'latchkey/server'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest'
import { localhost } from '../mail/smtp-certificates.ts'
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts'
import { until } from '../until.ts'
import { type Cluster, clusterFolder, startCluster } from './postgres-cluster.ts'

const same = (row: Row) => row
const folder = clusterFolder()
const [certificate, key] = [join(folder.path, 'own.pem'), join(folder.path, 'own.key')]
let cluster: Cluster

beforeAll(async () => {
  writeFileSync(certificate, localhost.cert)
  writeFileSync(key, localhost.key, { mode: 0o600 })
  // PostgreSQL's user, where the tests run as root.
  if (process.getuid?.() === 0) chownSync(key, 65_534, 65_534)
  const settings = ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`]
  const binaries = inject('postgresBinaries')
  cluster = await startCluster({ binaries, folder: folder.path, settings })
  const database = await openPostgres(cluster.url)
  await database.transaction((transaction) => transaction.script(tokens))
  await database.close()
}, 30_000)

afterAll(async () => {
  await cluster.stop('immediate')
  folder.remove()
})

const tokens = `
  CREATE TABLE tokens (digest bytea PRIMARY KEY, owner text);
  INSERT INTO tokens SELECT sha256(number::text::bytea), 'owner ' || number
    FROM generate_series(0, 999) AS number;
  CREATE FUNCTION forget() RETURNS integer LANGUAGE plpgsql AS $$
    BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN 1; END $$`

test.each(['', '?pgbouncer=true'])(
  'sixty-four callers get their own row or none, while connections are cut, ended and cancelled%s',
  async (query) => {
    const { database, proxy } = await openThroughProxy(query)
    const seen = new Map<string, number>()
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
    let asked = 0
    let isOver = false
    const load = Array.from({ length: 64 }, async (_, caller) => {
      for (let turn = 0; !isOver; turn++) {
        asked += 1
        const number = (caller * 61 + turn * 7) % 1_000
        await disturb(database, asked)
        count(await ask(database, number))
      }
    })
    for (let count = 0; count < 12; count++) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      if (count % 3 === 0) proxy.cut()
      else await hit(count % 3 === 1 ? 'pg_terminate_backend' : 'pg_cancel_backend')
    }
    isOver = true
    await Promise.all(load)
    expect([...seen.keys()].sort()).toEqual(['own', 'unavailable'])
    expect(seen.get('own')).toBeGreaterThan(1_000)
    await until(async () => expect(await ask(database, 7)).toBe('own'))
  },
  60_000,
)

test('a look-up that fails fails alone: all others of its packet get their rows', async () => {
  const database = await open()
  const rows = Array.from({ length: 64 }, async (_, number) => {
    const [sql, value, code] = wrong[number % 8] ?? []
    if (sql === undefined) return expect(await ask(database, number)).toBe('own')
    const failed = database.lookUp(sql, [value ?? null], same)
    return expect(failed).rejects.toMatchObject({ code })
  })
  await Promise.all(rows)
})

const wrong = [
  ['SELECT $1::text', 'a\0b', '22021'],
  ['SELECT $1::integer', 'one', '22P02'],
  ['SELECT 1 / $1::integer', 0, '22012'],
  ['SELECT $1::timestamptz', 'never', '22007'],
] as const

test('over TLS each gets its own row, too', async () => {
  const url = cluster.url.replace('127.0.0.1', 'localhost')
  const database = await openPostgres(`${url}?sslmode=verify-full&sslrootcert=${certificate}`)
  onTestFinished(() => database.close())
  const own = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
  expect(await database.lookUp(own, [], same)).toEqual([1])
  for (let turn = 0; turn < 10; turn++) await expectOwnRows(database, 64)
})

test('a thousand at once get their own rows', async () => {
  await expectOwnRows(await open(), 1_000)
})

test('where prepared statements are gone, it is said at once, and the next look-up is served', async () => {
  const { database, proxy } = await openThroughProxy()
  await expectOwnRows(database, 2)
  await forget(database)
  // PostgreSQL says that they are gone, and no more, not even that it has ended the two connections.
  const { end } = pg.Client.prototype
  let ended = 0
  vi.spyOn(pg.Client.prototype, 'end').mockImplementation(function (this: pg.Client) {
    ended += 1
    if (ended === 2) proxy.blackHole()
    return Reflect.apply(end, this, [])
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const began = performance.now()
  const answers = await Promise.all([ask(database, 1), ask(database, 2)])
  expect(answers).toEqual(['unavailable', 'unavailable'])
  expect(performance.now() - began).toBeLessThan(1_500)
  proxy.heal()
  for (let turn = 0; turn < 4; turn++) await expectOwnRows(database, 1)
}, 15_000)

test('a column that gets another type ends each connection once, and no more', async () => {
  const database = await open()
  await database.migration((transaction) => transaction.script('CREATE TABLE notes (name text)'))
  const read = 'SELECT name FROM notes'
  const look = () => database.lookUp(read, [], same)
  for (let turn = 0; turn < 2; turn++) expect(await look()).toBeNull()
  expect(await database.query(read)).toEqual([])
  await database.migration((transaction) =>
    transaction.script('ALTER TABLE notes ALTER name TYPE varchar(9)'),
  )
  const told = { code: 'unavailable', cause: { code: '0A000' } }
  for (let turn = 0; turn < 2; turn++) await expect(look()).rejects.toMatchObject(told)
  await expect(database.query(read)).rejects.toMatchObject(told)
  for (let turn = 0; turn < 4; turn++) expect(await look()).toBeNull()
  expect(await database.query(read)).toEqual([])
})

test('of look-ups that are late together, PostgreSQL is asked to cancel one for each connection', async () => {
  const database = await open()
  await expectOwnRows(database, 2)
  const connecting = vi.spyOn(Socket.prototype, 'connect')
  onTestFinished(() => void vi.restoreAllMocks())
  const late = Array.from({ length: 64 }, () =>
    expect(database.lookUp('SELECT pg_sleep(20)', [], same)).rejects.toThrow('unavailable'),
  )
  await Promise.all(late)
  expect(connecting).toHaveBeenCalledTimes(2)
  vi.restoreAllMocks()
  const asleep =
    "SELECT query FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)' AND state = 'active'"
  await until(async () => expect(await database.query(asleep)).toEqual([]))
})

test('those under way are answered when the database is closed; later ones are told to return', async () => {
  const database = await open()
  const under = Array.from({ length: 64 }, (_, number) => ask(database, number))
  const closing = database.close()
  const later = ask(database, 7)
  expect(new Set(await Promise.all(under))).toEqual(new Set(['own']))
  expect(await later).toBe('unavailable')
  await closing
})

test('no connection stays open after that, though PostgreSQL does not end it', async () => {
  const clients: pg.Client[] = []
  const { connect } = pg.Client.prototype
  vi.spyOn(pg.Client.prototype, 'connect').mockImplementation(function (this: pg.Client) {
    clients.push(this)
    return Reflect.apply(connect, this, [])
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const { database, proxy } = await openThroughProxy()
  await expectOwnRows(database, 2)
  proxy.blackHole()
  await database.close()
  const isOpen = () => clients.map(({ connection }) => !connection.stream.destroyed)
  await until(() => expect(isOpen()).toEqual([false, false]))
})

test.each(['', '?pgbouncer=true'])(
  'a tracer may comment a text, or copy a query that has no name%s',
  async (query) => {
    const database = await openPostgres(cluster.url + query)
    onTestFinished(() => database.close())
    // As OpenTelemetry's does.
    trace((given) => {
      const text = `${given.text} /* traced */`
      return given.name === undefined ? { ...given, text } : Object.assign(given, { text })
    })
    const sql = 'SELECT true, current_query()'
    const traced = [1, `${sql} /* traced */`]
    for (let turn = 0; turn < 4; turn++)
      expect(await database.lookUp(sql, [], same)).toEqual(traced)
    expect(await database.query(sql)).toEqual([traced])
    expect(await database.transaction((each) => each.query(sql))).toEqual([traced])
  },
)

test('a tracer that throws harms the look-up that it sees, and no connection', async () => {
  const database = await open()
  await expectOwnRows(database, 2)
  const end = trace(() => {
    throw new Error('traced in vain')
  })
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toThrow('traced in vain')
  end()
  await expectOwnRows(database, 4)
})

async function open(): Promise<Database> {
  const database = await openPostgres(cluster.url)
  onTestFinished(() => database.close())
  return database
}

async function openThroughProxy(
  query = '',
): Promise<{ readonly database: Database; readonly proxy: TcpProxy }> {
  const proxy = await startTcpProxy(cluster.port)
  const url = new URL(cluster.url + query)
  url.port = String(proxy.port)
  const database = await openPostgres(url.href)
  onTestFinished(() => database.close())
  return { database, proxy }
}

/** Looks up one of the tokens. @returns `unavailable`, or whose row came */
async function ask(database: Database, number: number): Promise<'own' | 'unavailable' | string> {
  const digest = createHash('sha256').update(String(number)).digest()
  try {
    const row = await database.lookUp(ownRow, [digest], same)
    const isOwn = row?.[0] === `owner ${number}` && digest.equals(Buffer.from(Object(row[1])))
    return isOwn ? 'own' : `of ${number}: ${row}`
  } catch (error) {
    return Object(error).code
  }
}

const ownRow = 'SELECT owner, digest FROM tokens WHERE digest = $1'

async function expectOwnRows(database: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, number) => ask(database, number))
  expect(new Set(await Promise.all(rows))).toEqual(new Set(['own']))
}

// What goes wrong in one look-up, beside those of others.
async function disturb(database: Database, turn: number): Promise<void> {
  if (turn % 500 === 0) await forget(database)
  const [sql, value] = wrong[turn % 200] ?? []
  if (sql !== undefined) await Promise.allSettled([database.lookUp(sql, [value ?? null], same)])
}

// On both connections.
async function forget(database: Database): Promise<void> {
  const both = [1, 2].map(() => database.lookUp('SELECT forget()', [], same))
  await Promise.allSettled(both)
}

async function hit(what: 'pg_cancel_backend' | 'pg_terminate_backend'): Promise<void> {
  const client = new pg.Client(cluster.url)
  await client.connect()
  await client.query(
    `SELECT ${what}(pid) FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  )
  await client.end()
}

/** @returns what ends it */
function trace(change: (given: pg.QueryConfig) => pg.QueryConfig): () => void {
  const { query } = pg.Client.prototype
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, given: pg.QueryConfig, ...rest: unknown[]) {
      return Reflect.apply(query, this, [change(given), ...rest])
    },
  })
  const end = () => void Object.assign(pg.Client.prototype, { query })
  onTestFinished(end)
  return end
}
