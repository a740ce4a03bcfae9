// Between a sign-up and its link stand a queue and a mail server: what comes in between is not lost, and
// no link that may have arrived dies of it.
import type { Mail } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, startServer } from '../harness.ts'
import {
  createPost,
  defers,
  forgets,
  type Post,
  refuses,
  silentOutbox,
  takes,
} from './outbox-harness.ts'

const another = { ...ann, password: 'another horse battery' }

async function start(post: Post) {
  const app = { log: { info() {}, error() {} } }
  const server = await startServer({ transport: post, auth: { signUp: 'confirm' }, app })
  const { auth, database, send } = server
  const outbox = silentOutbox(auth, post)
  const register = async (person = ann) => {
    expect((await send('POST /v1/registrations', person)).status).toBe(202)
  }
  const redeem = async (mail: Mail | undefined, { password } = ann) => {
    const token = /lkv_\w+/.exec(mail?.text ?? '')?.[0]
    return (await send('PUT /v1/email_verifications', { token, password })).status
  }
  const statuses = async () =>
    (await database.query('SELECT status FROM outbox ORDER BY id')).flat()
  const waiting = async () => (await database.query('SELECT 1 FROM registrations')).length
  return { ...server, outbox, register, redeem, statuses, waiting }
}

test('who signs up while the mail of another sign-up leaves gets a mail of their own', async () => {
  const post = createPost()
  const { outbox, register, redeem, statuses } = await start(post)
  post.answer = async (attempt, write) => {
    post.answer = takes
    const delivery = await takes(attempt, write)
    await register(another)
    return delivery
  }
  await register()
  await outbox.deliverDue()
  expect(await statuses()).toEqual(['sent', 'sent'])
  const [first, second] = post.mails
  expect([await redeem(second), await redeem(second, another)]).toEqual([422, 200])
  expect(await redeem(first)).toBe(401)
})

test('so does who signs up between the look at who waits and the mail', async () => {
  const post = createPost()
  const { outbox, register, redeem, statuses } = await start(post)
  post.answer = async (attempt, write) => {
    post.answer = takes
    // Behind the look at who waits.
    await register(another)
    return takes(attempt, write)
  }
  await register()
  await outbox.deliverDue()
  expect(await statuses()).toEqual(['sent', 'sent'])
  expect([await redeem(post.mails[0], another), await redeem(post.mails[1], another)]).toEqual([
    422, 200,
  ])
})

test('of a mail that may have arrived and the one that follows both links are good', async () => {
  for (const opened of [0, 1]) {
    const post = createPost()
    const { clock, outbox, register, redeem, statuses } = await start(post)
    post.answer = forgets
    await register()
    await outbox.deliverDue()
    clock.advance({ minutes: 1 })
    post.answer = takes
    await outbox.deliverDue()
    expect([post.mails.length, await statuses()]).toEqual([2, ['sent']])
    expect(await redeem(post.mails[opened])).toBe(200)
    expect(await redeem(post.mails[1 - opened])).toBe(401)
  }
})

test('the link of a mail that did not arrive is dead, and another leaves later', async () => {
  const post = createPost()
  const { clock, outbox, register, redeem, waiting } = await start(post)
  post.answer = async (attempt, write) => {
    await write()
    return defers(attempt, write)
  }
  await register()
  await outbox.deliverDue()
  expect([await redeem(post.mails[0]), await waiting()]).toEqual([401, 1])
  clock.advance({ minutes: 1 })
  post.answer = takes
  await outbox.deliverDue()
  expect(await redeem(post.mails[1])).toBe(200)
})

test('an address that the mail server refuses is not tried for ever', async () => {
  const post = createPost()
  const { clock, outbox, register, statuses } = await start(post)
  post.answer = refuses
  await register()
  await outbox.deliverDue()
  clock.advance({ hours: 1 })
  await outbox.deliverDue()
  expect([post.attempts, await statuses()]).toEqual([['ann'], ['failed']])
})

test('a mail that the server puts off at its last word for a day fails, and no other follows', async () => {
  const post = createPost()
  const { clock, outbox, register, statuses } = await start(post)
  post.answer = async (attempt, write) => {
    await write()
    return defers(attempt, write)
  }
  await register()
  for (let hours = 0; hours < 30; hours++) {
    await outbox.deliverDue()
    clock.advance({ hours: 1 })
  }
  expect(await statuses()).toEqual(['failed'])
})

test('who signs up twice and opens the first link at once is told of no second try', async () => {
  const post = createPost()
  const { clock, outbox, register, redeem, statuses } = await start(post)
  post.answer = async (attempt, write) => {
    post.answer = takes
    const delivery = await takes(attempt, write)
    clock.advance({ seconds: 1 })
    await register()
    expect(await redeem(post.mails[0])).toBe(200)
    return delivery
  }
  await register()
  await outbox.deliverDue()
  expect([await statuses(), post.mails.length]).toEqual([['sent'], 1])
})

test('a mail that failed can be queued again, and waits for the one that is queued', async () => {
  const post = createPost()
  const { auth, clock, outbox, register, redeem, statuses } = await start(post)
  const { store } = auth.config
  post.answer = refuses
  await register()
  await outbox.deliverDue()
  const [failed] = await store.listMessages('failed', { limit: 1 })
  const times = { now: clock(), giveUpAt: clock() }
  const retry = () => store.transaction((each) => each.retryMessage(failed?.id ?? 0, times))
  post.answer = takes
  expect(await retry()).toBe(true)
  await outbox.deliverDue()
  expect(await redeem(post.mails[0])).toBe(200)
  expect(await statuses()).toEqual(['sent'])
})

test('a sign-up that is confirmed while the next mail is being written gets no second link', async () => {
  const post = createPost()
  const { clock, outbox, register, redeem, waiting } = await start(post)
  await register()
  await outbox.deliverDue()
  await register()
  post.answer = async (attempt, write) => {
    post.answer = takes
    expect(await redeem(post.mails[0])).toBe(200)
    return takes(attempt, write)
  }
  await outbox.deliverDue()
  clock.advance({ hours: 1 })
  await outbox.deliverDue()
  expect(post.mails.map(({ subject }) => subject)).toEqual([
    'Confirm your email address',
    'Somebody tried to sign up with your address',
  ])
  expect(await waiting()).toBe(0)
})

test('where sign-up was closed meanwhile no mail leaves, and a link that left makes nobody', async () => {
  const post = createPost()
  const { auth, outbox, register, redeem, statuses } = await start(post)
  await register()
  await outbox.deliverDue()
  await register()
  Object.assign(auth.config, { signUp: 'closed' })
  await outbox.deliverDue()
  expect([post.mails.length, await statuses()]).toEqual([1, ['sent']])
  expect(await redeem(post.mails[0])).toBe(401)
})

test('where it was opened meanwhile, whoever has a link ends the sign-up that they began', async () => {
  const post = createPost()
  const { auth, outbox, register, redeem } = await start(post)
  await register()
  Object.assign(auth.config, { signUp: 'open' })
  await outbox.deliverDue()
  expect(await redeem(post.mails[0])).toBe(200)
})
