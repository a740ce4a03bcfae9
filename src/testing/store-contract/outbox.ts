import { deepEqual, equal, rejects } from 'node:assert/strict'
import type { User } from '../../core/entities.ts'
import type { MessageKind } from '../../core/mail.ts'
import { insert, later, noon, run, type StoreContract } from './contract.ts'
import { claim, list, newMessage, queue, recipientsOf, update } from './messages.ts'

/** Queueing messages, and which of them are deleted with a user. */
export function outboxContract({ test, open }: StoreContract): void {
  test('a message is listed as it was queued, due at once and never tried', async () => {
    const store = await open()
    const message = newMessage()
    await queue(store, message)
    const [row] = await list(store)
    const untried = { attempts: 0, deferrals: 0, uncertain: 0, endedAt: null, lastError: null }
    deepEqual(row, { ...message, ...untried, id: row?.id, status: 'queued', dueAt: noon })
  })

  test('messages are listed newest first, so many, of one status, and after one', async () => {
    const store = await open()
    const messages = [newMessage(), newMessage(), newMessage()]
    for (const message of messages) await queue(store, message)
    const claimed = await claim(store)
    await update(store, { ...claimed, status: 'sent', endedAt: noon })
    const newest = messages.map(({ recipient }) => recipient).reverse()
    deepEqual(recipientsOf(await list(store)), newest)
    const two = await store.listMessages(null, { limit: 2 })
    deepEqual(recipientsOf(two), newest.slice(0, 2))
    const rest = { limit: 9, after: two.at(-1)?.id ?? null }
    deepEqual(recipientsOf(await store.listMessages(null, rest)), newest.slice(2))
    deepEqual(await store.listMessages('queued', rest), [])
    deepEqual(recipientsOf(await store.listMessages('sent', rest)), newest.slice(2))
    const all = { limit: 9, after: null }
    deepEqual(recipientsOf(await store.listMessages('queued', all)), newest.slice(0, 2))
    deepEqual(recipientsOf(await store.listMessages('sent', all)), newest.slice(2))
    deepEqual(await store.listMessages('failed', all), [])
  })

  test('what waits longest is found, resets left out, until it has ended', async () => {
    const store = await open()
    equal(await store.findLongestWait(), null)
    await queue(store, newMessage())
    equal(await store.findLongestWait(), null)
    for (const queuedAt of [later(1_000), later(2_000)]) {
      await queue(store, { ...newMessage('password_changed'), queuedAt })
    }
    deepEqual(await store.findLongestWait(), later(1_000))
    for (let count = 0; count < 3; count++) {
      const claimed = await claim(store, later(9_000))
      await update(store, { ...claimed, status: 'sent', endedAt: noon })
    }
    equal(await store.findLongestWait(), null)
  })

  test('a message of a transaction that is undone is not queued', async () => {
    const store = await open()
    const broken = run(store, async (transaction) => {
      await transaction.insertMessage(newMessage())
      throw new Error('broken')
    })
    await rejects(broken, /broken/)
    deepEqual(await list(store), [])
  })

  test('of one address one reset is open, which keeps its place and lasts longer', async () => {
    const store = await open()
    const first = newMessage()
    await queue(store, first)
    await queue(store, newMessage())
    const again = { ...first, queuedAt: later(60_000), giveUpAt: later(90_000_000) }
    await Promise.all(Array.from({ length: 20 }, () => queue(store, again)))
    const rows = (await list(store)).reverse()
    equal(rows.length, 2)
    const [row] = rows
    deepEqual(
      [row?.recipient, row?.queuedAt, row?.dueAt, row?.giveUpAt],
      [first.recipient, noon, noon, again.giveUpAt],
    )
  })

  test('a reset is queued again when the one before has ended; notices never wait for each other', async () => {
    const store = await open()
    const reset = newMessage()
    await queue(store, reset)
    await update(store, { ...(await claim(store)), status: 'failed', endedAt: noon })
    await queue(store, reset)
    const notice = newMessage('password_changed')
    await queue(store, { ...notice, recipient: reset.recipient })
    await queue(store, { ...notice, recipient: reset.recipient })
    equal((await list(store)).length, 4)
  })

  test('a claim is renewed while its attempt lasts, and not behind what became of that', async () => {
    const store = await open()
    await queue(store, newMessage())
    const message = await claim(store)
    const due = async () => (await store.findMessage(message.id))?.dueAt
    await run(store, (each) => each.renewClaim(message, later(60_000)))
    deepEqual(await due(), later(60_000))
    const deferred = { ...message, deferrals: message.deferrals + 1, dueAt: later(3_600_000) }
    await update(store, deferred)
    await run(store, (each) => each.renewClaim(message, later(70_000)))
    deepEqual(await due(), later(3_600_000))
  })

  test('a message is found by its id, and another id finds none', async () => {
    const store = await open()
    await queue(store, newMessage())
    const [message] = await list(store)
    const id = message?.id ?? 0
    deepEqual(await store.findMessage(id), message)
    equal(await store.findMessage(id + 1), null)
  })

  test('resets and registrations for an address go, whatever became of them, and nothing else to it does', async () => {
    const store = await open()
    const [gone, other] = [newMessage(), newMessage()]
    for (const message of [gone, other]) await queue(store, message)
    await update(store, { ...(await claim(store)), status: 'sent', endedAt: noon })
    await queue(store, gone)
    await queue(store, { ...gone, kind: 'registration' })
    await queue(store, { ...gone, kind: 'email_changed' })
    await run(store, (each) => each.deleteRequestedMessages(gone.recipient))
    const left = (await list(store)).map(({ kind, recipient }) => [kind, recipient])
    deepEqual(left, [
      ['email_changed', gone.recipient],
      ['password_reset', other.recipient],
    ])
  })

  test('a message goes with the user whom it is about', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    for (const { id } of [user, other]) {
      await queue(store, { ...newMessage('new_sign_in'), userId: id })
    }
    await queue(store, newMessage('email_changed'))
    await run(store, (each) => each.deleteUser(user.id))
    deepEqual(
      (await list(store)).map(({ userId }) => userId),
      [null, other.id],
    )
  })

  test('those like a message are counted, of its user and before it, since an instant', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const queueAt = (kind: MessageKind, { id }: User, milliseconds: number) =>
      queue(store, { ...newMessage(kind), userId: id, queuedAt: later(milliseconds) })
    await queueAt('new_sign_in', user, 0)
    await queueAt('new_sign_in', user, 1)
    await update(store, { ...(await claim(store)), status: 'failed', endedAt: noon })
    await update(store, { ...(await claim(store)), status: 'sent', endedAt: noon })
    await queueAt('password_changed', user, 2)
    await queueAt('new_sign_in', other, 3)
    await queueAt('new_sign_in', user, 4)
    await queueAt('new_sign_in', user, 5)
    const [last, middle] = await list(store)
    if (!last || !middle) throw new Error('Nothing is queued')
    equal(await store.countLike(last, new Date(0)), 3)
    equal(await store.countLike(last, later(1)), 1)
    equal(await store.countLike(last, later(4)), 0)
    equal(await store.countLike(middle, new Date(0)), 2)
    equal(await store.countLike({ ...last, userId: other.id }, new Date(0)), 1)
    equal(await store.countLike({ ...last, kind: 'password_changed' }, new Date(0)), 1)
  })

  test('a confirmation for one user and address is one; for two users it is two', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const message = newMessage('email_verification')
    for (const { id } of [user, user, other]) await queue(store, { ...message, userId: id })
    deepEqual(
      (await list(store)).map(({ userId }) => userId),
      [other.id, user.id],
    )
  })

  test('a registration for one address is one, whatever else is queued for it', async () => {
    const store = await open()
    const message = newMessage('registration')
    const reset = { ...message, kind: 'password_reset' } as const
    const again = { ...message, giveUpAt: later(90_000_000) }
    for (const each of [message, reset, again]) await queue(store, each)
    await Promise.all(Array.from({ length: 20 }, () => queue(store, again)))
    deepEqual(
      (await list(store)).map(({ kind, giveUpAt }) => [kind, giveUpAt]),
      [
        ['password_reset', message.giveUpAt],
        ['registration', again.giveUpAt],
      ],
    )
    await update(store, { ...(await claim(store)), status: 'sent', endedAt: noon })
    await queue(store, message)
    equal((await list(store)).length, 3)
  })
}
