// Several workers, workers that were given up, and workers that are stopped.
import { join } from 'node:path'
import { createAuth, createStore, type DeliveryAttempt, migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { cheapHash, temporaryFolder } from '../harness.ts'
import {
  createPost,
  forgets,
  silentOutbox,
  startSending,
  takes,
  tokenIn,
} from './outbox-harness.ts'

// On a machine that is busy with other tests.
const patience = { timeout: 10_000 }

test('two workers on one file send each mail once', async () => {
  const path = join(temporaryFolder(), 'test.sqlite3')
  const post = createPost()
  const open = async () => {
    const database = await openSqlite(path)
    onTestFinished(() => database.close())
    await migrate(database, [sqliteMigrations])
    const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
    return { auth, outbox: silentOutbox(auth, post) }
  }
  const [first, second] = await Promise.all([open(), open()])
  const people = Array.from({ length: 25 }, (_, index) => `user-${index}@example.com`)
  for (const emailAddress of people) {
    await first.auth.signUp({ emailAddress, password: 'correct horse battery' })
    await first.auth.requestPasswordReset(emailAddress)
  }
  const workers = [first, second, first, second]
  await Promise.all(workers.map(({ outbox }) => outbox.deliverDue()))
  expect(post.mails.map(({ to }) => to).sort()).toEqual(people.sort())
  const messages = await second.auth.config.store.listMessages('sent', { limit: 100 })
  expect(messages.map(({ attempts }) => attempts)).toEqual(people.map(() => 1))
})

/** A worker that has a mail in hand and does nothing with it until it is told to. */
async function startSlow() {
  const post = createPost()
  const slow = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  post.answer = async (attempt, write) => {
    begun.resolve()
    await slow.promise
    return takes(attempt, write)
  }
  const sending = await startSending(post)
  await sending.signUp('ann')
  await sending.ask('ann')
  const delivered = sending.outbox.deliverDue()
  await begun.promise
  const finish = async () => {
    slow.resolve()
    await delivered
  }
  return { ...sending, post, finish }
}

test('a worker whose claim has ended cannot let the mail go', async () => {
  const { another, clock, finish, messages, post, redeems } = await startSlow()
  const other = createPost()
  clock.advance({ milliseconds: 29_999 })
  await another(other).deliverDue()
  expect(other.attempts).toEqual([])
  clock.advance({ milliseconds: 1 })
  await another(other).deliverDue()
  await finish()
  expect([post.mails.length, other.mails.length]).toEqual([0, 1])
  expect(await messages()).toMatchObject([{ status: 'sent', attempts: 2, uncertain: 0 }])
  expect(await redeems(other.mails[0])).toBe(true)
})

test('a claim that is renewed is nobody else’s, before the mail leaves and after', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { another, auth, clock, finish, messages, post } = await startSlow()
  const other = createPost()
  const { store } = auth.config
  const tick = async () => {
    clock.advance({ milliseconds: 10_000 })
    vi.advanceTimersByTime(10_000)
    // The renewal may have to wait for a connection of its own.
    const renewedUntil = clock().getTime() + 30_000
    while ((await messages())[0]?.dueAt.getTime() !== renewedUntil) await store.ping()
    await another(other).deliverDue()
  }
  for (let ticks = 0; ticks < 9; ticks++) await tick()
  await finish()
  expect([post.mails.length, other.attempts]).toEqual([1, []])
  expect(await messages()).toMatchObject([{ status: 'sent', attempts: 1 }])
})

test('a mail that has just left is claimed from then on, however old the claim was', async () => {
  const post = createPost()
  const { another, ask, clock, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const gone = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  post.answer = async (_attempt, write) => {
    clock.advance({ milliseconds: 29_999 })
    await write()
    gone.resolve()
    await answered.promise
    return { status: 'sent' }
  }
  const delivered = another(post).deliverDue()
  await gone.promise
  const other = createPost()
  clock.advance({ milliseconds: 29_999 })
  await another(other).deliverDue()
  answered.resolve()
  await delivered
  expect([post.mails.length, other.attempts]).toEqual([1, []])
})

test('a worker whose claim has ended neither deletes nor ends what another has in hand', async () => {
  const { another, clock, finish, messages, post } = await startSlow()
  const other = createPost()
  other.answer = forgets
  clock.advance({ minutes: 1 })
  await another(other).deliverDue()
  await finish()
  expect([post.mails.length, other.mails.length]).toEqual([0, 1])
  expect(await messages()).toMatchObject([{ status: 'queued', attempts: 2, uncertain: 1 }])
})

test('a worker that died twice with a mail on its way is not followed by a third', async () => {
  const post = createPost()
  const { ask, another, clock, messages, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const dies = createPost()
  dies.answer = async (_attempt, write) => {
    await write()
    return new Promise(() => {})
  }
  for (const times of [1, 2]) {
    const worker = another(dies)
    void worker.deliverDue()
    await vi.waitFor(() => expect(dies.mails).toHaveLength(times), patience)
    clock.advance({ minutes: 1 })
  }
  await another(post).deliverDue()
  expect(post.attempts).toEqual([])
  expect(await messages()).toMatchObject([
    { status: 'unknown', lastError: expect.stringContaining('died twice') },
  ])
})

test('what a transport writes after its time was up does not leave', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const post = createPost()
  const attempts: DeliveryAttempt[] = []
  post.answer = (attempt) => {
    attempts.push(attempt)
    return new Promise(() => {})
  }
  const { ask, messages, outbox, signUp, database } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  outbox.start()
  await vi.waitFor(() => expect(attempts).toHaveLength(1), patience)
  const stopped = outbox.stop()
  vi.advanceTimersByTime(5_000)
  await stopped
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 1, uncertain: 0 }])
  await expect(attempts[0]?.compose()).rejects.toThrow()
  expect(await messages()).toMatchObject([{ status: 'queued', uncertain: 0 }])
  expect(await database.query('SELECT * FROM password_resets')).toEqual([])
})

