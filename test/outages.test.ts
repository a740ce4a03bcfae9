import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthError, argon2id, createStore, migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { ann, bearer, signUp, startServer, temporaryFolder } from './harness.ts'

test('while the database is away the answer is 503 with a time to return, never 401', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { store } = server.auth.config
  const { findSession, ping } = store
  const away = async () => {
    throw new AuthError('unavailable')
  }
  Object.assign(store, { findSession: away, ping: away })
  for (const line of ['GET /v1/projects', 'DELETE /v1/session', 'GET /health/ready']) {
    const { status, body, headers } = await server.send(line, undefined, bearer(token))
    expect([line, status, body.code]).toEqual([line, 503, 'unavailable'])
    expect(headers.get('retry-after')).toBe('2')
  }
  expect((await server.send('GET /health/live')).status).toBe(200)
  Object.assign(store, { findSession, ping })
  expect((await server.send('GET /v1/projects', undefined, bearer(token))).status).toBe(200)
  expect((await server.send('GET /health/ready')).status).toBe(200)
})

test('a storm of log-ins is answered: some in, the rest told to return, none forgotten', async () => {
  const limits = { concurrency: 1, waiting: 4 }
  const passwordHash = argon2id({ cost: { memoryKibibytes: 1_024, passes: 1 }, limits })
  const server = await startServer({ auth: { passwordHash } })
  await signUp(server)
  const storm = Array.from({ length: 30 }, () => server.send('POST /v1/session', ann))
  const checked = server.send('GET /health/live')
  const statuses = (await Promise.all(storm)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5)
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0)
  expect(statuses.every((status) => status === 200 || status === 503)).toBe(true)
  expect((await checked).status).toBe(200)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
})

test('a log that fails breaks no answer', async () => {
  const broken = () => {
    throw new Error('the disk is full')
  }
  const { send } = await startServer({ app: { log: { info: broken, error: broken } } })
  expect((await send('POST /v1/registrations', ann)).status).toBe(201)
})

test('a storm fills no log with faults', async () => {
  const faults: unknown[] = []
  const passwordHash = argon2id({ limits: { concurrency: 1, waiting: 0 } })
  const log = { info() {}, error: (entry: object) => void faults.push(entry) }
  const { send } = await startServer({ auth: { passwordHash }, app: { log } })
  const storm = Array.from({ length: 10 }, () => send('POST /v1/session', ann))
  const statuses = (await Promise.all(storm)).map(({ status }) => status)
  expect([...new Set(statuses)].sort()).toEqual([401, 503])
  expect(faults).toEqual([])
})

test('a database that cannot be read is 503 everywhere, ready included', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const sound = await openSqlite(file)
  await migrate(sound, [sqliteMigrations])
  await sound.close()
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill('garbage', 4_096))
  const { send } = await startServer({ auth: { store: createStore(database) } })
  for (const line of ['GET /health/ready', 'POST /v1/session']) {
    const { status, body } = await send(line, line.startsWith('POST') ? ann : undefined)
    expect([line, status, body.code]).toEqual([line, 503, 'unavailable'])
  }
  expect((await send('GET /health/live')).status).toBe(200)
})
