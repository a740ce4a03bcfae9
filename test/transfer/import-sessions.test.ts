// Sessions that were open elsewhere: who stays logged in, and whose token must not live again.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argon2id, createAuth, createStore, Secret } from 'latchkey/server'
import { expect, test } from 'vitest'
import { exportLines } from '../../src/transfer/export.ts'
import { importFrom } from '../../src/transfer/import.ts'
import type { Turns } from '../../src/transfer/importing.ts'
import { openNdjson } from '../../src/transfer/ndjson.ts'
import {
  type Origin,
  OriginError,
  type OriginRow,
  type OriginSession,
  type OriginUser,
} from '../../src/transfer/origin.ts'
import { cheapHash, openDatabase, temporaryFolder } from '../harness.ts'
import { bcrypt, contents, otherBcrypt, password } from './importing.ts'

const now = new Date('2026-11-26T09:00:00Z')
const policy = { idleHours: 720, maximumHours: 2_160, maximumPerUser: 100 }

async function prepare() {
  const database = await openDatabase()
  const options = { passwordHash: cheapHash, rateLimits: 'off', clock: () => now } as const
  const auth = createAuth({ store: createStore(database), ...options })
  const bring = (
    rows: OriginRow[] | Origin,
    more: {
      sessions?: typeof policy
      mode?: 'dry-run'
      now?: Date
      isCutOff?: true
      turns?: Turns
    } = {},
  ) => {
    const rails = (those: OriginRow[]): Origin => ({
      name: 'rails',
      notes: [],
      async *read() {
        yield* those
        if (more.isCutOff) throw new OriginError('cut off')
      },
      count: async () => those.length,
      async close() {},
    })
    return importFrom(Array.isArray(rows) ? rails(rows) : rows, database, {
      mode: 'write',
      now,
      random: (size) => crypto.getRandomValues(new Uint8Array(size)),
      sessions: policy,
      onRefused() {},
      onProgress() {},
      turns: (work) => work(),
      pause: async () => {},
      ...more,
    })
  }
  const idOf = async (address: string) => {
    const rows = await database.query('SELECT id FROM users WHERE email_address = $1', [address])
    return String(rows[0]?.[0])
  }
  return { database, auth, bring, idOf }
}

function user(id: string, more: Partial<OriginUser> = {}): OriginUser {
  return {
    type: 'user',
    originId: id,
    emailAddress: `${id}@example.com`,
    passwordHash: bcrypt,
    emailVerifiedAt: null,
    bannedAt: null,
    createdAt: '2020-01-01',
    updatedAt: null,
    where: `users ${id}`,
    ...more,
  }
}

const tokenOf = (name: string) => name.padEnd(24, 'x')

function session(userId: string, name: string, more: Partial<OriginSession> = {}): OriginSession {
  return {
    type: 'session',
    originUserId: userId,
    token: tokenOf(name),
    ipAddress: '192.0.2.7',
    userAgent: 'Firefox',
    createdAt: '2024-01-01',
    where: `sessions ${name}`,
    ...more,
  }
}

test('a session begins anew with the import, under the digest of its token, and is not fresh', async () => {
  const { database, bring, idOf } = await prepare()
  const summary = await bring([user('ann'), session('ann', 'phone')])
  expect(summary).toMatchObject({ imported: 1, sessions: 1, refused: {} })
  const [row = []] = await database.query(
    `SELECT user_id, token_digest, ip_address, user_agent, created_at, last_used_at,
       password_verified_at FROM sessions`,
  )
  const digest = createHash('sha256').update(tokenOf('phone')).digest()
  expect(row[0]).toBe(await idOf('ann@example.com'))
  expect(Buffer.from(row[1] as Uint8Array).equals(digest)).toBe(true)
  expect(row.slice(2, 4)).toEqual(['192.0.2.7', 'Firefox'])
  expect(row.slice(4).map(Number)).toEqual([now.getTime(), now.getTime(), 0])
  const [noted] = await database.query('SELECT origin, imported_at FROM imported_sessions')
  expect([noted?.[0], Number(noted?.[1])]).toEqual(['rails', now.getTime()])
})

test('a second run changes nothing', async () => {
  const { database, bring } = await prepare()
  const rows = [user('ann'), session('ann', 'phone'), session('ann', 'desk')]
  await bring(rows)
  const before = await contents({ database })
  expect(await bring(rows)).toMatchObject({ imported: 0, unchanged: 1, sessions: 0, refused: {} })
  expect(await contents({ database })).toEqual(before)
})

