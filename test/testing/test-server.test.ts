// An application as its own tests build it: alone, quick, and as new when they say so.
import { readdirSync } from 'node:fs'
import { createApp, migrate, route } from 'latchkey/server'
import { createTestServer, logInAs, testSettings } from 'latchkey/testing'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { testOptions } from '../../templates/api/testing.ts'
import { emptyDatabaseUrl, temporaryFolder } from '../harness.ts'
import { count, forget, startTestServer } from './projects-api.ts'

afterEach(() => void vi.unstubAllEnvs())

test('a test has its application, and nothing of another test', async () => {
  const [one, other] = [await startTestServer(), await startTestServer()]
  const { headers } = await logInAs(one.app)
  expect((await one.app.request('/v1/projects', { headers })).status).toBe(200)
  expect((await other.app.request('/v1/projects', { headers })).status).toBe(401)
  expect([await count(one, 'users'), await count(other, 'users')]).toEqual([1, 0])
})

test('a database that cannot be opened leaves no folder behind', async () => {
  const folder = temporaryFolder()
  vi.stubEnv('TMPDIR', folder)
  const open = () => Promise.reject(new Error('no database'))
  await expect(createTestServer({ ...testOptions, open })).rejects.toThrow('no database')
  expect(readdirSync(folder)).toEqual([])
})

test('time stands still until it is moved, and everything that expires goes by it', async () => {
  const { app, clock } = await startTestServer()
  const { headers } = await logInAs(app)
  const { user } = Object(await (await app.request('/v1/user', { headers })).json())
  expect(user.created_at).toBe('2026-01-01T12:00:00.000Z')
  clock.advance({ days: 29, hours: 23, minutes: 59, seconds: 59, milliseconds: 999 })
  expect((await app.request('/v1/user', { headers })).status).toBe(200)
  // The use was noted in the first five minutes, or not at all.
  clock.set(new Date('2026-07-01T00:00:00Z'))
  expect((await app.request('/v1/user', { headers })).status).toBe(401)
  expect(() => clock.set(new Date('tomorrow'))).toThrow(RangeError)
  expect(() => clock.advance({ days: 1e9 })).toThrow('There is no such time')
  expect(clock().toISOString()).toBe('2026-07-01T00:00:00.000Z')
})

test('nobody is told to wait, unless a test is about that', async () => {
  const wrong = { email_address: 'ann@example.com', password: 'wrong horse battery' }
  const statuses = async (rateLimits: 'on' | 'off') => {
    const { app } = await startTestServer({ auth: { rateLimits } })
    const body = new URLSearchParams(wrong)
    const said = []
    for (let tries = 0; tries < 12; tries++) {
      said.push((await app.request('/v1/session', { method: 'POST', body })).status)
    }
    return said
  }
  expect(await statuses('off')).toEqual(Array.from({ length: 12 }, () => 401))
  expect(await statuses('on')).toContain(429)
})

