// A database that is away in the midst of an import, and another import beside it.
import { AuthError, type Database } from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { importFrom } from '../../src/transfer/import.ts'
import type { OriginRow } from '../../src/transfer/origin.ts'
import { run } from '../cli/command.ts'
import { openDatabase } from '../harness.ts'
import {
  bcrypt,
  contents,
  csv,
  nothing,
  otherBcrypt,
  prepareTarget,
  summaryOf,
  write,
} from './importing.ts'

vi.setConfig({ testTimeout: 60_000 })

const token = 'phone'.padEnd(24, 'x')

const rows: readonly OriginRow[] = [
  {
    type: 'user',
    originId: '17',
    emailAddress: 'ann@example.com',
    passwordHash: bcrypt,
    emailVerifiedAt: null,
    bannedAt: null,
    createdAt: '2020-01-01',
    updatedAt: null,
    where: 'users 17',
  },
  {
    type: 'session',
    originUserId: '17',
    token,
    ipAddress: null,
    userAgent: null,
    createdAt: '2024-01-01',
    where: 'sessions 1',
  },
]

async function* read(of: readonly OriginRow[]): AsyncGenerator<OriginRow> {
  yield* of
}

const unavailable = () => new AuthError('unavailable')

async function prepare() {
  const real = await openDatabase()
  const pauses: number[] = []
  const bring = (database: Database, of = rows) =>
    importFrom(
      {
        name: 'rails',
        notes: [],
        read: () => read(of),
        count: async () => of.length,
        async close() {},
      },
      database,
      {
        mode: 'write',
        now: new Date('2026-11-26T09:00:00Z'),
        random: (size) => crypto.getRandomValues(new Uint8Array(size)),
        sessions: { idleHours: 720, maximumHours: 2_160, maximumPerUser: 100 },
        onRefused() {},
        onProgress() {},
        turns: (work) => work(),
        pause: async (milliseconds) => pauses.push(milliseconds),
      },
    )
  return { real, pauses, bring }
}

/** The same database, where something may happen before each call, by how many there were. */
function failing(
  real: Database,
  before: (calls: number, call: () => Promise<unknown>) => Promise<void>,
): Database {
  let calls = 0
  const wrap = async <T>(call: () => Promise<T>) => {
    calls += 1
    await before(calls, call)
    return call()
  }
  return {
    lookUp: real.lookUp.bind(real),
    migration: real.migration.bind(real),
    countConnections: () => real.countConnections(),
    close: () => real.close(),
    query: (sql, values) => wrap(() => real.query(sql, values)),
    transaction: (work) => wrap(() => real.transaction(work)),
  }
}

test.each([
  ['before anything was done', async () => {}],
  ['behind the commit', async (call: () => Promise<unknown>) => void (await call())],
])(
  'a database that is away, %s, is asked again, and everybody is there once',
  async (_when, first) => {
    const { real, pauses, bring } = await prepare()
    const away = failing(real, async (times, call) => {
      if (times % 2 === 1) return
      await first(call)
      throw unavailable()
    })
    expect(await bring(away)).toMatchObject({ imported: 1, unchanged: 0, refused: {} })
    expect(new Set(pauses)).toEqual(new Set([1_000]))
    const { users, sessions, imported_users: imported } = await contents({ database: real })
    expect([users?.length, sessions?.length, imported?.length]).toEqual([1, 1, 1])
  },
)

test('one that stays away ends the import, which goes on when it is run again', async () => {
  const { real, pauses, bring } = await prepare()
  let calls = 0
  const lost = failing(real, async () => {
    calls += 1
    // Behind the users, before the sessions.
    if ((await real.query('SELECT id FROM users')).length > 0) throw unavailable()
  })
  await expect(bring(lost)).rejects.toMatchObject({ code: 'unavailable' })
  expect(pauses).toEqual([1_000, 5_000, 20_000])
  expect(calls).toBeGreaterThan(4)
  expect((await contents({ database: real })).sessions).toEqual([])
  expect(await bring(real)).toMatchObject({ imported: 0, unchanged: 1, sessions: 1, refused: {} })
})

test('an import whose hashes cannot be counted in time is done all the same, and says that alone', async () => {
  const { real, pauses, bring } = await prepare()
  const slow: Database = {
    ...failing(real, async () => {}),
    query: (sql, values) =>
      /count\(\*\)/.test(sql) ? Promise.reject(unavailable()) : real.query(sql, values),
  }
  const uncounted = [{ scheme: 'bcrypt/4', users: null }]
  const first = { imported: 1, sessions: 1, refused: {}, password_schemes: uncounted }
  expect(await bring(slow)).toMatchObject(first)
  expect(await bring(slow)).toMatchObject({ unchanged: 1, password_schemes: uncounted })
  expect(pauses).toEqual([])
  expect(await bring(real)).toMatchObject({ password_schemes: [{ scheme: 'bcrypt/4', users: 1 }] })
})

test('what is broken is not asked again', async () => {
  const { real, pauses, bring } = await prepare()
  const broken = failing(real, async () => {
    throw new Error('broken')
  })
  await expect(bring(broken)).rejects.toThrow('broken')
  expect(pauses).toEqual([])
})

test('two imports of the same file at once bring everybody once, and refuse nobody', async () => {
  const target = await prepareTarget()
  const count = 4_000
  const people = Array.from({ length: count }, (_, index) => {
    return [`${index}`, `u${index}@example.com`] as const
  })
  write(target, 'users.csv', csv(...people))
  const line = 'latchkey import csv users.csv --json'
  const both = await Promise.all([
    summaryOf(run(target.command, line)),
    summaryOf(run(target.command, line)),
  ])
  for (const summary of both) {
    expect(summary.refused).toEqual({})
    expect(summary.imported + summary.unchanged).toBe(count)
  }
  expect(both[0].imported + both[1].imported).toBe(count)
  const { users, imported_users: imported } = await contents(target)
  expect([users?.length, imported?.length]).toEqual([count, count])
  expect(await summaryOf(run(target.command, line))).toEqual({ ...nothing, unchanged: count })
})

test('a thousand users who changed are a hundred in a transaction, which has three seconds', async () => {
  const { real, bring } = await prepare()
  const users = (passwordHash: string): OriginRow[] =>
    Array.from({ length: 1_000 }, (_, index) => ({
      type: 'user',
      originId: String(index),
      emailAddress: `user${index}@example.com`,
      passwordHash,
      emailVerifiedAt: null,
      bannedAt: null,
      createdAt: '2020-01-01',
      updatedAt: null,
      where: `users ${index}`,
    }))
  await bring(real, users(bcrypt))
  const sent: number[] = []
  const counted: Database = {
    ...failing(real, async () => {}),
    transaction: (work) =>
      real.transaction((transaction) => {
        const at = sent.push(0) - 1
        const query: typeof transaction.query = (sql, values) => {
          sent[at] = (sent[at] ?? 0) + 1
          return transaction.query(sql, values)
        }
        return work({ query, script: (sql) => transaction.script(sql) })
      }),
  }
  const summary = await bring(counted, users(otherBcrypt))
  expect(summary).toMatchObject({ imported: 0, updated: 1_000, unchanged: 0, refused: {} })
  // For each the hash, and the sessions that it was for.
  expect(Math.max(...sent)).toBeLessThanOrEqual(200)
})
