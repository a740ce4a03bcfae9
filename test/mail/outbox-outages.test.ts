// The mail server is away, refuses, puts off, or forgets to answer: every mail arrives all the same,
// in order, or it is there to be seen why not.
import type { Transport } from 'latchkey/server'
import { expect, test } from 'vitest'
import { address } from '../harness.ts'
import {
  createPost,
  defers,
  failOnce,
  forgets,
  isAway,
  type Post,
  startSending,
  takes,
  tokenIn,
} from './outbox-harness.ts'

const people = Array.from({ length: 20 }, (_, index) => `user-${index + 1}`)

test('after an hour without a mail server each mail arrives once, in order, with a good link', async () => {
  const post = createPost()
  post.answer = isAway
  const { ask, clock, outbox, redeems, signUp, statuses } = await startSending(post)
  await signUp(...people)
  for (const name of people) {
    await ask(name)
    await outbox.deliverDue()
    clock.advance({ minutes: 1 })
  }
  for (const _ of Array(80)) {
    await outbox.deliverDue()
    clock.advance({ milliseconds: 30_000 })
  }
  expect(post.mails).toEqual([])
  post.answer = takes
  await outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(people.map((name) => `${name}@example.com`))
  expect(await statuses()).toEqual(people.map(() => 'sent'))
  clock.advance({ minutes: 14 })
  for (const mail of post.mails) expect(await redeems(mail)).toBe(true)
})

test('a database that is away is no word about mails before it was there once', async () => {
  const { ask, auth, clock, log, outbox, signUp } = await startSending(createPost())
  for (const said of [[], [expect.stringContaining('no mail can be sent')]]) {
    failOnce(auth, 'claimMessage')
    await outbox.deliverDue()
    expect(log).toEqual(said)
    clock.advance({ milliseconds: 30_000 })
    await outbox.deliverDue()
  }
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(log).toContainEqual(expect.stringContaining('mails are sent again'))
})

test('while the mail server is away it is asked every 30 seconds at most, and for one mail', async () => {
  const post = createPost()
  post.answer = isAway
  const { ask, clock, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  for (const _ of Array(600)) {
    await outbox.deliverDue()
    clock.advance({ milliseconds: 1_000 })
  }
  // A pause is between 15 and 30 seconds once it has grown.
  expect(post.attempts.length).toBeGreaterThanOrEqual(600 / 31)
  expect(post.attempts.length).toBeLessThanOrEqual(600 / 15 + 6)
  expect(new Set(post.attempts)).toEqual(new Set(['ann']))
})

test('a server that was back is asked soon again when it is away again', async () => {
  const post = createPost()
  post.answer = isAway
  const { ask, clock, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann')
  for (const _ of Array(20)) {
    await outbox.deliverDue()
    clock.advance({ milliseconds: 30_000 })
  }
  post.answer = takes
  await outbox.deliverDue()
  post.answer = isAway
  await ask('bob')
  await outbox.deliverDue()
  post.answer = takes
  clock.advance({ milliseconds: 1_000 })
  await outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(['ann@example.com', 'bob@example.com'])
})

test('after 24 hours without a mail server a mail has failed, not before', async () => {
  const post = createPost()
  post.answer = isAway
  const { ask, clock, log, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  clock.advance({ hours: 24, milliseconds: -1 })
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'queued', endedAt: null, lastError: 'away' }])
  clock.advance({ milliseconds: 30_000 })
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'failed', endedAt: clock() }])
  expect(log.at(-1)).toContain('"status":"failed","reason":"away"')
  clock.advance({ hours: 1 })
  post.answer = takes
  await outbox.deliverDue()
  expect(post.mails).toEqual([])
})

test('a mail that is put off waits longer each time, and fails after a day', async () => {
  const post = createPost()
  post.answer = defers
  const { ask, clock, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  for (const nth of Array(9).keys()) {
    await outbox.deliverDue()
    const [message] = await messages()
    const waits = (message?.dueAt.getTime() ?? 0) - clock().getTime()
    const longest = Math.min(30_000 * 2 ** nth, 3_600_000)
    expect(message).toMatchObject({ status: 'queued', deferrals: nth + 1, lastError: 'later' })
    expect(waits).toBeGreaterThanOrEqual(longest / 2)
    expect(waits).toBeLessThanOrEqual(longest)
    clock.advance({ milliseconds: waits - 1 })
    await outbox.deliverDue()
    expect(post.attempts).toHaveLength(nth + 1)
    clock.advance({ milliseconds: 1 })
  }
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 10 }])
  clock.advance({ hours: 24 })
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'failed', deferrals: 11, lastError: 'later' }])
  clock.advance({ hours: 2 })
  await outbox.deliverDue()
  expect(post.attempts).toHaveLength(11)
})

