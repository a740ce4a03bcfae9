// What is read of other systems' databases, before anything is made of it.
import { expect, inject, test } from 'vitest'
import type { Origin, OriginRow, OriginSession, OriginUser } from '../../src/transfer/origin.ts'
import { openBetterAuth } from '../../src/transfer/origins/better-auth.ts'
import { openDevise } from '../../src/transfer/origins/devise.ts'
import { openRails } from '../../src/transfer/origins/rails.ts'
import { openSupabase } from '../../src/transfer/origins/supabase.ts'
import { fixtureName, fixtureText, openFixture, runIn } from './fixture.ts'

const now = new Date()

async function readAll(opening: Promise<Origin>) {
  const origin = await opening
  const rows: OriginRow[] = []
  for await (const row of origin.read()) rows.push(row)
  const count = await origin.count()
  await origin.close()
  const users = rows.filter((row): row is OriginUser => row.type === 'user')
  const sessions = rows.filter((row): row is OriginSession => row.type === 'session')
  expect(rows.slice(0, users.length)).toEqual(users)
  return { users, sessions, notes: origin.notes, count }
}

const by = (users: readonly OriginUser[], address: string) =>
  users.find(({ emailAddress }) => emailAddress === address)

test('Rails: users as they stand there, and sessions with their tokens', async () => {
  const url = await openFixture(fixtureName('rails'))
  const { users, sessions, notes, count } = await readAll(openRails(url, null))
  expect(users.map(({ emailAddress }) => emailAddress)).toEqual([
    ...['ann@example.com', 'bob@example.com', 'carl@example.com', 'ANN@example.com'],
    ...['no address', '', 'dora@example.com'],
  ])
  expect(users[0]).toMatchObject({
    originId: '1',
    passwordHash: expect.stringMatching(/^\$2a\$12\$.{53}$/),
    createdAt: '2025-03-01 09:30:00.123456',
    emailVerifiedAt: null,
    bannedAt: null,
    where: 'users 1',
  })
  const text = fixtureText(fixtureName('rails'))
  expect(sessions).toHaveLength(8)
  for (const { token } of sessions) expect(text).toContain(`'${token}'`)
  expect(count).toBe(15)
  expect(notes).toEqual([])
})

test('Rails: of a user’s sessions the newest comes first', async () => {
  const url = await openFixture(fixtureName('rails'))
  const { sessions } = await readAll(openRails(url, null))
  const own = sessions.filter(({ originUserId }) => originUserId === '1')
  expect(own.map(({ userAgent }) => userAgent)).toEqual(['Phone', 'Browser of ann@example.com'])
})

test('Rails: where sessions are cookies, users come alone and it is said', async () => {
  const url = await openFixture(fixtureName('rails'))
  await runIn(url, 'DROP INDEX index_sessions_on_token; ALTER TABLE sessions DROP COLUMN token')
  const cookies = await readAll(openRails(url, null))
  expect([cookies.users.length, cookies.sessions.length]).toEqual([7, 0])
  expect(cookies.notes).toEqual([expect.stringContaining('cookies that Rails signs')])
  await runIn(url, 'DROP TABLE sessions')
  const none = await readAll(openRails(url, null))
  expect([none.users.length, none.sessions.length]).toEqual([7, 0])
  expect(none.notes).toEqual([expect.stringContaining('no table sessions')])
})

test('Rails: what Active Record encrypted is named, and not a refusal for each row', async () => {
  const url = await openFixture(fixtureName('rails'))
  const encrypted = '{"p":"n7J0/ol+a7DRMeaE","h":{"iv":"DXZMDWUKfp3bg/Yu","at":"X1/YjMHbHD4talgF"}}'
  await runIn(url, `UPDATE users SET email_address = '${encrypted}' WHERE id = 3`)
  await expect(readAll(openRails(url, null))).rejects.toThrow('encrypted by Active Record')
})

const betterAuths = {
  sqlite: ['better-auth-sqlite', 'better-auth-drizzle-sqlite'],
  postgres: ['better-auth-postgres'],
}[inject('database')]

