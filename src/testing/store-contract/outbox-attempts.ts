import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Message } from '../../core/mail.ts'
import { insert, later, noon, run, type StoreContract } from './contract.ts'
import { claim, list, newMessage, queue, tryClaim, update } from './messages.ts'

/** Claiming a message, and what happens to it afterwards. */
export function outboxAttemptsContract({ test, open }: StoreContract): void {
  test('the first message that is due is claimed, and not again before its claim ends', async () => {
    const store = await open()
    const messages = [newMessage(), newMessage()]
    for (const message of messages) await queue(store, message)
    const first = await claim(store, noon)
    deepEqual(
      [first.recipient, first.attempts, first.dueAt],
      [messages[0]?.recipient, 1, later(60_000)],
    )
    equal((await claim(store, noon)).recipient, messages[1]?.recipient)
    equal(await tryClaim(store, later(59_999)), null)
    const again = await claim(store, later(60_000))
    deepEqual([again.id, again.attempts], [first.id, 2])
  })

  test('a claim is renewed by whoever has it, and by nobody who had it before', async () => {
    const store = await open()
    await queue(store, newMessage())
    const first = await claim(store, noon)
    const renew = (message: Message, until: Date) =>
      store.transaction((transaction) => transaction.renewClaim(message, until))
    await renew(first, later(90_000))
    equal(await tryClaim(store, later(89_999)), null)
    const second = await claim(store, later(90_000))
    await renew(first, later(900_000))
    const third = await claim(store, later(150_000))
    deepEqual([second.attempts, third.attempts], [2, 3])
    await update(store, { ...third, status: 'sent', endedAt: noon })
    await renew(third, later(900_000))
    deepEqual((await list(store))[0]?.dueAt, third.dueAt)
  })

  test('a message that nobody has claimed yet is due, by whichever clock it was queued', async () => {
    const store = await open()
    for (const queuedAt of [later(1), later(3_600_000)])
      await queue(store, { ...newMessage(), queuedAt })
    deepEqual((await claim(store, noon)).queuedAt, later(1))
    deepEqual((await claim(store, noon)).queuedAt, later(3_600_000))
    equal(await tryClaim(store, noon), null)
  })

  test('a message that is not due yet is not claimed, unless a wrong clock set its time', async () => {
    const store = await open()
    await queue(store, newMessage())
    const claimed = await claim(store)
    await update(store, { ...claimed, dueAt: later(3_660_000) })
    equal(await tryClaim(store, later(0)), null)
    equal((await claim(store, later(-1))).id, claimed.id)
  })

  test('messages that were put off wait for all that were not, and go in the order in which they were due', async () => {
    const store = await open()
    const putOff: number[] = []
    for (const due of [2, 1, 3_900_000, 3]) {
      await queue(store, newMessage())
      const claimed = await claim(store)
      await update(store, { ...claimed, deferrals: 1, dueAt: later(due) })
      putOff.push(claimed.id)
    }
    const [second, first, wrong, third] = putOff
    // A message whose delivery is uncertain does not count as put off.
    await queue(store, newMessage())
    const unknown = await claim(store)
    await update(store, { ...unknown, uncertain: 1, dueAt: later(2) })
    const untried = newMessage()
    await queue(store, untried)
    equal((await claim(store, later(3))).id, unknown.id)
    equal((await claim(store, later(3))).recipient, untried.recipient)
    for (const id of [first, second, third, wrong]) equal((await claim(store, later(3))).id, id)
    equal(await tryClaim(store, later(3)), null)
  })

  test('of fifty who claim at once, each gets a message of its own', async () => {
    const store = await open()
    for (let left = 20; left > 0; left--) await queue(store, newMessage())
    const claims = await Promise.all(Array.from({ length: 50 }, () => tryClaim(store, noon)))
    const ids = claims.flatMap((message) => message?.id ?? [])
    deepEqual([ids.length, new Set(ids).size], [20, 20])
  })

  test('what became of an attempt is written as a whole, and ends the message', async () => {
    const store = await open()
    await queue(store, newMessage())
    const claimed = await claim(store)
    const tried = { ...claimed, deferrals: 3, uncertain: 1, dueAt: later(5), lastError: 'é 😀' }
    deepEqual(await update(store, tried), tried)
    deepEqual(await list(store), [tried])
    const ended = { ...tried, status: 'unknown', endedAt: later(6), lastError: null } as const
    deepEqual(await update(store, ended), ended)
    deepEqual(await list(store), [ended])
    equal(await tryClaim(store, later(1_000_000)), null)
    equal(await update(store, tried), null)
    deepEqual(await list(store), [ended])
  })

  test('what was asked for again since it was claimed says so, and is not deleted', async () => {
    const store = await open()
    const message = newMessage()
    await queue(store, message)
    const claimed = await claim(store)
    const giveUpAt = later(86_400_001)
    await queue(store, { ...message, giveUpAt })
    await run(store, (each) => each.deleteMessage(claimed))
    deepEqual(await update(store, claimed), { ...claimed, giveUpAt })
    await run(store, (each) => each.deleteMessage({ ...claimed, giveUpAt }))
    deepEqual(await list(store), [])
  })

  test('an attempt that is not the latest any more changes and deletes nothing', async () => {
    const store = await open()
    await queue(store, newMessage())
    const old = await claim(store, noon)
    const latest = await claim(store, later(60_000))
    equal(await update(store, { ...old, status: 'failed', endedAt: noon }), null)
    await run(store, (each) => each.deleteMessage(old))
    deepEqual(await list(store), [latest])
    deepEqual(await update(store, latest), latest)
    await run(store, (each) => each.deleteMessage(latest))
    deepEqual(await list(store), [])
  })

  test('a message that ended without being sent is queued again, others are not', async () => {
    const store = await open()
    const times = { now: later(10), giveUpAt: later(20) }
    const retry = (id: number) => run(store, (each) => each.retryMessage(id, times))
    for (const status of ['failed', 'unknown', 'sent'] as const) {
      await queue(store, newMessage())
      const ended = { ...(await claim(store)), status, endedAt: noon, deferrals: 4, uncertain: 2 }
      await update(store, { ...ended, lastError: 'no' })
      equal(await retry(ended.id), status !== 'sent')
      const [row] = await list(store)
      if (status === 'sent') equal(row?.status, 'sent')
      else {
        const anew = { deferrals: 0, uncertain: 0, endedAt: null, lastError: 'no' }
        const due = { dueAt: times.now, giveUpAt: times.giveUpAt, status: 'queued' }
        deepEqual(row, { ...ended, ...anew, ...due })
        equal(await retry(ended.id), false)
        await update(store, { ...ended, status: 'sent' })
      }
    }
    equal(await retry(1_000_000), false)
  })

  test('an attempt from before a retry is not the latest one after it', async () => {
    const store = await open()
    await queue(store, newMessage())
    const old = await claim(store, noon)
    const latest = await claim(store, later(60_000))
    await update(store, { ...latest, status: 'failed', endedAt: noon })
    await run(store, (each) => each.retryMessage(old.id, { now: noon, giveUpAt: later(9) }))
    const anew = await claim(store, later(60_000))
    ok(anew.attempts > latest.attempts)
    equal(await update(store, old), null)
    equal(await update(store, latest), null)
  })

  test('a reset is not queued again while the same is; a notice always is', async () => {
    const store = await open()
    for (const kind of ['password_reset', 'password_changed'] as const) {
      const message = newMessage(kind)
      await queue(store, message)
      const ended = await claim(store)
      await update(store, { ...ended, status: 'failed', endedAt: noon })
      await queue(store, message)
      const times = { now: noon, giveUpAt: message.giveUpAt }
      const retried = await run(store, (each) => each.retryMessage(ended.id, times))
      equal(retried, kind === 'password_changed')
      await claim(store)
    }
  })

  test('what is queued of another kind, for another user or for another address lets a message be queued again', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const ofUser = { ...newMessage('email_verification'), userId: user.id }
    const reset = newMessage()
    const { recipient } = newMessage()
    const cases = [
      [ofUser, { ...ofUser, userId: other.id }, { ...ofUser, recipient }],
      [reset, { ...reset, kind: 'registration' }, { ...reset, recipient }],
    ] as const
    for (const [message, ...others] of cases) {
      await queue(store, message)
      const { id, ...failed } = await claim(store)
      await update(store, { ...failed, id, status: 'failed', endedAt: noon })
      for (const each of others) await queue(store, each)
      const retry = () =>
        run(store, (each) => each.retryMessage(id, { now: noon, giveUpAt: later(9) }))
      equal(await retry(), true)
      equal(await retry(), false)
      for (const _ of [message, ...others]) await claim(store)
    }
  })
}
