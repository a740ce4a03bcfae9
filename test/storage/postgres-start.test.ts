// A server and its database start in any order.
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { ann, bearer } from '../harness.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { type Cluster, clusterFolder, startCluster } from './postgres-cluster.ts'

test('a server starts while its database is down, says so, and is ready by itself', async () => {
  const cluster = await startOwn()
  await cluster.stop()
  const server = await startServerProcess({ DATABASE_URL: cluster.url })
  await expectAway(server)
  await cluster.start()
  await expectReady(server)
  const { status, body } = await server.send('POST /v1/registrations', ann)
  expect(status).toBe(201)
  expect((await server.send('GET /v1/projects', undefined, bearer(body.token))).status).toBe(200)
  expect(await server.end()).toBe(0)
}, 60_000)

test('a server starts before its database was made, and nobody meets a table that is not there', async () => {
  const cluster = await startOwn()
  const url = cluster.url.replace(/postgres$/, 'later')
  const server = await startServerProcess({ DATABASE_URL: url })
  await expectAway(server)
  const seen = new Set<number>()
  const asked = ask(server, seen)
  const client = new pg.Client(cluster.url)
  await client.connect()
  await client.query('CREATE DATABASE later')
  await client.end()
  await expectReady(server)
  expect(await asked).toBe(201)
  expect([...seen].sort()).toEqual([201, 503])
}, 60_000)

test('a server that may change no tables starts before its database, where nothing is pending', async () => {
  const cluster = await startOwn()
  await (await startServerProcess({ DATABASE_URL: cluster.url })).end()
  const client = new pg.Client(cluster.url)
  await client.connect()
  await client.query(`CREATE ROLE serving LOGIN PASSWORD 'serving';
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO serving`)
  await client.end()
  await cluster.stop()
  const url = new URL(cluster.url)
  url.username = 'serving'
  url.password = 'serving'
  const server = await startServerProcess({ DATABASE_URL: url.href })
  await expectAway(server)
  await cluster.start()
  await expectReady(server)
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
  expect(await server.end()).toBe(0)
}, 60_000)

test('a server that starts before a database that takes no writes knows who is logged in', async () => {
  const cluster = await startOwn()
  const first = await startServerProcess({ DATABASE_URL: cluster.url })
  const { token } = (await first.send('POST /v1/registrations', ann)).body
  await first.end()
  const client = new pg.Client(cluster.url)
  await client.connect()
  await client.query('ALTER DATABASE postgres SET default_transaction_read_only = on')
  await client.end()
  await cluster.stop()
  const server = await startServerProcess({ DATABASE_URL: cluster.url })
  await cluster.start()
  await expectReady(server)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  expect((await server.send('POST /v1/session', ann)).status).toBe(503)
}, 60_000)

test('a server that has waited for its database in vain still stops', async () => {
  const cluster = await startOwn()
  await cluster.stop()
  const server = await startServerProcess({ DATABASE_URL: cluster.url })
  expect(await server.end()).toBe(0)
}, 30_000)

async function startOwn(): Promise<Cluster> {
  const folder = clusterFolder()
  const cluster = await startCluster({ binaries: inject('postgresBinaries'), folder: folder.path })
  onTestFinished(async () => {
    await cluster.stop('immediate')
    folder.remove()
  })
  return cluster
}

async function expectAway({ send, log, logged }: ServerProcess): Promise<void> {
  const away = await logged('the database is away, and is asked again every second')
  expect(away?.reason).toMatch(/^DATABASE_URL cannot be used: /)
  expect(away?.reason).not.toContain('correct-horse')
  expect((await send('GET /health/live')).status).toBe(200)
  for (const line of ['GET /health/ready', 'POST /v1/registrations', 'POST /v1/session']) {
    const { status, headers } = await send(line, line.startsWith('POST') ? ann : undefined)
    expect([line, status, headers.get('retry-after')]).toEqual([line, 503, '2'])
  }
  // Nobody has asked for one.
  expect(log.filter(({ message }) => /mail/.test(String(message)))).toEqual([])
}

async function expectReady({ send }: ServerProcess): Promise<void> {
  const latest = performance.now() + 10_000
  while ((await send('GET /health/ready')).status !== 200) {
    expect(performance.now()).toBeLessThan(latest)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// Signs up again and again until it is done.
async function ask({ send }: ServerProcess, seen: Set<number>): Promise<number> {
  for (;;) {
    const { status } = await send('POST /v1/registrations', ann)
    seen.add(status)
    if (status !== 503) return status
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
