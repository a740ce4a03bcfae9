import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import type { Message, MessageKind, NewMessage } from '../../core/mail.ts'
import type { Store } from '../../core/store.ts'
import { insert, later, newEmailAddress, noon, run, type StoreContract } from './contract.ts'

/** The mails to be sent. */
export function outboxContract({ test, open }: StoreContract): void {
  test('a message is listed as it was queued, due at once and never tried', async () => {
    const store = await open()
    const message = newMessage()
    await queue(store, message)
    const [row] = await list(store)
    const untried = { attempts: 0, deferrals: 0, uncertain: 0, endedAt: null, lastError: null }
    deepEqual(row, { ...message, ...untried, id: row?.id, status: 'queued', dueAt: noon })
  })

  test('messages are listed newest first, so many, and of one status', async () => {
    const store = await open()
    const messages = [newMessage(), newMessage(), newMessage()]
    for (const message of messages) await queue(store, message)
    const claimed = await claim(store)
    await update(store, { ...claimed, status: 'sent', endedAt: noon })
    const newest = messages.map(({ recipient }) => recipient).reverse()
    deepEqual(recipientsOf(await list(store)), newest)
    deepEqual(recipientsOf(await store.listMessages(null, { limit: 2 })), newest.slice(0, 2))
    deepEqual(recipientsOf(await store.listMessages('queued', { limit: 9 })), newest.slice(0, 2))
    deepEqual(recipientsOf(await store.listMessages('sent', { limit: 9 })), newest.slice(2))
    deepEqual(await store.listMessages('failed', { limit: 9 }), [])
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

  test('a message is found by its id, and another id finds none', async () => {
    const store = await open()
    await queue(store, newMessage())
    const [message] = await list(store)
    const id = message?.id ?? 0
    deepEqual(await store.findMessage(id), message)
    equal(await store.findMessage(id + 1), null)
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

  test('a message that is not due yet is not claimed, unless a wrong clock set its time', async () => {
    const store = await open()
    await queue(store, newMessage())
    const claimed = await claim(store)
    await update(store, { ...claimed, dueAt: later(3_660_000) })
    equal(await tryClaim(store, later(0)), null)
    equal((await claim(store, later(-1))).id, claimed.id)
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
    equal(await update(store, tried), true)
    deepEqual(await list(store), [tried])
    const ended = { ...tried, status: 'unknown', endedAt: later(6), lastError: null } as const
    equal(await update(store, ended), true)
    deepEqual(await list(store), [ended])
    equal(await tryClaim(store, later(1_000_000)), null)
    equal(await update(store, tried), false)
    deepEqual(await list(store), [ended])
  })

  test('an attempt that is not the latest any more changes and deletes nothing', async () => {
    const store = await open()
    await queue(store, newMessage())
    const old = await claim(store, noon)
    const latest = await claim(store, later(60_000))
    equal(await update(store, { ...old, status: 'failed', endedAt: noon }), false)
    await run(store, (each) => each.deleteMessage(old))
    deepEqual(await list(store), [latest])
    equal(await update(store, latest), true)
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
    equal(await update(store, old), false)
    equal(await update(store, latest), false)
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

  test('resets for an address go, whatever became of them, and nothing else to it does', async () => {
    const store = await open()
    const [gone, other] = [newMessage(), newMessage()]
    for (const message of [gone, other]) await queue(store, message)
    await update(store, { ...(await claim(store)), status: 'sent', endedAt: noon })
    await queue(store, gone)
    await queue(store, { ...gone, kind: 'email_changed' })
    await run(store, (each) => each.deletePasswordResetMessages(gone.recipient))
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
}

function newMessage(kind: MessageKind = 'password_reset'): NewMessage {
  const recipient = newEmailAddress()
  return {
    kind,
    recipient,
    userId: null,
    apiKeyId: null,
    queuedAt: noon,
    giveUpAt: later(86_400_000),
  }
}

function queue(store: Store, message: NewMessage): Promise<void> {
  return run(store, (each) => each.insertMessage(message))
}

function list(store: Store): Promise<Message[]> {
  return store.listMessages(null, { limit: 100 })
}

function update(store: Store, message: Message): Promise<boolean> {
  return run(store, (each) => each.updateMessage(message))
}

function tryClaim(store: Store, now: Date): Promise<Message | null> {
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  const times = { now, until: after(60_000), latest: after(3_660_000) }
  return run(store, (each) => each.claimMessage(times))
}

async function claim(store: Store, now = noon): Promise<Message> {
  const message = await tryClaim(store, now)
  ok(message, 'No message was due')
  return message
}

function recipientsOf(messages: readonly Message[]): string[] {
  return messages.map(({ recipient }) => recipient)
}
