// What the outbox waits for, with every timer of its in the hands of the test.
import { smtp } from 'latchkey/smtp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createPost, failOnce, isAway, startSending, takes } from './outbox-harness.ts'
import { startMailServer } from './smtp-harness.ts'

interface Timer {
  readonly milliseconds: number
  readonly ring: () => void
}

const timers = vi.hoisted(() => new Set<Timer>())
const moments = vi.hoisted(() => ({ areHeld: false }))

// Rings when it is told to, or is cut short, never by itself.
vi.mock('node:timers/promises', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setTimeout: (milliseconds: number, _: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      // The moments before a message that was just queued is taken up.
      if (milliseconds < 500 && !moments.areHeld) return resolve()
      const timer = { milliseconds, ring: resolve }
      // Not the limit of a transaction, which is no concern of the outbox.
      if (milliseconds !== 1_000 || !signal) timers.add(timer)
      signal?.addEventListener('abort', () => {
        timers.delete(timer)
        reject(signal.reason)
      })
    }),
}))

const until = (holds: () => void) => vi.waitFor(holds, { interval: 2 })

/** Lets everything happen that waits for nothing. */
async function settle() {
  for (let turns = 100; turns > 0; turns--) await new Promise(setImmediate)
}

/** Waits until a timer runs for so long, and ends it. */
async function ring(milliseconds: number) {
  const find = () => [...timers].find((timer) => timer.milliseconds === milliseconds)
  await until(() => expect(find()).toBeDefined())
  const timer = find()
  if (timer) timers.delete(timer)
  timer?.ring()
}

test('what is queued in this process is sent at once: nothing is polled for', async () => {
  const post = createPost()
  const { ask, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  outbox.start()
  outbox.start()
  for (const name of ['ann', 'bob', 'ann']) {
    const sent = Promise.withResolvers<string>()
    post.answer = async (attempt, write) => {
      sent.resolve(attempt.to)
      return takes(attempt, write)
    }
    await ask(name)
    expect(await sent.promise).toBe(`${name}@example.com`)
  }
  await outbox.stop()
  expect(post.mails).toHaveLength(3)
})

test('a moment of chance goes by before it: no request tells by its delay who is known', async () => {
  const post = createPost()
  const { ask, auth, outbox, signUp } = await startSending(post)
  await signUp('ann')
  outbox.start()
  await until(() => expect([...timers].at(-1)?.milliseconds).toBe(5_000))
  moments.areHeld = true
  onTestFinished(() => {
    moments.areHeld = false
    return outbox.stop()
  })
  Object.assign(auth.config, { random: (size: number) => new Uint8Array(size).fill(128) })
  await ask('ann')
  await settle()
  expect(post.attempts).toEqual([])
  await ring(250)
  await until(() => expect(post.attempts).toEqual(['ann']))
})

test('the notice of a changed password is sent at once', async () => {
  const post = createPost()
  const { ask, outbox, redeems, signUp } = await startSending(post)
  await signUp('ann')
  outbox.start()
  await ask('ann')
  await until(() => expect(post.mails).toHaveLength(1))
  await redeems(post.mails[0])
  await until(() => expect(post.mails[1]?.subject).toBe('Your password was changed'))
  await outbox.stop()
})

test('what another process queued is found after five seconds', async () => {
  const post = createPost()
  const { auth, outbox, signUp } = await startSending(post)
  await signUp('ann')
  outbox.start()
  await until(() => expect([...timers].at(-1)?.milliseconds).toBe(5_000))
  const queuedAt = auth.config.clock()
  const known = await auth.logIn({ emailAddress: 'ann@example.com', password: 'horse of ann' })
  const recipient = known?.user.emailAddress
  if (!recipient) throw new Error('Nobody logged in')
  const times = { queuedAt, giveUpAt: queuedAt }
  const message = {
    kind: 'password_reset',
    recipient,
    userId: null,
    apiKeyId: null,
    ...times,
  } as const
  await auth.config.store.transaction((transaction) => transaction.insertMessage(message))
  expect(post.attempts).toEqual([])
  await ring(5_000)
  await until(() => expect(post.mails).toHaveLength(1))
  await outbox.stop()
})

test('while the server is away, new mails wait for the end of the pause', async () => {
  const post = createPost()
  post.answer = isAway
  const { ask, clock, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann')
  outbox.start()
  await until(() => expect(post.attempts).toEqual(['ann']))
  const pause = () => [...timers].find(({ milliseconds }) => milliseconds <= 1_000)
  await until(() => expect(pause()).toBeDefined())
  expect(pause()?.milliseconds).toBeGreaterThanOrEqual(500)
  await ask('bob')
  await until(() => expect(pause()).toBeDefined())
  expect(post.attempts).toEqual(['ann'])
  post.answer = takes
  const milliseconds = pause()?.milliseconds ?? 0
  clock.advance({ milliseconds })
  await ring(milliseconds)
  await until(() => expect(post.mails).toHaveLength(2))
  expect(post.attempts).toEqual(['ann', 'ann', 'bob'])
  await outbox.stop()
})

test('a mail that takes longer than two seconds does not hold up the next', async () => {
  const post = createPost()
  const release = Promise.withResolvers<void>()
  post.answer = async (attempt, write) => {
    if (attempt.to === 'ann@example.com') await release.promise
    return takes(attempt, write)
  }
  const { ask, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  const delivered = outbox.deliverDue()
  await ring(2_000)
  await until(() => expect(post.mails).toHaveLength(1))
  release.resolve()
  await delivered
  expect(post.mails.map(({ to }) => to)).toEqual(['bob@example.com', 'ann@example.com'])
  expect(await statuses()).toEqual(['sent', 'sent'])
})

test('an address at which the mail server falls silent does not hold up the next', async () => {
  const mailServer = await startMailServer()
  const release = Promise.withResolvers<void>()
  mailServer.sabotage = async (_step, line) => {
    if (!/^RCPT TO:<ann@/.test(line)) return 'pass'
    await release.promise
    return 'drop'
  }
  const { ask, messages, outbox, signUp } = await startSending(smtp({ url: mailServer.url }))
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  const delivered = outbox.deliverDue()
  await ring(2_000)
  await until(() => expect(mailServer.received).toMatchObject([{ to: ['bob@example.com'] }]))
  release.resolve()
  await delivered
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 1 }, { status: 'sent' }])
})

