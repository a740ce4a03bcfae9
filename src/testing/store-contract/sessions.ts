import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { insert, newSession, newUser, type StoreContract } from './contract.ts'

/** Finding sessions by their tokens, and ending them. */
export function sessionsContract({ test, open }: StoreContract): void {
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

  test('all sessions of a user end at once, and nobody else’s do', async () => {
    const store = await open()
    const { user, digest } = await insert(store)
    const { digest: otherDigest } = await insert(store)
    const secondDigest = randomBytes(32)
    await store.transaction((each) => each.insertSession(newSession(user), secondDigest))
    await store.transaction((each) => each.deleteSessions(user.id))
    equal(await store.findSession(digest), null)
    equal(await store.findSession(secondDigest), null)
    ok(await store.findSession(otherDigest))
  })

  test('the sessions up to an id end, so many at a time, and none behind it', async () => {
    const store = await open()
    equal(await store.findLastSessionId(null), null)
    const inserted = [await insert(store), await insert(store), await insert(store)]
    const [first, second, third] = inserted.sort((one, other) =>
      one.session.id < other.session.id ? -1 : 1,
    )
    ok(first && second && third)
    equal(await store.findLastSessionId(null), third.session.id)
    equal(await store.findLastSessionId(second.session.id), second.session.id)
    const end = (maximum: number) =>
      store.transaction((each) => each.deleteSessionsUpTo(second.session.id, { maximum }))
    deepEqual([await end(1), await end(9), await end(9)], [1, 1, 0])
    equal(await store.findSession(first.digest), null)
    equal(await store.findSession(second.digest), null)
    ok(await store.findSession(third.digest))
    equal(await store.findLastSessionId(second.session.id), null)
    ok(await store.findUser(first.user.id))
  })
}