test.each<[string, OriginRow[], string]>([
  ['short', [user('ann'), session('ann', 'a', { token: 'abc' })], 'invalid_token'],
  ['no text', [user('ann'), session('ann', 'a', { token: 7 })], 'invalid_token'],
  ['of nobody', [session('ann', 'a')], 'unknown_user'],
  [
    'of somebody who was refused',
    [user('ann', { emailAddress: '' }), session('ann', 'a')],
    'unknown_user',
  ],
  ['of somebody banned', [user('ann', { bannedAt: now }), session('ann', 'a')], 'banned_user'],
  ['of no time', [user('ann'), session('ann', 'a', { createdAt: 'x' })], 'invalid_instant'],
])('a token %s is refused', async (_what, rows, reason) => {
  const { bring, database } = await prepare()
  expect(await bring(rows)).toMatchObject({ sessions: 0, refused: { [reason]: 1 } })
  expect((await contents({ database })).sessions).toEqual([])
  expect((await contents({ database })).imported_sessions).toEqual([])
})

test('a token of whoever has the id of somebody else in another system opens nobody here', async () => {
  const { bring, database } = await prepare()
  await bring([user('17')])
  const other = [user('17', { emailAddress: 'ben@example.com' }), session('17', 'ben')]
  const refused = { email_address_changed: 1, unknown_user: 1 }
  for (const mode of [{ mode: 'dry-run' }, {}] as const) {
    expect(await bring(other, mode)).toMatchObject({ sessions: 0, refused })
  }
  // Nor where there is no hash that could have changed.
  await bring([user('18', { passwordHash: null })])
  const blank = { emailAddress: 'cleo@example.com', passwordHash: null }
  const rows = [user('18', blank), session('18', 'cleo')]
  expect(await bring(rows)).toMatchObject({ unchanged: 0, sessions: 0, refused })
  expect((await contents({ database })).sessions).toEqual([])
})

test('a UUID is one user, however its letters are written', async () => {
  const { bring, database } = await prepare()
  const id = '0f8fad5b-d9cb-469f-a165-70867728950e'
  const rows = [user(id), user(id.toUpperCase(), { emailAddress: 'ben@example.com' })]
  expect(await bring(rows)).toMatchObject({ imported: 1, refused: { id_taken: 1 } })
  expect((await contents({ database })).imported_users).toHaveLength(1)
})

test('half of a letter is no id: a database would store another in its place', async () => {
  const { bring } = await prepare()
  const rows = [user('a\ud800', { emailAddress: 'ann@example.com' }), user('ben')]
  expect(await bring(rows)).toMatchObject({ imported: 1, refused: { invalid_id: 1 } })
})

test('whoever was banned there since is banned here, and logged out, unless they have been here', async () => {
  const { bring, auth, database } = await prepare()
  const rows = [user('ann'), session('ann', 'a'), user('ben')]
  await bring(rows)
  await auth.logIn({ emailAddress: 'ben@example.com', password })
  const banned = [user('ann', { bannedAt: now }), user('ben', { bannedAt: now })]
  expect(await bring(banned)).toMatchObject({ updated: 1, unchanged: 1 })
  const answered = await database.query(
    'SELECT email_address FROM users WHERE banned_at IS NOT NULL',
  )
  expect(answered.map(([address]) => address)).toEqual(['ann@example.com'])
  expect(await bring(banned)).toMatchObject({ updated: 0, unchanged: 2 })
  expect(await auth.authenticate(tokenOf('a'))).toBeNull()
})

test('a dry run counts the sessions of those who would be new', async () => {
  const { bring, database } = await prepare()
  const rows = [user('ann'), session('ann', 'a'), session('ben', 'b')]
  const expected = { imported: 1, sessions: 1, refused: { unknown_user: 1 } }
  expect(await bring(rows, { mode: 'dry-run' })).toMatchObject(expected)
  expect((await contents({ database })).users).toEqual([])
})

test('of too many sessions the newest ones stay, in whatever order they come', async () => {
  const { bring, database } = await prepare()
  const years = ['2021', '2025', '2022', '2024', '2023']
  const rows = [
    user('ann'),
    ...years.map((year) => session('ann', year, { createdAt: `${year}-01-01`, userAgent: year })),
  ]
  const two = { ...policy, maximumPerUser: 2 }
  const expected = { sessions: 2, refused: { too_many_sessions: 3 } }
  expect(await bring(rows, { sessions: two })).toMatchObject(expected)
  const agents = await database.query('SELECT user_agent FROM sessions ORDER BY id')
  expect(agents).toEqual([['2024'], ['2025']])
  const before = await contents({ database })
  expect(await bring(rows, { sessions: two })).toMatchObject({ ...expected, sessions: 0 })
  expect(await contents({ database })).toEqual(before)
})

