import { deepEqual, equal } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Session, SessionAlias, User } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import type { StoreTransaction } from '../../core/store-transaction.ts'
import { insert, later, newSession, noon, run, type StoreContract } from './contract.ts'

/** The aliases by which access tokens name sessions, and what remains of them after the sessions have ended. */
export function accessTokensContract({ test, open }: StoreContract): void {
  test('a session keeps the alias that it got first, which moves forward and never back', async () => {
    const store = await open()
    const { session } = await insert(store)
    const first = newAlias()
    const put = (alias: SessionAlias) => run(store, (each) => each.putSessionAlias(session, alias))
    equal(await put(first), first.sid)
    equal(await put({ ...newAlias(), issuedAt: later(5), expiresAt: later(50) }), first.sid)
    equal(await put({ ...newAlias(), issuedAt: later(3), expiresAt: later(30) }), first.sid)
    await run(store, (each) => each.deleteSession(session))
    deepEqual(await listDead(store), [{ sid: first.sid, issuedAt: later(5), expiresAt: later(50) }])
  })

  test('two sessions have two aliases, and who is no session of the user’s gets none', async () => {
    const store = await open()
    const { session } = await insert(store)
    const { session: other } = await insert(store)
    const [one, another] = [newAlias(), newAlias()]
    const put = (own: { id: string; userId: string }, alias: SessionAlias) =>
      run(store, (each) => each.putSessionAlias(own, alias))
    equal(await put(session, one), one.sid)
    equal(await put(other, another), another.sid)
    equal(await put({ id: session.id, userId: other.userId }, newAlias()), null)
    await run(store, (each) => each.deleteSession(other))
    equal(await put(other, newAlias()), null)
    deepEqual(await listDead(store), [another])
  })

  test('of twenty that give one session an alias at once all get the same', async () => {
    const store = await open()
    const { session } = await insert(store)
    const given = await Promise.all(
      Array.from({ length: 20 }, () =>
        run(store, (each) => each.putSessionAlias(session, newAlias())),
      ),
    )
    equal(new Set(given).size, 1)
  })

  test('whatever ends a session leaves its alias without one, and those of others alone', async () => {
    const store = await open()
    const kept = await begin(store)
    const ended: string[] = []
    for (const end of endings) {
      const own = await begin(store)
      await run(store, (each) => end(each, own))
      ended.push(own.alias.sid)
    }
    const dead = await listDead(store)
    deepEqual(dead.map(({ sid }) => sid).sort(), ended.sort())
    equal(
      await run(store, (each) => each.putSessionAlias(kept.session, newAlias())),
      kept.alias.sid,
    )
    await run(store, (each) => each.deleteSessionsUpTo(lastId, { maximum: 1_000 }))
    equal((await listDead(store)).length, ended.length + 1)
  })

  test('sweeping a session that is over leaves its alias without one', async () => {
    const store = await open()
    const { session } = await insert(store)
    const alias = newAlias()
    await run(store, (each) => each.putSessionAlias(session, alias))
    const past = { overAt: noon, endedAfter: noon, occurredAfter: noon, changeAskedAfter: noon }
    const horizon = { ...past, usedAfter: noon, createdAfter: noon }
    await store.sweep('sessions', { horizon, from: null, maximum: 64 })
    deepEqual(await listDead(store), [alias])
  })

  test('dead aliases are listed of the last token first, those that some token may have, so many', async () => {
    const store = await open()
    const aliases = [1, 2, 3, 4].map((place) => ({
      ...newAlias(),
      issuedAt: later(place),
      expiresAt: later(100 + place),
    }))
    for (const alias of aliases) {
      const { session } = await insert(store)
      await run(store, (each) => each.putSessionAlias(session, alias))
      await run(store, (each) => each.deleteSession(session))
    }
    const newestFirst = aliases.toReversed()
    deepEqual(await listDead(store), newestFirst)
    deepEqual(await listDead(store, { limit: 2 }), newestFirst.slice(0, 2))
    deepEqual(await listDead(store, { now: later(102) }), newestFirst.slice(0, 2))
    deepEqual(await listDead(store, { issuedAfter: later(3) }), newestFirst.slice(0, 1))
  })
}

interface Begun {
  readonly user: User
  readonly session: Session
  readonly alias: SessionAlias
}

async function begin(store: Store): Promise<Begun> {
  const { user, session } = await insert(store)
  const alias = newAlias()
  await run(store, (each) => each.putSessionAlias(session, alias))
  return { user, session, alias }
}

const horizon = { usedAfter: later(-9), createdAfter: later(-9), createdUntil: later(9) }

const endings: readonly ((transaction: StoreTransaction, own: Begun) => Promise<unknown>)[] = [
  (each, { session }) => each.deleteSession(session),
  (each, { user }) => each.deleteSessions(user.id),
  (each, { user }) => each.deleteUser(user.id),
  (each, { user }) => each.deleteOtherSessions(newSession(user)),
  async (each, { user }) => {
    const newer = newSession(user)
    await each.insertSession(newer, randomBytes(32))
    await each.trimSessions(newer, { ...horizon, maximum: 1 })
  },
]

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

function newAlias(): SessionAlias {
  const sid = randomBytes(16).toString('base64url')
  return { sid, issuedAt: noon, expiresAt: later(10) }
}

function listDead(
  store: Store,
  { now = noon, issuedAfter = later(-1), limit = 100 } = {},
): Promise<SessionAlias[]> {
  return store.listDeadAliases(now, { issuedAfter, limit })
}
