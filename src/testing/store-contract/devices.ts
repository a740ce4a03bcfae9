import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Session, User } from '../../core/entities.ts'
import type { OwnSession } from '../../core/statements/sessions.ts'
import type { Store } from '../../core/store.ts'
import { insert, later, newSession, noon, type StoreContract } from './contract.ts'

/** Sessions as the devices of their user. */
export function devicesContract({ test, open }: StoreContract): void {
  test('sessions are listed newest first, page by page, without those that are over', async () => {
    const store = await open()
    const { user, session } = await insert(store)
    await insert(store)
    const newer = await insertNewer(store, user, [1, 2, 3, 4])
    const [, second, third, fourth] = newer
    const horizon = { usedAfter: later(-1), createdAfter: later(-1), createdUntil: later(9) }
    const list = (page: { limit: number; after: string | null }, over = {}) =>
      store.listSessions(user.id, { ...horizon, ...over, ...page })
    const first = await list({ limit: 2, after: null })
    deepEqual(first, [fourth, third])
    deepEqual(await list({ limit: 2, after: third?.id ?? '' }), [second, newer[0]])
    deepEqual(await list({ limit: 2, after: newer[0]?.id ?? '' }), [session])
    const page = { limit: 9, after: null }
    deepEqual(await list(page, { createdAfter: later(3) }), [fourth])
    deepEqual(await list(page, { usedAfter: later(3) }), [fourth])
    deepEqual(await list(page, { createdUntil: later(1) }), [newer[0], session])
  })

  test('the newest sessions of a user stay beside a new one, and the oldest end', async () => {
    const store = await open()
    const { user, session, digest } = await insert(store)
    const { digest: otherDigest } = await insert(store)
    const newer = await insertNewer(store, user, [1, 2])
    const horizon = { usedAfter: later(-1), createdAfter: later(-1), createdUntil: later(9) }
    const left = async () => store.listSessions(user.id, { ...horizon, limit: 9, after: null })
    const trim = (kept: Session, maximum: number, over = {}) =>
      store.transaction((each) => each.trimSessions(kept, { ...horizon, ...over, maximum }))
    const [first, second] = newer
    if (!first || !second) throw new Error('The contract made no sessions')
    await trim(second, 3)
    deepEqual(await left(), [second, first, session])
    await trim(second, 2)
    deepEqual(await left(), [second, first])
    equal(await store.findSession(digest), null)
    // The given session is kept, even if a wrong clock made it the oldest.
    await trim(first, 1)
    deepEqual(await left(), [first])
    ok(await store.findSession(otherDigest))
  })

  test('a session that is over does not count, and goes only behind so many that are newer', async () => {
    const store = await open()
    const { user, session } = await insert(store)
    const [first, unused, early, kept] = await insertNewer(store, user, [1, 2, 3, 4])
    if (!first || !unused || !early || !kept) throw new Error('The contract made no sessions')
    const all = { usedAfter: later(-9), createdAfter: later(-9), createdUntil: later(9) }
    const trim = (maximum: number, horizon = {}) =>
      store.transaction((each) => each.trimSessions(kept, { ...all, ...horizon, maximum }))
    const left = async () => store.listSessions(user.id, { ...all, limit: 9, after: null })
    // With a wrong clock all of them would have expired.
    for (const wrong of [{ usedAfter: later(9) }, { createdAfter: later(9) }]) {
      deepEqual(await trim(5, wrong), [])
    }
    deepEqual(await trim(5, { createdUntil: later(-1) }), [])
    equal((await left()).length, 5)
    deepEqual(await trim(4, { usedAfter: later(2) }), [session])
    await store.recordUses('sessions', [first.id, early.id], later(5))
    const horizon = { usedAfter: later(2), createdUntil: later(8) }
    // Two besides the kept one are live: the oldest, and one that is newer than an expired session.
    deepEqual(await trim(3, horizon), [])
    const ended = await trim(2, horizon)
    deepEqual(ended.map(({ id }) => id).toSorted(), [first.id, unused.id])
    deepEqual(await left(), [kept, { ...early, lastUsedAt: later(5) }])
  })

  test('a session can be held while it is there', async () => {
    const store = await open()
    const [{ session }, { user: other }] = [await insert(store), await insert(store)]
    const hold = (key: OwnSession) => store.transaction((each) => each.holdSession(key))
    deepEqual(
      [await hold(session), await hold({ id: session.id, userId: other.id })],
      [true, false],
    )
    await store.transaction((each) => each.deleteSession(session))
    equal(await hold(session), false)
  })

  test('a session is named by its user alone', async () => {
    const store = await open()
    const { session, digest } = await insert(store)
    const { user: other } = await insert(store)
    const foreign = { id: session.id, userId: other.id }
    equal(await store.transaction((each) => each.renameSession(foreign, 'mine')), null)
    const named = { ...session, name: 'phone' }
    deepEqual(await store.transaction((each) => each.renameSession(session, 'phone')), named)
    deepEqual((await store.findSession(digest))?.session, named)
  })

  test('a session is ended by its user alone, and what ended is returned', async () => {
    const store = await open()
    const { user, session, digest } = await insert(store)
    const { user: other, digest: otherDigest } = await insert(store)
    const foreign = { id: session.id, userId: other.id }
    equal(await store.transaction((each) => each.deleteSession(foreign)), null)
    ok(await store.findSession(digest))
    deepEqual(await store.transaction((each) => each.deleteSession(session)), session)
    equal(await store.transaction((each) => each.deleteSession(session)), null)
    const [kept, ended] = await insertNewer(store, user, [1, 2])
    if (!kept || !ended) throw new Error('The contract made no sessions')
    deepEqual(await store.transaction((each) => each.deleteOtherSessions(kept)), [ended])
    ok(await store.findSession(otherDigest))
  })

  test('of twenty that replace one digest at once, one does', async () => {
    const store = await open()
    const { session, digest } = await insert(store)
    const replaced = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const to = randomBytes(32)
        const done = await store.transaction((each) => each.replaceTokenDigest(digest, to))
        return { to, done }
      }),
    )
    equal(await store.findSession(digest), null)
    const [winner, ...others] = replaced.filter(({ done }) => done)
    equal(others.length, 0)
    deepEqual((await store.findSession(winner?.to ?? digest))?.session, session)
  })

  test('a use moves the last one forward and never back, and begins no session', async () => {
    const store = await open()
    const many = []
    for (let count = 0; count < 51; count++) many.push(await insert(store))
    const { digest: untouched } = await insert(store)
    const [first] = many
    if (!first) throw new Error('The contract made no sessions')
    await store.transaction((each) => each.deleteSession(first.session))
    const ids = many.map(({ session }) => session.id)
    await store.recordUses('sessions', ids, later(2))
    await store.recordUses('sessions', ids, later(1))
    await store.recordUses('sessions', [], later(9))
    equal(await store.findSession(first.digest), null)
    for (const { digest } of many.slice(1)) {
      deepEqual((await store.findSession(digest))?.session.lastUsedAt, later(2))
    }
    deepEqual((await store.findSession(untouched))?.session.lastUsedAt, noon)
  })

  test('when a password was verified belongs to one session', async () => {
    const store = await open()
    const { user, session, digest } = await insert(store)
    const [other] = await insertNewer(store, user, [1])
    await store.transaction((each) => each.freshenSession(session, later(5)))
    deepEqual((await store.findSession(digest))?.session.passwordVerifiedAt, later(5))
    const page = { limit: 9, after: null, createdUntil: later(9) }
    const horizon = { usedAfter: later(-1), createdAfter: later(0), ...page }
    deepEqual(await store.listSessions(user.id, horizon), [other])
  })

  test('a device is new once, where the user was seen on another before', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const see = ({ id }: User, device: string) =>
      store.transaction((each) => each.seeDevice({ userId: id, device, seenAt: noon }))
    equal(await see(user, 'curl'), false)
    equal(await see(user, 'curl'), false)
    equal(await see(user, 'Firefox on Linux'), true)
    equal(await see(user, 'Firefox on Linux'), false)
    equal(await see(other, 'Firefox on Linux'), false)
  })
}

// The ids are in the order of time, as core makes them.
async function insertNewer(
  store: Store,
  user: User,
  milliseconds: readonly number[],
): Promise<Session[]> {
  const newer = milliseconds.map((each) => {
    const id = `ffffffff-0000-7000-8000-${String(each).padStart(12, '0')}`
    const instants = { createdAt: later(each), lastUsedAt: later(each) }
    return { ...newSession(user), ...instants, id }
  })
  for (const session of newer) {
    await store.transaction((each) => each.insertSession(session, randomBytes(32)))
  }
  return newer
}
