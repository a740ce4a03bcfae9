import { expect, test } from 'vitest'
import { memoryGuardStore } from '../../../test/memory-guard-store.ts'
import { AuthError } from '../errors.ts'
import { Guard } from '../guard.ts'
import { Secret } from '../secret.ts'
import { failuresKey } from './buckets.ts'
import { waitSecondsAfter } from './failed-attempts.ts'

const start = Date.parse('2026-01-01T12:00:00Z')
const account = 'ann@example.com'

function createGuard() {
  const store = memoryGuardStore()
  const time = { now: start }
  const open = () => new Guard(store, () => new Date(time.now))
  const guard = open()
  let guesses = 0
  /** A try with a password of its own: whether it is judged, or for how many seconds it is refused. */
  const guess = (name = account, by = guard, password = `guess ${guesses++}`) =>
    by.tryPassword('log_in', { account: name, password: new Secret(password) }).then(
      (attempt) => attempt,
      (error: unknown) => {
        if (!(error instanceof AuthError) || error.code !== 'rate_limited') throw error
        return error.retryAfterSeconds
      },
    )
  /** So many failures, each as soon as it is let. */
  const failPatiently = async (times: number) => {
    for (let index = 0; index < times; index++) {
      const seen = await guess()
      if (typeof seen !== 'number') continue
      time.now += seen * 1_000
      index--
    }
  }
  const succeed = async (name = account) => {
    const attempt = await guess(name)
    if (typeof attempt === 'number') throw new Error(`It has to wait for ${attempt} s`)
    await attempt.succeed({
      async deleteFailedAttempts(keys) {
        for (const key of keys) store.failures.delete(key)
      },
    })
  }
  return { failPatiently, guess, open, store, succeed, time }
}

const judged = expect.objectContaining({ isStopped: false })

test('ten failures are judged at once, and from then on each waits twice as long as the one before', async () => {
  const { guess, time } = createGuard()
  for (const _ of Array(10)) expect(await guess()).toEqual(judged)
  for (const seconds of [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]) {
    expect(await guess()).toBe(seconds)
    time.now += seconds * 1_000 - 1
    expect(await guess()).toBe(1)
    time.now += 1
    expect(await guess()).toEqual(judged)
  }
})

test('what is refused is no failure, and costs no write', async () => {
  const { guess, store, time } = createGuard()
  for (const _ of Array(10)) await guess()
  for (const _ of Array(50)) expect(await guess()).toBe(30)
  expect(store.calls.writes).toBe(10)
  time.now += 30_000
  expect(await guess()).toEqual(judged)
  expect(await guess()).toBe(60)
})

test('of two hundred at once at two processes ten are judged', async () => {
  const { guess, open } = createGuard()
  const other = open()
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, index) => guess(account, index % 2 ? other : undefined)),
  )
  expect(seen.filter((each) => typeof each !== 'number')).toHaveLength(10)
  expect(seen.filter((each) => each === 30)).toHaveLength(190)
})

test('a process whose clock is a little behind judges the first ten like any other', async () => {
  const { guess, open, time } = createGuard()
  for (const _ of Array(9)) await guess()
  time.now -= 1
  expect(await guess(account, open())).toEqual(judged)
})

test('a process whose clock is a little behind judges no try more', async () => {
  const { guess, open, time } = createGuard()
  for (const _ of Array(10)) await guess()
  const behind = open()
  time.now -= 59_000
  expect(await guess(account, behind)).toBe(89)
})

test('whoever waits for others is judged by the time at which it is their turn', async () => {
  const { guess, store, time } = createGuard()
  const find = store.findFailedAttempts
  store.findFailedAttempts = async (key) => {
    time.now += 1_000
    return find(key)
  }
  const seen = await Promise.all(Array.from({ length: 30 }, () => guess()))
  expect(seen.filter((each) => typeof each !== 'number')).toHaveLength(10)
})

test('of a try of which nobody found out whether it failed nothing stays', async () => {
  const { guess, store } = createGuard()
  const away = new AuthError('overloaded')
  for (const _ of Array(20)) {
    const attempt = await guess()
    if (typeof attempt === 'number') throw new Error('It was told to wait')
    await expect(attempt.verify(() => Promise.reject(away))).rejects.toBe(away)
  }
  expect([...store.failures.values()]).toMatchObject([{ count: 0 }])
  const failed = await guess()
  if (typeof failed === 'number') throw new Error('It was told to wait')
  expect(await failed.verify(async () => null)).toBeNull()
  expect([...store.failures.values()]).toMatchObject([{ count: 1 }])
})