test.each(betterAuths)(
  '%s: who has a password, who is banned, and the sessions that are alive',
  async (name) => {
    const url = await openFixture(name)
    const { users, sessions, notes } = await readAll(openBetterAuth(url, null, { now }))
    expect(users).toHaveLength(8)
    const scrypt = expect.stringMatching(/^[\da-f]{32}:[\da-f]{128}$/)
    expect(by(users, 'ann@example.com')).toMatchObject({ passwordHash: scrypt, bannedAt: null })
    expect(by(users, 'ann@example.com')?.emailVerifiedAt).not.toBeNull()
    expect(by(users, 'bob@example.com')?.emailVerifiedAt).toBeNull()
    // Accounts of other providers beside it, or alone.
    expect(by(users, 'both@example.com')).toMatchObject({ passwordHash: scrypt })
    expect(by(users, 'social@example.com')).toMatchObject({ passwordHash: null })
    expect(by(users, 'banned@example.com')?.bannedAt).not.toBeNull()
    expect(by(users, 'freed@example.com')?.bannedAt).toBeNull()
    // What better-auth made up is nobody's address.
    expect(users.filter(({ emailAddress }) => emailAddress === null)).toHaveLength(1)
    expect(sessions.map(({ token }) => token).sort()).toEqual(liveTokens(name))
    expect(notes).toEqual(['With a second factor, which Latchkey does not ask for: 1'])
  },
)

test('better-auth 1.2 has the same tables, and no plugins where there are none', async () => {
  const name = fixtureName('better-auth-1.2')
  const { users, sessions } = await readAll(openBetterAuth(await openFixture(name), null, { now }))
  expect(users.map(({ emailAddress }) => emailAddress).sort()).toEqual([
    ...['ann@example.com', 'bob@example.com', 'both@example.com', 'social@example.com'],
  ])
  expect(users.map(({ bannedAt }) => bannedAt)).toEqual([null, null, null, null])
  expect(sessions.map(({ token }) => token).sort()).toEqual(liveTokens(name))
})

/** Those that the comment of a fixture does not call expired or somebody else's. */
function liveTokens(name: string): string[] {
  const lines = fixtureText(name).matchAll(/^-- {3}(.+): (\w{32})\S*$/gm)
  const live = [...lines].filter(([, whose = '']) => !/, (expired|impersonated)/.test(whose))
  expect(live.length).toBeGreaterThan(4)
  return live.map(([, , token = '']) => token).sort()
}

test('better-auth: a ban whose end cannot be read is one', async () => {
  const url = await openFixture(fixtureName('better-auth'))
  if (inject('database') === 'postgres') {
    await runIn(url, 'ALTER TABLE "user" ALTER COLUMN "banExpires" TYPE text')
  }
  const freed = `WHERE email = 'freed@example.com'`
  for (const end of ['soon', 'infinity', '01/02/2026']) {
    await runIn(url, `UPDATE "user" SET "banExpires" = '${end}' ${freed}`)
    const { users } = await readAll(openBetterAuth(url, null, { now }))
    expect([end, by(users, 'freed@example.com')?.bannedAt]).not.toEqual([end, null])
  }
})

test('better-auth: a session is alive until its expiresAt, and not at it', async () => {
  const name = fixtureName('better-auth')
  const url = await openFixture(name)
  const later = new Date('2046-01-01T00:00:00Z')
  const none = new Date('2047-01-01T00:00:00Z')
  expect((await readAll(openBetterAuth(url, null, { now: later }))).sessions).not.toEqual([])
  expect((await readAll(openBetterAuth(url, null, { now: none }))).sessions).toEqual([])
})

test('better-auth: without a table of sessions users come alone, and it is said', async () => {
  const url = await openFixture(fixtureName('better-auth'))
  await runIn(url, 'DROP TABLE "session"')
  const { users, sessions, notes } = await readAll(openBetterAuth(url, null, { now }))
  expect([users.length, sessions.length]).toEqual([8, 0])
  expect(notes[0]).toContain('There is no table session')
})