test.each<[string, (world: Awaited<ReturnType<typeof prepare>>, id: string) => Promise<unknown>]>([
  [
    'revoked here',
    async ({ auth }, id) => {
      const [first] = await auth.listSessions(id, { limit: 1, after: null })
      await auth.revokeSession({ id: first?.id ?? '', userId: id })
    },
  ],
  ['ended with all of a user', ({ auth }, id) => auth.revokeSessions(id)],
  ['ended with everybody’s', ({ auth }) => auth.revokeAllSessions()],
  [
    'ended by another password',
    ({ auth }) =>
      auth.setPassword({ emailAddress: 'ann@example.com', password: 'a new horse battery' }),
  ],
])('a session that was %s does not come back with the next import', async (_how, end) => {
  const world = await prepare()
  const { bring, database, idOf } = world
  const rows = [user('ann'), session('ann', 'phone')]
  await bring(rows)
  await end(world, await idOf('ann@example.com'))
  await database.transaction((transaction) => transaction.query('DELETE FROM sessions'))
  const before = await contents({ database })
  expect(await bring(rows)).toMatchObject({ sessions: 0, refused: { ended_here: 1 } })
  expect(await contents({ database })).toEqual(before)
})

test.each<[string, (world: Awaited<ReturnType<typeof prepare>>) => Promise<unknown>]>([
  [
    'has another password',
    ({ auth }) =>
      auth.setPassword({ emailAddress: 'ann@example.com', password: 'a new horse battery' }),
  ],
  [
    'is deleted',
    async ({ auth }) => {
      const known = await auth.findUser({ emailAddress: 'ann@example.com' })
      if (known) await auth.deleteUser(known)
    },
  ],
])('no session comes for a user who %s when it is about to be written', async (_what, change) => {
  const world = await prepare()
  const { bring, database } = world
  await bring([user('ann')])
  const turns: Turns = async (work) => {
    await change(world)
    return work()
  }
  expect(await bring([user('ann'), session('ann', 'phone')], { turns })).toMatchObject({
    sessions: 0,
  })
  expect((await contents({ database })).sessions).toEqual([])
})