test('the hundredth that is taken back leaves ninety-nine, and they are forgotten like others', async () => {
  const { failPatiently, guess, store, time } = createGuard()
  await failPatiently(99)
  time.now += 3_600_000
  const last = await guess()
  expect(last).toMatchObject({ isLast: true })
  expect([...store.failures.values()]).toMatchObject([{ count: 100, expiresAt: null }])
  if (typeof last === 'number') return
  await expect(last.verify(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
  const thirtyDays = 30 * 86_400_000
  expect([...store.failures.values()]).toMatchObject([
    { count: 99, expiresAt: new Date(time.now + thirtyDays) },
  ])
  time.now += thirtyDays
  expect(await guess()).toEqual(judged)
  expect([...store.failures.values()]).toMatchObject([{ count: 1 }])
})

test('what is taken back twice, or was forgotten meanwhile, is taken back once', async () => {
  const { guess, store } = createGuard()
  const fail = () => Promise.reject(new Error('away'))
  const attempts = [await guess(), await guess('bob')]
  const [first, forgotten] = attempts.flatMap((each) => (typeof each === 'number' ? [] : [each]))
  for (const _ of Array(3)) await expect(first?.verify(fail)).rejects.toThrow('away')
  expect([...store.failures.values()].map(({ count }) => count)).toEqual([0, 1])
  store.failures.clear()
  await expect(forgotten?.verify(fail)).rejects.toThrow('away')
  expect(store.failures.size).toBe(0)
})

const sprayed = 'Winter2026-Winter'

test('what is refused as spraying is no failure of the account, and costs no write', async () => {
  const { guess, store } = createGuard()
  for (let index = 0; index < 30; index++) await guess(`user-${index}`, undefined, sprayed)
  const { writes } = store.calls
  expect(await guess('victim', undefined, sprayed)).toBe(3_600)
  expect(store.calls.writes).toBe(writes)
})

test('of fifty accounts at which one password is tried at once thirty are judged, and the others have no failure', async () => {
  const { guess, store } = createGuard()
  const tries = Array.from({ length: 50 }, (_, index) => guess(`user-${index}`, undefined, sprayed))
  const seen = await Promise.all(tries)
  expect(seen.filter((each) => typeof each !== 'number')).toHaveLength(30)
  const counts = [...store.failures.values()].map(({ count }) => count)
  expect(counts.filter((count) => count === 1)).toHaveLength(30)
  expect(counts.every((count) => count <= 1)).toBe(true)
})

test('a password that nobody found time to judge was tried on no account', async () => {
  const { guess } = createGuard()
  for (let index = 0; index < 40; index++) {
    const attempt = await guess(`user-${index}`, undefined, sprayed)
    if (typeof attempt === 'number') throw new Error('It was told to wait')
    await expect(attempt.verify(() => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  }
})

test('two hundred at once in one process write no more often than they are judged', async () => {
  const { guess, store } = createGuard()
  await Promise.all(Array.from({ length: 200 }, () => guess()))
  expect(store.calls.writes).toBe(10)
  const away = new AuthError('unavailable')
  const find = store.findFailedAttempts
  store.findFailedAttempts = () => Promise.reject(away)
  const [first, second] = [guess('bob'), guess('bob')]
  await expect(first).rejects.toBe(away)
  await expect(second).rejects.toBe(away)
  store.findFailedAttempts = find
  expect(await guess('bob')).toEqual(judged)
})

test('a success forgets all failures before it, and those of nobody else', async () => {
  const { failPatiently, guess, succeed } = createGuard()
  await failPatiently(9)
  for (const _ of Array(9)) await guess('bob@example.com')
  await succeed()
  for (const _ of Array(10)) expect(await guess()).toEqual(judged)
  expect(await guess()).toBe(30)
  expect(await guess('bob@example.com')).toEqual(judged)
  expect(await guess('bob@example.com')).toBe(30)
})

test('after a hundred failures the password is stopped, and stays so without a recovery', async () => {
  const { failPatiently, guess, store, time } = createGuard()
  await failPatiently(99)
  time.now += 3_600_000
  expect(await guess()).toMatchObject({ isStopped: false, isLast: true })
  time.now += 3_600_000
  expect(await guess()).toMatchObject({ isStopped: true, isLast: false })
  time.now += 400 * 86_400_000
  expect(await guess()).toMatchObject({ isStopped: true })
  store.failures.clear()
  expect(await guess()).toMatchObject({ isStopped: false })
})

test('the hundredth failure is never forgotten, also where none follows', async () => {
  const { failPatiently, guess, time } = createGuard()
  await failPatiently(100)
  time.now += 400 * 86_400_000
  expect(await guess()).toMatchObject({ isStopped: true })
})

test('fewer than a hundred are forgotten thirty days after the last', async () => {
  const { failPatiently, guess, time } = createGuard()
  await failPatiently(50)
  time.now += 30 * 86_400_000
  for (const _ of Array(10)) expect(await guess()).toEqual(judged)
  expect(await guess()).toBe(30)
})

test('a clock that was ahead, and is set back, lets nobody wait for longer than the failures do', async () => {
  const { guess, time } = createGuard()
  time.now += 86_400_000
  for (const _ of Array(10)) await guess()
  time.now -= 86_400_000
  expect(await guess()).toEqual(judged)
  expect(await guess()).toBe(60)
})

test('failures where somebody is logged in are not those at log-in', async () => {
  expect(failuresKey('password_challenge', 'ann')).not.toBe(failuresKey('log_in', 'ann'))
  expect(failuresKey('log_in', account)).toMatch(/^[\w-]{43}$/)
})

test('no wait is longer than an hour', () => {
  expect([0, 9, 10, 11, 17, 1_000].map(waitSecondsAfter)).toEqual([0, 0, 30, 60, 3_600, 3_600])
})

test('a store that is away is no try that is judged', async () => {
  const { guess, store } = createGuard()
  const away = new AuthError('unavailable')
  store.findFailedAttempts = () => Promise.reject(away)
  await expect(guess()).rejects.toBe(away)
})
