// What PostgreSQL is asked for when a token is checked, counted by PostgreSQL itself.

import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import { createApp, createAuth, createStore, type Database, migrate } from 'latchkey/server'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { ann, bearer, cheapHash, read } from '../harness.ts'
import { type Cluster, clusterFolder, startCluster } from './postgres-cluster.ts'

const folder = clusterFolder()
let cluster: Cluster

beforeAll(async () => {
  const settings = ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track=all']
  const binaries = inject('postgresBinaries')
  cluster = await startCluster({ binaries, folder: folder.path, settings })
  const database = await openPostgres(cluster.url)
  await database.transaction((each) => each.script('CREATE EXTENSION pg_stat_statements'))
  await migrate(database, [postgresMigrations])
  await database.close()
}, 30_000)

afterAll(async () => {
  await cluster.stop('immediate')
  folder.remove()
})

test('a check is one statement, one probe of one index, and writes nothing', async () => {
  const { database, send } = await open('')
  const live = bearer((await send('POST /v1/registrations', ann)).body.token)
  for (let count = 0; count < 10; count++) await send('GET /v1/session', undefined, live)
  const before = await readCounts(database)
  for (let count = 0; count < 100; count++) {
    expect((await send('GET /v1/session', undefined, live)).status).toBe(200)
  }
  const asked = [...(await readCounts(database))].filter(([text, count]) => {
    return count.calls !== before.get(text)?.calls
  })
  expect(asked).toHaveLength(1)
  const [[text = '', count] = []] = asked
  expect(text).toMatch(/^SELECT users\.id.* FROM sessions JOIN users/s)
  const { calls = 0, written = 0 } = before.get(text) ?? {}
  expect(count).toEqual({ calls: calls + 100, written })
})

test('a session is found through the index of its digest', async () => {
  const { database, send } = await open('')
  await send('POST /v1/registrations', { ...ann, email_address: 'plan@example.com' })
  // With more rows than fit into a page; fewer are read from first to last, which is as fast.
  await database.transaction((each) => each.script(manySessions))
  const plan = await database.query(`EXPLAIN ${lookUp}`, [Buffer.alloc(32, 1)])
  const text = plan.flat().join('\n')
  expect(text).toContain('Index Scan using sessions_pkey on sessions')
  expect(text).not.toContain('Seq Scan')
})

test('statements keep their names on a connection, and have none behind a pooler', async () => {
  for (const [query, prepared] of [
    ['', 1],
    ['?pgbouncer=true', 0],
  ] as const) {
    const { database } = await open(query)
    const named = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'latchkey_%'"
    const countNamed = () => database.lookUp(named, [], ([count]) => count)
    for (let times = 0; times < 4; times++) {
      expect(await countNamed()).toBeLessThanOrEqual(prepared)
    }
    expect(await countNamed()).toBe(prepared)
  }
})

const lookUp = `SELECT users.id FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.token_digest = $1`

const manySessions = `INSERT INTO sessions
    (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at)
  SELECT sha256((users.id || number::text)::bytea), gen_random_uuid(), users.id, NULL, NULL, now(), now()
  FROM generate_series(1, 10000) AS number, users;
  ANALYZE sessions`

async function open(query: string) {
  const database = await openPostgres(cluster.url + query)
  onTestFinished(() => database.close())
  const store = createStore(database)
  const app = createApp(createAuth({ store, passwordHash: cheapHash, rateLimits: 'off' }))
  const send = async (line: string, body?: unknown, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = { 'content-type': 'application/json', ...headers }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return read(await app.request(path, { method, headers: json, ...sent }))
  }
  return { database, send }
}

interface Count {
  readonly calls: number
  /** Records in the write-ahead log. */
  readonly written: number
}

async function readCounts(database: Database): Promise<Map<string, Count>> {
  // What this test asks for itself is left out.
  const rows = await database.query(
    "SELECT query, calls, wal_records FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat%'",
  )
  return new Map(
    rows.map(([text, calls, written]) => {
      return [String(text), { calls: Number(calls), written: Number(written) }]
    }),
  )
}
