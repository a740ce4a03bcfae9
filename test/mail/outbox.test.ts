// From the request to the mail: what is queued, who gets it, how often, and when.
import { AuthError, createLog, createOutbox } from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { mailFrom } from '../harness.ts'
import { createPost, forgets, refuses, startSending, takes, tokenIn } from './outbox-harness.ts'

test('a request that is undone queues nothing, and says so', async () => {
  const post = createPost()
  const { auth, ask, send, messages, signUp, outbox } = await startSending(post)
  await signUp('ann')
  const { store } = auth.config
  const { transaction } = store
  store.transaction = (work) =>
    transaction(async (statements) => {
      await work(statements)
      throw new AuthError('unavailable')
    })
  const { status } = await send('POST /v1/passwords', { email_address: 'ann@example.com' })
  expect(status).toBe(503)
  store.transaction = transaction
  expect(await messages()).toEqual([])
  await ask('ann')
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(1)
})

test('a reset whose notice cannot be queued has not happened', async () => {
  const post = createPost()
  const { auth, ask, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  const { store } = auth.config
  const { transaction } = store
  const insertMessage = async () => {
    throw new AuthError('unavailable')
  }
  store.transaction = (work) => transaction((each) => work({ ...each, insertMessage }))
  await expect(redeems(post.mails[0])).rejects.toThrow('unavailable')
  store.transaction = transaction
  const old = { emailAddress: 'ann@example.com', password: 'horse of ann' }
  expect(await auth.logIn(old)).not.toBeNull()
  expect(await redeems(post.mails[0])).toBe(true)
})

test('who asks again before the mail has left gets one mail, afterwards another', async () => {
  const post = createPost()
  const { ask, messages, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob', 'ann', 'ann')
  expect((await messages()).map(({ recipient }) => recipient)).toEqual([
    'ann@example.com',
    'bob@example.com',
  ])
  await outbox.deliverDue()
  await ask('ann')
  await outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual([
    'ann@example.com',
    'bob@example.com',
    'ann@example.com',
  ])
})

test('for an address that nobody has the row is deleted at once and nobody is written to', async () => {
  const post = createPost()
  const { ask, messages, outbox, log } = await startSending(post)
  await ask('nobody')
  expect(await messages()).toHaveLength(1)
  await outbox.deliverDue()
  expect([await messages(), post.attempts, log]).toEqual([[], [], []])
})

test('three links live at most: the fourth request sends nothing until one has expired', async () => {
  const post = createPost()
  const { ask, clock, messages, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  for (const _ of Array(4)) {
    await ask('ann')
    await outbox.deliverDue()
    clock.advance({ minutes: 1 })
  }
  expect([post.mails.length, (await messages()).length]).toEqual([3, 3])
  clock.advance({ minutes: 11, milliseconds: -1 })
  await ask('ann')
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(3)
  clock.advance({ milliseconds: 1 })
  await ask('ann')
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(4)
  expect(await redeems(post.mails[0])).toBe(false)
  expect(await redeems(post.mails[1])).toBe(true)
})

test('a mail that was refused for certain leaves no live link', async () => {
  const post = createPost()
  post.answer = async (attempt, write) => {
    await write()
    return refuses(attempt, write)
  }
  const { ask, auth, database, log, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'failed', attempts: 1, lastError: 'never' }])
  expect(log).toEqual([expect.stringContaining('"status":"failed"')])
  expect(await auth.isPasswordResetLive(tokenIn(post.mails[0]))).toBe(false)
  expect(await database.query('SELECT * FROM password_resets')).toEqual([])
})

test('a mail that was put off leaves no live link, and the next one works', async () => {
  const post = createPost()
  post.answer = async (_attempt, write) => {
    await write()
    return { status: 'deferred', reason: 'later' }
  }
  const { ask, auth, clock, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(await auth.isPasswordResetLive(tokenIn(post.mails[0]))).toBe(false)
  post.answer = takes
  clock.advance({ milliseconds: 30_000 })
  await outbox.deliverDue()
  expect(await redeems(post.mails[1])).toBe(true)
})

test('a mail that may have arrived is sent once more, under the same id, and both work', async () => {
  const post = createPost()
  post.answer = forgets
  const { ask, auth, clock, messages, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'queued', uncertain: 1 }])
  clock.advance({ milliseconds: 14_999 })
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(1)
  // Who asks meanwhile has not begun another mail.
  await ask('ann')
  clock.advance({ milliseconds: 15_001 })
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'unknown', uncertain: 2, attempts: 2 }])
  clock.advance({ hours: 23 })
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(2)
  const [first, second] = post.mails
  expect(first?.messageId).toMatch(/^<[0-9a-f]{32}@example\.com>$/)
  expect(second?.messageId).toBe(first?.messageId)
  expect(second?.date.getTime()).toBeGreaterThan(first?.date.getTime() ?? 0)
  expect(tokenIn(second)).not.toBe(tokenIn(first))
  clock.advance({ hours: -23 })
  expect(await auth.isPasswordResetLive(tokenIn(first))).toBe(true)
  expect(await redeems(second)).toBe(true)
})

