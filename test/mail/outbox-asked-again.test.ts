// Who asks for a link while a mail is on its way: they found it queued, and wait for one of their own.
import type { Auth, StoreTransaction } from 'latchkey/server'
import { expect, inject, test } from 'vitest'
import {
  createPost,
  defers,
  forgets,
  isAway,
  type Post,
  refuses,
  type Sending,
  startSending,
  takes,
  tokenIn,
} from './outbox-harness.ts'

type Asking = Sending & { readonly post: Post }

/** What happens at the next mail, before it leaves or after it has; the server takes all after it. */
interface Busy {
  readonly beforeIt?: (asking: Asking) => Promise<void>
  readonly afterIt?: (asking: Asking) => Promise<void>
  readonly answer?: Post['answer']
}

/** Ann has asked for a reset, and the mail server is about to be busy with it. */
async function startAsking(busy: Busy) {
  const post = createPost()
  const asking: Asking = { ...(await startSending(post)), post }
  await asking.signUp('ann')
  await asking.ask('ann')
  keepBusy(asking, busy)
  return asking
}

function keepBusy(
  asking: Asking,
  { beforeIt = async () => {}, afterIt = async () => {}, answer = takes }: Busy,
): void {
  asking.post.answer = async (attempt, write) => {
    asking.post.answer = takes
    await beforeIt(asking)
    const delivery = await answer(attempt, write)
    await afterIt(asking)
    return delivery
  }
}

async function askAgain({ ask, clock }: Asking): Promise<void> {
  clock.advance({ seconds: 1 })
  await ask('ann')
}

/** Two workers, one after the other, let the next mail go and are not heard of again. */
async function dieTwice({ auth, clock }: Pick<Sending, 'auth' | 'clock'>): Promise<void> {
  const { store } = auth.config
  const after = (seconds: number) => new Date(clock().getTime() + seconds * 1_000)
  for (const uncertain of [1, 2]) {
    const claim = { now: clock(), until: after(30), latest: after(3_600) }
    await store.transaction(async (transaction) => {
      const claimed = await transaction.claimMessage(claim)
      if (claimed) await transaction.updateMessage({ ...claimed, uncertain })
    })
    clock.advance({ seconds: 31 })
  }
}

/** The mails in which there is a link, each with what it holds. */
function links({ mails }: Post) {
  return mails.filter((mail) => tokenIn(mail) !== '')
}

test('who has used the link before its row says that it left, and asks again, gets another', async () => {
  const { outbox, post, redeems, statuses } = await startAsking({
    async afterIt({ ask, clock, post, redeems }) {
      expect(await redeems(post.mails[0])).toBe(true)
      clock.advance({ minutes: 1 })
      await ask('ann', 'ann')
    },
  })
  await outbox.deliverDue()
  expect(await statuses()).toEqual(['sent', 'sent'])
  const linked = links(post)
  expect(linked).toHaveLength(2)
  expect(await redeems(linked[1])).toBe(true)
  await outbox.deliverDue()
  expect(links(post)).toHaveLength(2)
})

test('who asks again before the mail leaves gets that one, whoever had taken it up', async () => {
  const { outbox, post, statuses } = await startAsking({ beforeIt: askAgain })
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['sent'], 1])
})

test('a database that fails at the record queues one more mail, not two', async () => {
  const { outbox, post, statuses } = await startAsking({
    async afterIt(asking) {
      await askAgain(asking)
      const { store } = asking.auth.config
      const { transaction } = store
      // Committed, and not known to be.
      store.transaction = async (work) => {
        store.transaction = transaction
        await transaction(work)
        throw new Error('broken')
      }
    },
  })
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['sent', 'sent'], 2])
})

test('a worker whose claim has ended queues nothing: who has it now sends it to them', async () => {
  const { outbox, post, statuses } = await startAsking({
    async afterIt(asking) {
      await askAgain(asking)
      asking.clock.advance({ seconds: 31 })
      await asking.another(asking.post).deliverDue()
    },
  })
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['sent'], 2])
})

test('who asks again while a mail leaves a second time without an answer gets another', async () => {
  const asking = await startAsking({ afterIt: askAgain, answer: forgets })
  const { clock, outbox, post, statuses } = asking
  await outbox.deliverDue()
  expect(await statuses()).toEqual(['queued'])
  clock.advance({ minutes: 2 })
  keepBusy(asking, { afterIt: askAgain, answer: forgets })
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['unknown', 'sent'], 3])
})

test('who asks after both workers that sent it have died gets another', async () => {
  const asking = await startAsking({})
  const { ask, outbox, post, statuses } = asking
  await dieTwice(asking)
  await ask('ann')
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['unknown', 'sent'], 1])
})