test('a mail whose time is up while it is written does not leave, and its link is dead', async () => {
  const post = createPost()
  const signal = Promise.withResolvers<AbortSignal>()
  post.answer = async (attempt, write) => {
    signal.resolve(attempt.signal)
    // Deaf to the signal: it would send what it is given.
    return takes(attempt, write)
  }
  const { ask, auth, database, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { store } = auth.config
  const { transaction } = store
  let stopped = Promise.resolve()
  store.transaction = (work) =>
    transaction(async (statements) => {
      const insertPasswordReset: typeof statements.insertPasswordReset = async (...values) => {
        await statements.insertPasswordReset(...values)
        const { aborted } = await signal.promise
        expect(aborted).toBe(false)
        stopped = outbox.stop()
        vi.advanceTimersByTime(5_000)
      }
      return work({ ...statements, insertPasswordReset })
    })
  outbox.start()
  await signal.promise
  await vi.waitFor(async () => expect(await messages()).toMatchObject([{ deferrals: 1 }]), patience)
  await stopped
  expect(post.mails).toEqual([])
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 1, uncertain: 0 }])
  expect(await database.query('SELECT * FROM password_resets')).toEqual([])
})

test('an attempt ends after five minutes, whatever the transport does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const post = createPost()
  const begun = Promise.withResolvers<AbortSignal>()
  post.answer = (attempt) => {
    begun.resolve(attempt.signal)
    return new Promise(() => {})
  }
  const { ask, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const delivered = outbox.deliverDue()
  const signal = await begun.promise
  vi.advanceTimersByTime(299_999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.aborted).toBe(true)
  await delivered
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 1 }])
})

test('who is stopped waits for the mail that is on its way, and takes up no other', async () => {
  const post = createPost()
  const release = Promise.withResolvers<void>()
  const { ask, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  const left = new Promise<void>((resolve) => {
    post.answer = async (attempt, write) => {
      const delivery = await takes(attempt, write)
      resolve()
      await release.promise
      return delivery
    }
  })
  outbox.start()
  await left
  let hasStopped = false
  const stopped = outbox.stop().then(() => {
    hasStopped = true
  })
  expect(await statuses()).toEqual(['queued', 'queued'])
  expect(hasStopped).toBe(false)
  release.resolve()
  await stopped
  expect(await statuses()).toEqual(['sent', 'queued'])
  await outbox.deliverDue()
  expect(post.attempts).toEqual(['ann'])
})

test('a mail that had left when the patience ended may have arrived: it is sent once more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const post = createPost()
  post.answer = async (_attempt, write) => {
    await write()
    return new Promise(() => {})
  }
  const { another, ask, auth, clock, messages, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  outbox.start()
  await vi.waitFor(() => expect(post.mails).toHaveLength(1), patience)
  const stopped = outbox.stop()
  vi.advanceTimersByTime(5_000)
  await stopped
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 0, uncertain: 1 }])
  expect(await auth.isPasswordResetLive(tokenIn(post.mails[0]))).toBe(true)
  clock.advance({ milliseconds: 30_000 })
  const next = createPost()
  await another(next).deliverDue()
  expect([next.mails.length, await messages()]).toMatchObject([1, [{ status: 'sent' }]])
})

test('an outbox that was stopped before it was started does nothing', async () => {
  const post = createPost()
  const { ask, outbox, signUp } = await startSending(post)
  await signUp('ann')
  await outbox.stop()
  await ask('ann')
  outbox.start()
  await outbox.stop()
  expect(post.attempts).toEqual([])
})