test('two messages have two ids', async () => {
  const post = createPost()
  const { ask, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  await outbox.deliverDue()
  const [first, second] = post.mails
  expect(first?.messageId).not.toBe(second?.messageId)
})

test('a mail that is retried by hand is sent, and may be uncertain twice again', async () => {
  const post = createPost()
  post.answer = forgets
  const { ask, auth, clock, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  for (const _ of Array(2)) {
    await outbox.deliverDue()
    clock.advance({ minutes: 20 })
  }
  const [message] = await messages()
  const retry = (id: number) =>
    auth.config.store.transaction((transaction) =>
      transaction.retryMessage(id, { now: clock(), giveUpAt: clock() }),
    )
  expect(await retry(message?.id ?? 0)).toBe(true)
  post.answer = takes
  await outbox.deliverDue()
  expect(await messages()).toMatchObject([{ status: 'sent', lastError: null }])
  expect(post.mails).toHaveLength(3)
  expect(new Set(post.mails.map(({ messageId }) => messageId)).size).toBe(1)
})

test('for a token that is dead nothing is hashed, and no password is judged', async () => {
  const { auth, ask, outbox, redeems, signUp } = await startSending(createPost())
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  const hash = vi.spyOn(auth.config.passwordHash, 'hash')
  for (const password of ['another horse battery', 'weak']) {
    expect(await auth.resetPassword('', password)).toBeNull()
    expect(await auth.resetPassword('lkr_', password)).toBeNull()
  }
  expect(await redeems({ text: `lkr_${'1'.repeat(38)}` })).toBe(false)
  expect(hash).not.toHaveBeenCalled()
})

test('an outbox needs to know where the front end is', async () => {
  const { auth } = await startSending(createPost())
  for (const appUrl of ['', 'app.example.com', 'ftp://app.example.com']) {
    const create = () => createOutbox(auth, { transport: createPost(), from: mailFrom, appUrl })
    expect(create).toThrow(RangeError)
  }
  for (const from of ['', 'Projects', 'no-reply@localhost', 'a@b.example, c@d.example']) {
    const appUrl = 'https://app.example.com'
    const create = () => createOutbox(auth, { transport: createPost(), from, appUrl })
    expect(create).toThrow(RangeError)
  }
})

test('the log names a message by the id that retry takes, also where each line is JSON', async () => {
  const { auth, ask, outbox, signUp } = await startSending(createPost())
  const lines: string[] = []
  const log = createLog({ mode: 'production', logLevel: 'info' }, (line) => void lines.push(line))
  const options = { from: mailFrom, appUrl: 'https://app.example.com', log }
  const logged = createOutbox(auth, { ...options, transport: createPost() })
  await signUp('ann')
  await ask('ann')
  await logged.deliverDue()
  await outbox.deliverDue()
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      id: 1,
      kind: 'password_reset',
      attempts: 1,
      status: 'sent',
      reason: null,
      time: expect.any(String),
      level: 'info',
      message: 'mail',
    },
  ])
})