test('nor does one of an export', async () => {
  const ann = { emailAddress: 'ann@example.com', password }
  const source = await prepare()
  await source.auth.createUser(ann)
  await source.auth.logIn(ann)
  let all = ''
  for await (const some of exportLines(source.database)) all += some
  // The hash of tests is too weak for an import.
  const strong = await argon2id().hash(new Secret(password))
  const lines = all
    .replace(/\$argon2id[^"]+/, () => strong)
    .trim()
    .split('\n')
  const users = lines.filter((line) => /"type":"(latchkey_export|user)"/.test(line))
  const end = JSON.stringify({ type: 'latchkey_export_end', records: 1 })
  const world = await prepare()
  await world.bring(await openExport([...users, end]))
  const turns: Turns = async (work) => {
    await world.auth.setPassword({ ...ann, password: 'a new horse battery' })
    return work()
  }
  const summary = await world.bring(await openExport(lines), { turns })
  expect(summary).toMatchObject({ imported: 0, sessions: 0 })
  expect((await contents(world)).sessions).toEqual([])
  // Without the change it would have come.
  const other = await prepare()
  await other.bring(await openExport([...users, end]))
  expect(await other.bring(await openExport(lines))).toMatchObject({ sessions: 1 })
})

async function openExport(lines: readonly string[]): Promise<Origin> {
  const file = join(temporaryFolder(), 'export.ndjson')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return openNdjson(file, null, 'ndjson')
}

test('with a password that was changed there the sessions from before it end', async () => {
  const { bring, database } = await prepare()
  await bring([user('ann'), session('ann', 'old')])
  const changed = user('ann', { passwordHash: otherBcrypt })
  const summary = await bring([changed, session('ann', 'new')])
  expect(summary).toMatchObject({ updated: 1, sessions: 1 })
  const digest = createHash('sha256').update(tokenOf('new')).digest('hex')
  const rows = await database.query('SELECT token_digest FROM sessions')
  expect(rows.map(([own]) => Buffer.from(own as Uint8Array).toString('hex'))).toEqual([digest])
})

const day = 86_400_000
const daysLater = (days: number) => new Date(now.getTime() + days * day)

test('a session that was over here, and swept, does not come back; one that is new there does', async () => {
  const { bring, database } = await prepare()
  const rows = [user('ann'), session('ann', 'old')]
  await bring(rows)
  const second = { createdAt: daysLater(5).toISOString() }
  rows.push(session('ann', 'second', second))
  expect(await bring(rows, { now: daysLater(20) })).toMatchObject({ sessions: 1, refused: {} })
  await database.transaction((transaction) => transaction.query('DELETE FROM sessions'))
  const before = await contents({ database })
  // The first has been over for long; the second was not, but was brought before and may have been used up.
  const later = { now: daysLater(51) }
  for (const mode of [{ mode: 'dry-run' }, {}] as const) {
    const summary = await bring(rows, { ...later, ...mode })
    expect(summary).toMatchObject({ unchanged: 1, sessions: 0, refused: { ended_here: 2 } })
  }
  expect(await contents({ database })).toEqual(before)
  const third = session('ann', 'third', { createdAt: daysLater(50).toISOString() })
  expect(await bring([...rows, third], later)).toMatchObject({ sessions: 1 })
})

test('a session that is over here, and is not swept yet, is counted as one that has ended', async () => {
  const { bring, database } = await prepare()
  const rows = [user('ann'), session('ann', 'old')]
  await bring(rows)
  expect(await bring(rows, { now: daysLater(29) })).toMatchObject({ sessions: 0, refused: {} })
  const before = await contents({ database })
  const over = { sessions: 0, refused: { ended_here: 1 } }
  expect(await bring(rows, { now: daysLater(30) })).toMatchObject(over)
  // Used until lately, and as old as one may be.
  await database.transaction((each) =>
    each.query('UPDATE sessions SET last_used_at = $1', [daysLater(89)]),
  )
  expect(await bring(rows, { now: daysLater(89) })).toMatchObject({ refused: {} })
  expect(await bring(rows, { now: daysLater(90) })).toMatchObject(over)
  expect((await contents({ database })).sessions).toHaveLength(before.sessions?.length ?? 0)
})

test('an import that was cut off goes on with the sessions, however long it had to wait to be run again', async () => {
  const { bring } = await prepare()
  await bring([user('ann')])
  const rows = [user('ann'), session('ann', 'phone')]
  expect(await bring(rows, { now: daysLater(100) })).toMatchObject({ sessions: 1, refused: {} })
})

test('whoever came only with a later import has their sessions, however long ago the first one was', async () => {
  const { bring, auth } = await prepare()
  const rows = [user('ann'), session('ann', 'desk'), session('ben', 'phone')]
  const first = await bring([...rows, user('ben', { emailAddress: '' })])
  expect(first.refused).toEqual({ unknown_user: 1, blank_email_address: 1 })
  const mended = [user('ann'), user('ben'), session('ann', 'desk'), session('ben', 'phone')]
  const later = { now: daysLater(40) }
  // That of ann is here still, and over: nobody has swept. It is not made anew.
  const expected = { imported: 1, sessions: 1, refused: { ended_here: 1 } }
  for (const mode of [{ mode: 'dry-run' }, {}] as const) {
    expect(await bring(mended, { ...later, ...mode })).toMatchObject(expected)
  }
  const clock = () => daysLater(41)
  const server = createAuth({ store: auth.config.store, passwordHash: cheapHash, clock })
  expect(await server.authenticate(tokenOf('phone'))).not.toBeNull()
  expect(await server.authenticate(tokenOf('desk'))).toBeNull()
})

test('of an import that was cut off among the sessions, the others come however much later', async () => {
  const { bring, auth, database } = await prepare()
  const rows = [user('ann'), session('ann', 'phone'), user('ben')]
  await expect(bring(rows, { isCutOff: true })).rejects.toThrow('cut off')
  expect((await contents({ database })).sessions).toHaveLength(1)
  const all = [...rows, session('ben', 'desk'), session('ann', 'pad')]
  const later = { now: daysLater(40) }
  expect(await bring(all, later)).toMatchObject({ sessions: 2, refused: { ended_here: 1 } })
  const clock = () => daysLater(41)
  const server = createAuth({ store: auth.config.store, passwordHash: cheapHash, clock })
  for (const name of ['desk', 'pad'])
    expect(await server.authenticate(tokenOf(name))).not.toBeNull()
  // From then on all had come.
  await database.transaction((transaction) => transaction.query('DELETE FROM sessions'))
  const again = await bring(all, { now: daysLater(80) })
  expect(again).toMatchObject({ sessions: 0, refused: { ended_here: 3 } })
})

test('with everybody’s end go those that an import had brought, and none that was never here', async () => {
  const { bring, auth, database } = await prepare()
  await bring([user('ann'), session('ann', 'old')])
  const clock = () => daysLater(5)
  const operator = createAuth({ store: auth.config.store, passwordHash: cheapHash, clock })
  await operator.revokeAllSessions()
  expect((await contents({ database })).sessions).toEqual([])
  const rows = [
    user('ann'),
    session('ann', 'old'),
    session('ann', 'between', { createdAt: daysLater(3).toISOString() }),
    session('ann', 'behind', { createdAt: daysLater(6).toISOString() }),
  ]
  const summary = await bring(rows, { now: daysLater(7) })
  expect(summary).toMatchObject({ sessions: 2, refused: { ended_here: 1 } })
  const server = createAuth({
    store: auth.config.store,
    passwordHash: cheapHash,
    clock: () => daysLater(8),
  })
  expect(await server.authenticate(tokenOf('old'))).toBeNull()
  for (const name of ['between', 'behind']) {
    expect(await server.authenticate(tokenOf(name))).not.toBeNull()
  }
})
