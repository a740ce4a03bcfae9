import { deepEqual, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { insert, newEmailAddress, noon, run, type StoreContract } from './contract.ts'

/** Events, which stay. */
export function eventsContract({ test, open }: StoreContract): void {
  const all = { userId: null, name: null, limit: 100, after: null }

  test('events are listed as they were written, newest first, by user and by name', async () => {
    const store = await open()
    const [first, second, third] = [newEvent(1), newEvent(2), newEvent(3, { userId: null })]
    await write(store, second, first)
    await store.recordEvents([third])
    deepEqual(await store.listEvents(all), [third, second, first])
    deepEqual(await store.listEvents({ ...all, limit: 1 }), [third])
    deepEqual(await store.listEvents({ ...all, after: second.id }), [first])
    const { userId } = first
    deepEqual(await store.listEvents({ ...all, userId }), [first])
    deepEqual(await store.listEvents({ ...all, userId, after: first.id }), [])
    const other = newEvent(4, { userId, name: 'user_created' })
    await write(store, other)
    deepEqual(await store.listEvents({ ...all, userId, name: 'user_created' }), [other])
    deepEqual(await store.listEvents({ ...all, name: 'user_created' }), [other])
  })

  test('an event goes with the transaction that wrote it', async () => {
    const store = await open()
    const undone = store.transaction(async (transaction) => {
      await transaction.insertEvents([newEvent(1)])
      throw new Error('undone')
    })
    await rejects(undone, /undone/)
    deepEqual(await store.listEvents(all), [])
  })

  test('of many that are written at once each is there once', async () => {
    const store = await open()
    const many = Array.from({ length: 530 }, (_, index) => newEvent(index + 1))
    await write(store, ...many)
    await run(store, (transaction) => transaction.insertEvents([]))
    deepEqual(await store.listEvents({ ...all, limit: 1_000 }), many.toReversed())
  })

  test('of one user, and no other, addresses and agent are taken away', async () => {
    const store = await open()
    const [gone, kept] = [newEvent(1), newEvent(2)]
    await write(store, gone, kept)
    await run(store, (transaction) => transaction.blankEvents(gone.userId ?? ''))
    const blank = { emailAddress: null, ipAddress: null, userAgent: null }
    deepEqual(await store.listEvents(all), [kept, { ...gone, ...blank }])
  })

  test('an event stays when its user is deleted, and needs none', async () => {
    const store = await open()
    const { user } = await insert(store)
    const event = newEvent(1, { userId: user.id })
    await store.recordEvents([event])
    await run(store, (transaction) => transaction.deleteUser(user.id))
    deepEqual(await store.listEvents(all), [event])
  })

  test('what is written down of a user who is gone by then has no addresses and no agent', async () => {
    const store = await open()
    const event = newEvent(1)
    await store.recordEvents([event])
    const blank = { emailAddress: null, ipAddress: null, userAgent: null }
    deepEqual(await store.listEvents(all), [{ ...event, ...blank }])
  })

  test('the connection of a transaction is part of it', async () => {
    const store = await open()
    const event = newEvent(1)
    await run(store, async ({ connection, insertEvents }) => {
      await insertEvents([event])
      const rows = await connection.query('SELECT detail FROM events WHERE id = $1', [event.id])
      deepEqual(rows, [[event.detail]])
    })
  })
}

async function write(store: Store, ...events: AuditEvent[]): Promise<void> {
  await run(store, async (transaction) => {
    await transaction.insertEvents(events)
  })
}

function newEvent(number: number, change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    name: 'session_expired',
    occurredAt: noon,
    userId: randomUUID(),
    actor: 'user',
    detail: 'logout',
    sessionId: randomUUID(),
    apiKeyId: randomUUID(),
    emailAddress: newEmailAddress(),
    ipAddress: '192.0.2.1',
    userAgent: 'curl/8.5.0',
    requestId: 'request-7',
    ...change,
  }
}