test('a mail that is put off holds up no other, and those arrive in order', async () => {
  const post = createPost()
  const bad: Record<string, Post['answer']> = {
    bob: defers,
    eve: async () => ({ status: 'refused', reason: 'no such mailbox' }),
  }
  post.answer = (attempt, write) =>
    (bad[attempt.to.replace('@example.com', '')] ?? takes)(attempt, write)
  const { ask, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann', 'bob', 'carol', 'eve', 'dave')
  await ask('ann', 'bob', 'carol', 'eve', 'dave')
  await outbox.deliverDue()
  expect(post.attempts).toEqual(['ann', 'bob', 'carol', 'eve', 'dave'])
  expect(await statuses()).toEqual(['sent', 'queued', 'sent', 'failed', 'sent'])
})

test('however many mails are put off, a new one is the first to be tried', async () => {
  const post = createPost()
  post.answer = defers
  const { ask, clock, messages, outbox, signUp } = await startSending(post)
  await signUp(...people, 'ann', 'bob')
  await ask(...people)
  await outbox.deliverDue()
  clock.advance({ hours: 1 })
  await ask('ann', 'bob')
  post.attempts.splice(0)
  await outbox.deliverDue()
  expect(post.attempts.slice(0, 2)).toEqual(['ann', 'bob'])
  const dueAt = new Map(
    (await messages()).map((message) => [message.recipient.replace(/@.*/, ''), +message.dueAt]),
  )
  clock.advance({ hours: 1 })
  post.attempts.splice(0)
  await outbox.deliverDue()
  expect(post.attempts.toSorted()).toEqual([...dueAt.keys()].toSorted())
  // Two of the random waits can be equal, so the times are compared, not the names.
  expect(post.attempts.map((name) => dueAt.get(name))).toEqual(
    [...dueAt.values()].toSorted((one, other) => one - other),
  )
})

test.each([{ days: 1 }, { days: -1 }, { hours: 2 }, { hours: -2 }, { minutes: -30 }])(
  'a clock that is moved by %o strands nothing',
  async (jump) => {
    const post = createPost()
    const { ask, clock, outbox, signUp, statuses } = await startSending(post)
    await signUp('ann', 'bob', 'carol')
    await ask('ann', 'bob')
    // One is put off, one is in the hands of a worker that dies, one was not tried.
    post.answer = defers
    await outbox.deliverDue()
    await ask('carol')
    post.answer = isAway
    await outbox.deliverDue()
    post.answer = takes
    clock.advance(jump)
    await outbox.deliverDue()
    clock.advance({ hours: 1 })
    await outbox.deliverDue()
    expect(await statuses()).toEqual(['sent', 'sent', 'sent'])
    expect(post.mails).toHaveLength(3)
  },
)

test('a row that a clock a day ahead has claimed is taken up at once by the right one', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const now = new Date(clock().getTime() + 86_400_000)
  const until = new Date(now.getTime() + 60_000)
  const claim = { now, until, latest: new Date(until.getTime() + 3_600_000) }
  await auth.config.store.transaction((transaction) => transaction.claimMessage(claim))
  await outbox.deliverDue()
  expect([await statuses(), post.mails.length]).toEqual([['sent'], 1])
})

test.each([
  ['a minute', { minutes: 1 }],
  ['an hour', { hours: 1 }],
  ['a year', { days: 365 }],
])(
  'a mail that was queued by a clock %s ahead leaves as soon as the clock is right',
  async (_, jump) => {
    const post = createPost()
    const { ask, clock, outbox, redeems, signUp, statuses } = await startSending(post)
    await signUp('ann')
    const right = clock()
    clock.advance(jump)
    await ask('ann')
    clock.set(right)
    await outbox.deliverDue()
    expect([await statuses(), post.mails.length]).toEqual([['sent'], 1])
    expect(await redeems(post.mails[0])).toBe(true)
  },
)