test('a notice that was queued again, and that both its workers died with, is said no other time', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(await redeems(post.mails[0])).toBe(true)
  post.answer = refuses
  await outbox.deliverDue()
  const { store } = auth.config
  const [notice] = await store.listMessages('failed', { limit: 10 })
  clock.advance({ hours: 1 })
  const again = { now: clock(), giveUpAt: new Date(clock().getTime() + 86_400_000) }
  await store.transaction((transaction) => transaction.retryMessage(notice?.id ?? 0, again))
  await dieTwice({ auth, clock })
  await outbox.deliverDue()
  const messages = await store.listMessages(null, { limit: 10 })
  expect(messages.map(({ kind, status }) => [kind, status])).toEqual([
    ['password_changed', 'unknown'],
    ['password_reset', 'sent'],
  ])
})

test('nobody is owed a mail behind one that is refused', async () => {
  const { outbox, post, statuses } = await startAsking({ afterIt: askAgain, answer: refuses })
  await outbox.deliverDue()
  expect([await statuses(), post.attempts]).toEqual([['failed'], ['ann']])
})

test.each([
  ['defers', defers],
  ['is away', isAway],
] as const)(
  'who asks again as a mail fails, a day old, is tried for another day: the server %s',
  async (_, answer) => {
    const { clock, outbox, post, statuses } = await startAsking({ beforeIt: askAgain, answer })
    clock.advance({ hours: 24 })
    await outbox.deliverDue()
    // A server that is away pauses all.
    clock.advance({ minutes: 1 })
    await outbox.deliverDue()
    expect([await statuses(), links(post).length]).toEqual([['failed', 'sent'], 1])
  },
)

test('who signs up and asks while a request for nobody is put away is written to', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, signUp, statuses } = await startSending(post)
  await ask('ann')
  const { store } = auth.config
  const { findCredentials } = store
  store.findCredentials = async (emailAddress) => {
    store.findCredentials = findCredentials
    const found = await findCredentials(emailAddress)
    clock.advance({ seconds: 1 })
    await signUp('ann')
    await ask('ann')
    return found
  }
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['queued'], 0])
  clock.advance({ seconds: 31 })
  await outbox.deliverDue()
  expect([await statuses(), links(post).length]).toEqual([['sent'], 1])
})

test('who asks again for a proof of their address while one is on its way gets another', async () => {
  const { ask, outbox, post } = await startProving()
  post.answer = async (attempt, write) => {
    post.answer = takes
    const delivery = await takes(attempt, write)
    await ask()
    return delivery
  }
  await outbox.deliverDue()
  expect(post.mails.map(({ text }) => /lkv_\w+/.test(text))).toEqual([true, true])
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(2)
})

test('a user who is deleted as their proof is recorded is owed nothing, and neither waits for the other', async () => {
  const { ask, auth, outbox, post, user } = await startProving()
  const deletions: Promise<void>[] = []
  const faults: unknown[] = []
  post.answer = async (attempt, write) => {
    const delivery = await takes(attempt, write)
    await ask()
    const held = holdDeletion(auth, faults)
    deletions.push(auth.deleteUser(user))
    await held
    return delivery
  }
  await outbox.deliverDue()
  await Promise.all(deletions)
  const left = await auth.config.store.listMessages(null, { limit: 10 })
  expect([post.mails.length, left, faults]).toEqual([1, [], []])
})

/** Ann has asked for a proof of her address, and may again. */
async function startProving() {
  const post = createPost()
  const sending = await startSending(post)
  const { auth, clock } = sending
  const begun = await auth.signUp({ emailAddress: 'ann@example.com', password: 'horse of ann' })
  if (begun.outcome !== 'signed_up') throw new Error('Nobody signed up')
  const ask = async () => {
    clock.advance({ seconds: 1 })
    await auth.requestEmailVerification(begun)
  }
  await ask()
  return { ...sending, post, ask, user: begun.user }
}

// Until the record of a mail is under way: it has its row, or waits for the user. On SQLite there is one
// transaction at a time, and none to be held up.
function holdDeletion({ config: { store } }: Auth, faults: unknown[]): Promise<void> {
  if (inject('database') === 'sqlite') return Promise.resolve()
  const { transaction } = store
  const isHeld = Promise.withResolvers<void>()
  const isRecording = Promise.withResolvers<void>()
  const isDeleting = Promise.withResolvers<void>()
  const changes: ((statements: StoreTransaction) => Partial<StoreTransaction>)[] = [
    ({ deleteUser }) => ({
      async deleteUser(userId) {
        isHeld.resolve()
        await isRecording.promise
        const deleted = deleteUser(userId)
        isDeleting.resolve()
        return deleted
      },
    }),
    ({ holdUser, updateMessage }) => ({
      holdUser(userId) {
        isRecording.resolve()
        return holdUser(userId)
      },
      async updateMessage(message) {
        const recorded = await updateMessage(message)
        isRecording.resolve()
        await isDeleting.promise
        return recorded
      },
    }),
  ]
  store.transaction = async (work) => {
    const change = changes.shift()
    try {
      return await transaction((statements) => work({ ...statements, ...change?.(statements) }))
    } catch (error) {
      // A record is tried again, and nobody would hear of it.
      faults.push(error)
      throw error
    }
  }
  return isHeld.promise
}