test('ten mails may be on their way at once, and no more', async () => {
  const post = createPost()
  const release = Promise.withResolvers<void>()
  post.answer = async (attempt, write) => {
    await release.promise
    return takes(attempt, write)
  }
  const { ask, outbox, signUp, statuses } = await startSending(post)
  const people = Array.from({ length: 11 }, (_, index) => `user-${index}`)
  await signUp(...people)
  await ask(...people)
  const delivered = outbox.deliverDue()
  for (const _ of Array(10)) await ring(2_000)
  await settle()
  expect(post.attempts).toHaveLength(10)
  release.resolve()
  await delivered
  expect(post.attempts).toHaveLength(11)
  expect(new Set(await statuses())).toEqual(new Set(['sent']))
})

test('mails that fail together are one failure, and begin one pause', async () => {
  const post = createPost()
  const release = Promise.withResolvers<void>()
  post.answer = async (attempt, write) => {
    await release.promise
    return isAway(attempt, write)
  }
  const { ask, clock, outbox, signUp } = await startSending(post)
  await signUp('ann', 'bob', 'carol')
  await ask('ann', 'bob', 'carol')
  const delivered = outbox.deliverDue()
  for (const _ of Array(2)) await ring(2_000)
  await until(() => expect(post.attempts).toHaveLength(3))
  release.resolve()
  await delivered
  post.answer = takes
  clock.advance({ milliseconds: 1_000 })
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(3)
})

test('an outbox that is started twice works once', async () => {
  const { outbox } = await startSending(createPost())
  outbox.start()
  outbox.start()
  await until(() =>
    expect([...timers].some(({ milliseconds }) => milliseconds === 5_000)).toBe(true),
  )
  await settle()
  expect([...timers].filter(({ milliseconds }) => milliseconds === 5_000)).toHaveLength(1)
  await outbox.stop()
})

test('who is stopped waits for every mail that is on its way', async () => {
  const post = createPost()
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  post.answer = async (attempt, write) => {
    await (attempt.to === 'ann@example.com' ? first : second).promise
    return takes(attempt, write)
  }
  const { ask, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  outbox.start()
  await ring(2_000)
  await until(() => expect(post.attempts).toHaveLength(2))
  const onStop = vi.fn()
  const stopped = outbox.stop().then(onStop)
  second.resolve()
  await until(() => expect(post.mails).toHaveLength(1))
  await settle()
  expect(onStop).not.toHaveBeenCalled()
  first.resolve()
  await stopped
  expect(await statuses()).toEqual(['sent', 'sent'])
})

test('a database that cannot be read is asked again after the pause, not five seconds later', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, signUp } = await startSending(post)
  await signUp('ann')
  failOnce(auth, 'claimMessage')
  outbox.start()
  const pause = () => [...timers].find(({ milliseconds }) => milliseconds <= 1_000)
  await until(() => expect(pause()).toBeDefined())
  await ask('ann')
  await settle()
  expect(post.attempts).toEqual([])
  const milliseconds = pause()?.milliseconds ?? 0
  clock.advance({ milliseconds })
  await ring(milliseconds)
  await until(() => expect(post.mails).toHaveLength(1))
  await outbox.stop()
})

test('a database that fails when the mail was sent is asked again, and the mail is not', async () => {
  const post = createPost()
  const { ask, auth, clock, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  post.answer = async (attempt, write) => {
    const delivery = await takes(attempt, write)
    failOnce(auth, 'updateMessage')
    return delivery
  }
  const delivered = outbox.deliverDue()
  await ring(1_000)
  await delivered
  expect(await statuses()).toEqual(['sent'])
  clock.advance({ hours: 1 })
  await outbox.deliverDue()
  expect(post.mails).toHaveLength(1)
})

test('a database that stays away after the mail was sent means one more mail at most', async () => {
  const post = createPost()
  const { ask, auth, clock, log, outbox, signUp, statuses } = await startSending(post)
  await signUp('ann')
  await ask('ann')
  const { store } = auth.config
  const { transaction } = store
  post.answer = async (attempt, write) => {
    const delivery = await takes(attempt, write)
    store.transaction = async () => {
      throw new Error('broken')
    }
    return delivery
  }
  for (const times of [1, 2]) {
    const delivered = outbox.deliverDue()
    for (const _ of Array(4)) await ring(1_000)
    await delivered
    store.transaction = transaction
    expect(log.filter((line) => line.includes('broken'))).toHaveLength(1)
    expect([post.mails.length, await statuses()]).toEqual([times, ['queued']])
    clock.advance({ minutes: 1 })
  }
  await outbox.deliverDue()
  expect([post.mails.length, await statuses()]).toEqual([2, ['unknown']])
})
