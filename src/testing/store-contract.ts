import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { parseEmailAddress } from '../core/email-address.ts'
import type { Session, Store, User } from '../core/store.ts'

/** What the contract needs of a test runner and of the store under test. */
export interface StoreContract {
  /** `test` of node:test, Vitest or Jest. */
  readonly test: (name: string, run: () => Promise<void>) => unknown
  /** A migrated store; each test asks for one and leaves its rows in it. */
  readonly open: () => Promise<Store>
}

/** Declares what every store must do, as tests in plain words. */
export function runStoreContract({ test, open }: StoreContract): void {
  test('a user is found by the address, with the hash', async () => {
    const store = await open()
    const { user } = await insert(store)
    deepEqual(await store.findCredentials(user.emailAddress), { user, passwordHash: 'hash' })
  })

  test('an address that nobody has finds nobody', async () => {
    equal(await (await open()).findCredentials(newUser().emailAddress), null)
  })

  test('a session is found by the digest of its token, with its user', async () => {
    const store = await open()
    const { user, session, digest } = await insert(store)
    deepEqual(await store.findSession(digest), { user, session })
  })

  test('another digest finds no session, not even one that differs in its last byte', async () => {
    const store = await open()
    const { digest } = await insert(store)
    const other = Uint8Array.from(digest, (byte, index) => (index === 31 ? byte ^ 1 : byte))
    equal(await store.findSession(other), null)
  })

  test('an address belongs to one user: the second insert says no and changes nothing', async () => {
    const store = await open()
    const { user } = await insert(store)
    const second = { ...newUser(), emailAddress: user.emailAddress }
    equal(await store.transaction((transaction) => transaction.insertUser(second, 'other')), false)
    deepEqual(await store.findCredentials(user.emailAddress), { user, passwordHash: 'hash' })
  })

  test('fifty inserts of one address at once make one user', async () => {
    const store = await open()
    const first = newUser()
    const inserts = Array.from({ length: 50 }, () =>
      store.transaction((transaction) =>
        transaction.insertUser({ ...newUser(), emailAddress: first.emailAddress }, 'hash'),
      ),
    )
    equal((await Promise.all(inserts)).filter(Boolean).length, 1)
  })

  test('a transaction that throws leaves nothing behind', async () => {
    const store = await open()
    const user = newUser()
    const broken = store.transaction(async (transaction) => {
      await transaction.insertUser(user, 'hash')
      throw new Error('broken')
    })
    await rejects(broken, /broken/)
    equal(await store.findCredentials(user.emailAddress), null)
  })

  test('what one transaction undoes, another keeps, however they interleave', async () => {
    const store = await open()
    const { session, digest } = await insert(store)
    const undone = store.transaction(async (transaction) => {
      await transaction.insertUser(newUser(), 'hash')
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('undone')
    })
    const deleted = store.transaction((transaction) => transaction.deleteSession(session))
    await rejects(undone, /undone/)
    await deleted
    equal(await store.findSession(digest), null)
  })

  test('a deleted session is not found, and the user’s others are', async () => {
    const store = await open()
    const { user, session, digest } = await insert(store)
    const other = newSession(user)
    const otherDigest = randomBytes(32)
    await store.transaction((transaction) => transaction.insertSession(other, otherDigest))
    await store.transaction((transaction) => transaction.deleteSession(session))
    equal(await store.findSession(digest), null)
    ok(await store.findSession(otherDigest))
  })

  test('a hash is held only while it is the user’s', async () => {
    const store = await open()
    const { user } = await insert(store)
    const hold = (hash: string) =>
      store.transaction((transaction) => transaction.holdPasswordHash(user, hash))
    equal(await hold('hash'), true)
    equal(await hold('another'), false)
  })

  test('a hash that is held is not replaced before the holder has ended', async () => {
    const store = await open()
    const { user } = await insert(store)
    const ends: string[] = []
    let held = () => {}
    const begun = new Promise<void>((resolve) => {
      held = resolve
    })
    const holder = store.transaction(async (transaction) => {
      await transaction.holdPasswordHash(user, 'hash')
      held()
      await new Promise((resolve) => setTimeout(resolve, 50))
      ends.push('held')
    })
    await begun
    const change = { from: 'hash', to: 'new', at: user.updatedAt }
    await store.transaction((transaction) => transaction.replacePasswordHash(user, change))
    ends.push('replaced')
    await holder
    deepEqual(ends, ['held', 'replaced'])
  })

  test('a hash is replaced only where it is still the one that was read', async () => {
    const store = await open()
    const { user } = await insert(store)
    const at = new Date(user.updatedAt.getTime() + 1)
    const replace = (from: string, to: string) =>
      store.transaction((transaction) => transaction.replacePasswordHash(user, { from, to, at }))
    equal(await replace('hash', 'second'), true)
    equal(await replace('hash', 'third'), false)
    const found = await store.findCredentials(user.emailAddress)
    deepEqual(found, { user: { ...user, updatedAt: at }, passwordHash: 'second' })
  })

  test('two sessions never share a digest', async () => {
    const store = await open()
    const { user, digest } = await insert(store)
    await rejects(
      store.transaction((transaction) => transaction.insertSession(newSession(user), digest)),
    )
  })

  test('a session of nobody cannot be stored', async () => {
    const store = await open()
    await rejects(
      store.transaction((transaction) =>
        transaction.insertSession(newSession(newUser()), randomBytes(32)),
      ),
    )
  })

  test('text is kept as it is, whatever it holds', async () => {
    const store = await open()
    const userAgent = `'; DROP TABLE users; -- \u2028 é 😀 "`
    const { digest } = await insert(store, { userAgent })
    equal((await store.findSession(digest))?.session.userAgent, userAgent)
  })

  test('a ping is answered', async () => {
    await (await open()).ping()
  })
}

async function insert(
  store: Store,
  client: Partial<Session> = {},
): Promise<{ user: User; session: Session; digest: Uint8Array }> {
  const user = newUser()
  const session = { ...newSession(user), ...client }
  const digest = randomBytes(32)
  await store.transaction(async (transaction) => {
    await transaction.insertUser(user, 'hash')
    await transaction.insertSession(session, digest)
  })
  return { user, session, digest }
}

function newUser(): User {
  const emailAddress = parseEmailAddress(`${randomUUID()}@example.com`)
  if (!emailAddress) throw new Error('The contract made an address that cannot be parsed')
  const createdAt = new Date('2026-01-01T12:00:00.123Z')
  return { id: randomUUID(), emailAddress, emailVerifiedAt: null, createdAt, updatedAt: createdAt }
}

function newSession(user: User): Session {
  return {
    id: randomUUID(),
    userId: user.id,
    ipAddress: '192.0.2.1',
    userAgent: null,
    createdAt: user.createdAt,
    lastUsedAt: user.createdAt,
  }
}