test('Devise: confirmed and locked as they were, without a password where there was none', async () => {
  const url = await openFixture(fixtureName('devise'))
  const { users, sessions, notes } = await readAll(openDevise(url, null, { isPeppered: false }))
  expect(users).toHaveLength(6)
  expect(by(users, 'ann@example.com')).toMatchObject({
    passwordHash: expect.stringMatching(/^\$2a\$04\$/),
    emailVerifiedAt: '2025-03-01 09:31:00.123456',
    bannedAt: null,
  })
  // An address that nobody has confirmed yet is not theirs.
  expect(by(users, 'bob@example.com')?.emailVerifiedAt).toBeNull()
  expect(by(users, 'bobby@example.com')).toBeUndefined()
  expect(by(users, 'omni@example.com')).toMatchObject({ passwordHash: '' })
  expect(by(users, 'locked@example.com')).toMatchObject({ bannedAt: '2025-03-02 09:30:00.123456' })
  expect(sessions).toEqual([])
  expect(notes).toEqual([expect.stringContaining('cookies that Rails signs')])
})

test('Devise: a mapping leaves locks behind, and tables without modules have no such columns', async () => {
  const url = await openFixture(fixtureName('devise'))
  const unlocked = await readAll(
    openDevise(url, { users: { locked_at: null } }, { isPeppered: false }),
  )
  expect(by(unlocked.users, 'locked@example.com')?.bannedAt).toBeNull()
  const drop = ['confirmed_at', 'locked_at', 'created_at', 'updated_at']
  for (const column of drop) await runIn(url, `ALTER TABLE users DROP COLUMN ${column}`)
  const { users } = await readAll(openDevise(url, null, { isPeppered: false }))
  const nothing = { emailVerifiedAt: null, bannedAt: null, createdAt: null, updatedAt: null }
  expect(by(users, 'ann@example.com')).toMatchObject(nothing)
})

test('Devise: how many relied on a second factor is said, where there is the module for it', async () => {
  const url = await openFixture(fixtureName('devise'))
  await runIn(url, 'ALTER TABLE users ADD COLUMN otp_required_for_login boolean')
  await runIn(url, "UPDATE users SET otp_required_for_login = (email = 'ann@example.com')")
  const { notes } = await readAll(openDevise(url, null, { isPeppered: false }))
  expect(notes).toEqual([
    expect.stringContaining('cookies that Rails signs'),
    'With a second factor, which Latchkey does not ask for: 1',
  ])
})

test('Supabase: users of ours, and none who were deleted or come by single sign-on', async () => {
  const url = await openFixture('supabase-postgres')
  const { users, sessions, notes, count } = await readAll(openSupabase(url, null, { now }))
  const addresses = users.map(({ emailAddress }) => emailAddress)
  expect(addresses).toEqual([
    ...['ann@example.com', 'bob@example.com', 'google@example.com', 'banned@example.com'],
    ...['freed@example.com', null, null, 'argon@example.com', 'fire@example.com'],
  ])
  expect(count).toBe(9)
  expect(users[0]).toMatchObject({
    originId: '5f2b1c9e-0000-4000-8000-000000000001',
    passwordHash: expect.stringMatching(/^\$2a\$10\$/),
    emailVerifiedAt: '2025-03-01 09:31:00+00',
    bannedAt: null,
  })
  expect(by(users, 'google@example.com')).toMatchObject({ passwordHash: '' })
  expect(by(users, 'banned@example.com')?.bannedAt).not.toBeNull()
  expect(by(users, 'freed@example.com')?.bannedAt).toBeNull()
  expect(sessions).toEqual([])
  expect(notes).toEqual([
    expect.stringContaining('users log in once'),
    'Left out, as they were deleted in Supabase: 1',
    'Left out, as they come by single sign-on and have no password: 1',
    'With a second factor, which Latchkey does not ask for: 1',
  ])
})

test('Supabase: the key in a hash that came from Firebase stays behind', async () => {
  const url = await openFixture('supabase-postgres')
  const { users } = await readAll(openSupabase(url, null, { now }))
  const hash = String(by(users, 'fire@example.com')?.passwordHash)
  expect(hash).toMatch(/^\$firebase-scrypt\$ln=14,r=8\$42xEC\+ixf3L2lw==\$[\w+/]{86}==$/)
})

test('Supabase: a ban without an end is one', async () => {
  const url = await openFixture('supabase-postgres')
  await runIn(
    url,
    `UPDATE auth.users SET banned_until = 'infinity' WHERE email = 'bob@example.com'`,
  )
  const { users } = await readAll(openSupabase(url, null, { now }))
  expect(by(users, 'bob@example.com')?.bannedAt).not.toBeNull()
})