describe('a reset', () => {
  test('leaves no row of anybody, no mail and no moved time', async () => {
    const server = await startTestServer()
    const { headers, emailAddress } = await logInAs(server.app)
    const garden = { method: 'POST', body: new URLSearchParams({ title: 'Garden' }), headers }
    await server.app.request('/v1/projects', garden)
    await forget(server, emailAddress)
    expect(await server.mails.all()).toHaveLength(1)
    await forget(server, emailAddress)
    server.clock.advance({ days: 1 })
    await server.reset()

    for (const table of ['users', 'sessions', 'projects', 'outbox', 'events', 'password_resets']) {
      expect([table, await count(server, table)]).toEqual([table, 0])
    }
    expect(await server.mails.all()).toEqual([])
    expect(server.clock().toISOString()).toBe('2026-01-01T12:00:00.000Z')
    expect((await server.app.request('/v1/user', { headers })).status).toBe(401)
    expect((await logInAs(server.app, emailAddress)).emailAddress).toBe(emailAddress)
  })

  test('forgets what was only in memory: the same number of tries is let through again', async () => {
    const server = await startTestServer({ auth: { rateLimits: 'on' } })
    const body = new URLSearchParams({ token: 'lkr_dead', password: 'another horse battery' })
    const tryDead = async () =>
      (await server.app.request('/v1/passwords', { method: 'PUT', body })).status === 401
    const letThrough = async () => {
      let tries = 0
      while (tries < 1_000 && (await tryDead())) tries++
      return tries
    }
    const before = await letThrough()
    expect(before).toBeGreaterThan(1)
    expect(before).toBeLessThan(1_000)
    await server.reset()
    expect(await letThrough()).toBe(before)
  })

  test('waits for the requests that are under way, and those that come wait for it', async () => {
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const slow = route({
      method: 'POST',
      path: '/slow',
      access: 'public',
      summary: 'Signs up late',
      answers: { 204: { description: 'Somebody is there' } },
      async handle({ auth }) {
        arrive()
        await mayGoOn
        await auth.createUser({ emailAddress: 'late@example.com', password: 'correct horse late' })
        return { status: 204, body: undefined, headers: {} }
      },
    })
    const server = await startTestServer({ app: (auth) => createApp(auth, { routes: [slow] }) })
    const order: string[] = []
    const said = (what: string) => () => void order.push(what)
    const late = server.app.request('/slow', { method: 'POST' }).then(said('answered'))
    await arrived
    const reset = server.reset().then(said('reset'))
    const next = logInAs(server.app, 'next@example.com').then(said('next'))
    // Longer than a reset takes that waits for nobody.
    await (await startTestServer()).reset()
    expect(order).toEqual([])
    goOn()
    await Promise.all([late, reset, next])
    expect(order).toEqual(['answered', 'reset', 'next'])
    const rows = await server.database.query('SELECT email_address FROM users')
    expect(rows.flat()).toEqual(['next@example.com'])
  })

  test('leaves the tables that are to be kept, and those that know of migrations', async () => {
    const server = await startTestServer({ keep: ['projects_kinds'] })
    await server.database.migration((transaction) =>
      transaction.script(
        'CREATE TABLE projects_kinds (name TEXT PRIMARY KEY); CREATE TABLE others (name TEXT PRIMARY KEY)',
      ),
    )
    await server.database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO projects_kinds VALUES ('garden')")
      await transaction.query("INSERT INTO others VALUES ('garden')")
    })
    const migrations = await count(server, 'latchkey_migrations')
    await server.reset()
    expect(await count(server, 'projects_kinds')).toBe(1)
    expect(await count(server, 'others')).toBe(0)
    expect(await count(server, 'latchkey_migrations')).toBe(migrations)
    expect(migrations).toBeGreaterThan(1)
  })

  test('is not stopped by rows that refer to others and hold them, and counts from one again', async () => {
    const server = await startTestServer()
    const columns =
      inject('database') === 'postgres'
        ? 'id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id uuid'
        : 'id INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT'
    await server.database.migration((transaction) =>
      transaction.script(
        `CREATE TABLE "z ""b" (${columns} NOT NULL REFERENCES users (id) ON DELETE RESTRICT)`,
      ),
    )
    const insert = async () => {
      const user = await logInAs(server.app)
      const [[given] = []] = await server.database.transaction((transaction) =>
        transaction.query('INSERT INTO "z ""b" (user_id) VALUES ($1) RETURNING id', [user.id]),
      )
      return Number(given)
    }
    expect([await insert(), await insert()]).toEqual([1, 2])
    await server.reset()
    expect(await count(server, 'users')).toBe(0)
    expect(await insert()).toBe(1)
  })
})

describe('nothing is emptied that is not for tests alone', () => {
  test('a database that somebody else migrated', async () => {
    const databaseUrl = await emptyDatabaseUrl()
    const { database, migrations } = await openDatabase(databaseUrl)
    const applied = await migrate(database, migrations)
    const creating = createTestServer({ ...testOptions, databaseUrl })
    await expect(creating).rejects.toThrow('tables that no test made')
    expect(await count({ database }, 'latchkey_migrations')).toBe(applied.length)
    await database.close()
  })

  test('one in which an application has a table, and nothing of ours', async () => {
    const databaseUrl = await emptyDatabaseUrl()
    const { database } = await openDatabase(databaseUrl)
    await database.migration((transaction) => transaction.script('CREATE TABLE notes (id TEXT)'))
    const creating = createTestServer({ ...testOptions, databaseUrl })
    await expect(creating).rejects.toThrow('notes among them: name an empty one')
    expect(await count({ database }, 'notes')).toBe(0)
    await expect(count({ database }, 'users')).rejects.toThrow()
    await database.close()
  })

  test('one that tests made is taken again, and what was left in it is gone', async () => {
    const databaseUrl = await emptyDatabaseUrl()
    const first = await createTestServer({ ...testOptions, databaseUrl })
    await logInAs(first.app)
    await first.close()
    const second = await startTestServer({ databaseUrl })
    expect(await count(second, 'users')).toBe(0)
  })
})

test.each(['production', ' Production '])(
  'in the environment %j nothing is built',
  async (name) => {
    vi.stubEnv('NODE_ENV', name)
    let opened = 0
    const open = (url: string) => {
      opened++
      return openDatabase(url)
    }
    await expect(createTestServer({ ...testOptions, open })).rejects.toThrow(
      'NODE_ENV is production',
    )
    expect(() => testSettings()).toThrow('NODE_ENV is production')
    expect(opened).toBe(0)
  },
)
