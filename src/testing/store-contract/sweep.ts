import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Store, SweptKey } from '../../core/store.ts'
import { insert, later, newSession, noon, type StoreContract } from './contract.ts'

/** Expired rows, and how they are swept. */
export function sweepContract({ test, open }: StoreContract): void {
  test('sessions that are over go in steps of so many at most, and all others stay', async () => {
    const store = await open()
    const { user, digest } = await insert(store)
    const live: Uint8Array[] = []
    await store.transaction(async (transaction) => {
      for (let count = 0; count < 300; count++) {
        const isLive = count % 3 === 0
        const session = { ...newSession(user), ...(isLive ? { lastUsedAt: later(9) } : {}) }
        const own = randomBytes(32)
        if (isLive) live.push(own)
        await transaction.insertSession(session, own)
      }
    })
    const deleted = await sweepSessions(store)
    equal(
      deleted.reduce((sum, each) => sum + each),
      201,
    )
    ok(Math.max(...deleted) <= 64)
    equal(await store.findSession(digest), null)
    for (const own of live) ok(await store.findSession(own))
    deepEqual(await sweepSessions(store), [0])
  })

  test('a session that is yet to begin stays: the clock that says so may be the wrong one', async () => {
    const store = await open()
    const { user } = await insert(store)
    const digest = randomBytes(32)
    const instants = { createdAt: later(31_536_000_000), lastUsedAt: later(31_536_000_000) }
    const session = { ...newSession(user), ...instants }
    await store.transaction((each) => each.insertSession(session, digest))
    await sweepSessions(store)
    ok(await store.findSession(digest))
  })

  test('a lease is held by one, renewed by that one, and free when it has ended', async () => {
    const store = await open()
    const hold = (now: number, own = -1) =>
      store.holdLease('sweep', {
        now: later(now),
        until: later(now + 60),
        latest: later(now + 120),
        own: later(own),
      })
    const held = await Promise.all([hold(0), hold(0), hold(0)])
    deepEqual(held.sort(), [false, false, true])
    equal(await hold(59), false)
    equal(await hold(30, 60), true)
    equal(await hold(61), false)
    equal(await hold(90), true)
    // A process whose clock is a little behind cannot take the lease, and a holder whose clock is a year ahead cannot
    // keep it.
    equal(await hold(89), false)
    equal(await hold(90 + 31_536_000_000), true)
    equal(await hold(150), true)
  })
}

/** @returns how many rows each step deleted */
async function sweepSessions(store: Store): Promise<number[]> {
  const past = { overAt: noon, endedAfter: noon, occurredAfter: noon, changeAskedAfter: noon }
  const horizon = { ...past, usedAfter: noon, createdAfter: later(-9) }
  const deleted: number[] = []
  let from: SweptKey | null = null
  do {
    const step: { deleted: number; next: SweptKey | null } = await store.sweep('sessions', {
      horizon,
      from,
      maximum: 64,
    })
    deleted.push(step.deleted)
    from = step.next
  } while (from !== null)
  return deleted
}