test('a mail that another process sends is not taken up by a clock some minutes behind its own', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const after = (milliseconds: number) => new Date(clock().getTime() + milliseconds)
  const claim = { now: after(300_000), until: after(330_000), latest: after(3_930_000) }
  await auth.config.store.transaction((transaction) => transaction.claimMessage(claim))
  await outbox.deliverDue()
  expect([await statuses(), post.mails.length]).toEqual([['queued'], 0])
})

test.each(['claimMessage', 'updateMessage', 'insertPasswordReset'] as const)(
  'a database that fails at %s loses no mail, and sends none twice',
  async (statement) => {
    const post = createPost()
    const { ask, auth, clock, log, messages, outbox, redeems, signUp } = await startSending(post)
    await signUp('ann', 'bob')
    await ask('ann', 'bob')
    failOnce(auth, statement)
    await outbox.deliverDue()
    expect(post.mails).toEqual([])
    expect(log).toHaveLength(1)
    const open = { status: 'queued', deferrals: 0, uncertain: 0 }
    expect(await messages()).toMatchObject([open, open])
    clock.advance({ milliseconds: 1_000 })
    await outbox.deliverDue()
    expect(post.mails.map(({ to }) => to)).toEqual(['ann@example.com', 'bob@example.com'])
    expect(await redeems(post.mails[0])).toBe(true)
  },
)

test('a look-up that fails loses no mail, and stops no other', async () => {
  const post = createPost()
  const { ask, auth, clock, messages, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  const { store } = auth.config
  const { findCredentials } = store
  store.findCredentials = async () => {
    throw new Error('broken')
  }
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ deferrals: 1 }, { deferrals: 1 }])
  store.findCredentials = findCredentials
  clock.advance({ minutes: 1 })
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(2)
})

test('a message of a kind that this version does not know fails in the end, and stops no other', async () => {
  const post = createPost()
  const { ask, auth, clock, database, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  const recipient = address('bob@example.com')
  const now = clock()
  await auth.config.store.transaction((transaction) =>
    transaction.insertMessage({
      // @ts-expect-error: what a newer version queued before it was taken back
      kind: 'from_the_future',
      recipient,
      userId: null,
      apiKeyId: null,
      queuedAt: now,
      giveUpAt: new Date(now.getTime() + 86_400_000),
    }),
  )
  await ask('ann')
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(1)
  for (let hour = 1; hour <= 25; hour++) {
    clock.advance({ hours: 1 })
    await outbox.deliverDue()
  }
  expect(await messages()).toMatchObject([{ status: 'sent' }])
  const rows = await database.query("SELECT kind FROM outbox WHERE status = 'failed'")
  expect(rows).toEqual([['from_the_future']])
})

test('what a transport did not let go holds no live link, whatever it says of itself', async () => {
  const statuses = ['refused', 'deferred', 'unavailable'] as const
  for (const status of statuses) {
    const transport: Transport = {
      async deliver({ compose }) {
        await compose()
        return { status, reason: 'no' }
      },
    }
    const { ask, database, outbox, signUp } = await startSending(transport)
    await signUp('ann')
    await ask('ann')
    await outbox.deliverDue()
    expect([status, await database.query('SELECT user_id FROM password_resets')]).toEqual([
      status,
      [],
    ])
  }
})

test('a mail that left without an answer is owed: it waits while three links are live', async () => {
  const post = createPost()
  const { ask, auth, clock, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  for (let mail = 1; mail <= 2; mail++) {
    await ask('ann')
    await outbox.deliverDue()
  }
  post.answer = forgets
  await ask('ann')
  await outbox.deliverDue()
  expect((await messages()).at(-1)).toMatchObject({ status: 'queued', uncertain: 1 })
  post.answer = takes
  clock.advance({ minutes: 1 })
  await outbox.deliverDue()
  expect((await messages()).at(-1)).toMatchObject({ status: 'queued', deferrals: 1 })
  clock.advance({ minutes: 15 })
  await outbox.deliverDue()
  expect((await messages()).at(-1)).toMatchObject({ status: 'sent' })
  expect(
    await auth.resetPassword(tokenIn(post.mails.at(-1)), 'another horse battery'),
  ).not.toBeNull()
})
