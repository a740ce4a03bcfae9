import { expect, test } from 'vitest'
import { memoryGuardStore } from '../../test/memory-guard-store.ts'
import { unknownClient } from './client.ts'
import { AuthError } from './errors.ts'
import { type GuardedAct, limits } from './guard/limits.ts'
import { Guard } from './guard.ts'

const account = 'ann@example.com'
const start = Date.parse('2026-01-01T12:00:00Z')

/** A guard on a store in memory that keeps its contract, and that counts its calls. */
function createGuard() {
  const store = memoryGuardStore()
  const time = { now: start }
  const clock = () => new Date(time.now)
  const guard = new Guard(store, clock)
  const another = () => new Guard(store, clock)
  /** Whether an attempt passes, or for how many seconds it is refused. */
  const attempt = (
    {
      act = 'session_token' as GuardedAct,
      name = account,
      ipAddress = null as string | null,
      requestId = null as string | null,
    } = {},
    by = guard,
  ): Promise<'passes' | number> =>
    by.count(act, { account: name, client: { ...unknownClient, ipAddress, requestId } }).then(
      () => 'passes' as const,
      (error: unknown) => {
        if (!(error instanceof AuthError) || error.code !== 'rate_limited') throw error
        return error.retryAfterSeconds
      },
    )
  const fill = async (options: Parameters<typeof attempt>[0] = {}) => {
    for (const _ of Array(11)) await attempt(options)
  }
  return { another, attempt, fill, store, time }
}

test('ten attempts pass, and the eleventh is told to return when the window ends', async () => {
  const { attempt, time } = createGuard()
  for (const _ of Array(10)) expect(await attempt()).toBe('passes')
  expect(await attempt()).toBe(180)
  time.now += 60_001
  expect(await attempt()).toBe(120)
  time.now = start + 179_999
  expect(await attempt()).toBe(1)
  time.now = start + 180_000
  expect(await attempt()).toBe('passes')
})

test('the next window has ten attempts again, and ends as late after its first', async () => {
  const { attempt, fill, time } = createGuard()
  await fill()
  time.now = start + 200_000
  for (const _ of Array(10)) expect(await attempt()).toBe('passes')
  expect(await attempt()).toBe(180)
})

test('of fifty at once exactly ten pass', async () => {
  const { attempt } = createGuard()
  const seen = await Promise.all(Array.from({ length: 50 }, () => attempt()))
  expect(seen.filter((each) => each === 'passes')).toHaveLength(10)
  expect(new Set(seen)).toEqual(new Set(['passes', 180]))
})

test('of fifty at once at two processes exactly ten pass', async () => {
  const { another, attempt } = createGuard()
  const other = another()
  const seen = await Promise.all(
    Array.from({ length: 50 }, (_, index) => attempt({}, index % 2 ? other : undefined)),
  )
  expect(seen.filter((each) => each === 'passes')).toHaveLength(10)
})

test('an account is counted whoever tries, and an address whatever it tries', async () => {
  const { attempt } = createGuard()
  for (const index of Array(10).keys()) {
    expect(await attempt({ ipAddress: `192.0.2.${index}` })).toBe('passes')
    const other = { name: `user-${index}@example.com`, ipAddress: '198.51.100.1' }
    expect(await attempt(other)).toBe('passes')
  }
  expect(await attempt({ ipAddress: '192.0.2.99' })).toBe(180)
  expect(await attempt({ name: 'bob@example.com', ipAddress: '198.51.100.1' })).toBe(180)
  expect(await attempt({ name: 'bob@example.com', ipAddress: '198.51.100.2' })).toBe('passes')
})

test('an account that is named like an address has a count of its own', async () => {
  const { attempt, fill } = createGuard()
  await fill({ name: '192.0.2.1' })
  expect(await attempt({ name: 'bob@example.com', ipAddress: '192.0.2.1' })).toBe('passes')
})

test('who is refused by both is told of the later end', async () => {
  const { attempt, fill, time } = createGuard()
  await fill({ name: 'bob@example.com', ipAddress: '192.0.2.1' })
  time.now += 60_000
  await fill()
  expect(await attempt({ ipAddress: '192.0.2.1' })).toBe(180)
  expect(await attempt({ name: 'carol@example.com', ipAddress: '192.0.2.1' })).toBe(120)
})

test('what comes from no request is counted by account alone', async () => {
  const { attempt, store } = createGuard()
  await attempt()
  expect(store.counted[0]).toHaveLength(1)
  await attempt({ ipAddress: '192.0.2.1' })
  expect(store.counted[1]).toHaveLength(2)
})

test('requests whose address nobody knows share one count', async () => {
  const { attempt } = createGuard()
  for (const index of Array(10).keys()) {
    const one = { name: `user-${index}@example.com`, requestId: `request-${index}` }
    expect(await attempt(one)).toBe('passes')
  }
  expect(await attempt({ name: 'ann@example.com', requestId: 'another' })).toBe(180)
  expect(await attempt({ name: 'ann@example.com' })).toBe('passes')
})

test('what is counted for one act is not counted for another', async () => {
  const { attempt, fill } = createGuard()
  await fill({ act: 'session_token' })
  expect(await attempt({ act: 'sign_up' })).toBe('passes')
  expect(await attempt({ act: 'password_reset' })).toBe('passes')
  expect(await attempt({ act: 'session_token' })).toBe(180)
})

test.each(['sign_up', 'password_reset', 'email_verification'] as const)(
  'thirty mails a day go to one account by %s from one address, and from others as before',
  async (act) => {
    const { attempt, time } = createGuard()
    for (const _ of Array(30)) {
      expect(await attempt({ act, ipAddress: '192.0.2.1' })).toBe('passes')
      time.now += 60_000
    }
    expect(await attempt({ act, ipAddress: '192.0.2.1' })).toBe(86_400 - 30 * 60)
    expect(await attempt({ act, ipAddress: '198.51.100.1' })).toBe('passes')
    time.now = start + 86_400_000
    expect(await attempt({ act, ipAddress: '192.0.2.1' })).toBe('passes')
  },
)

test('what is refused by address fills no other window: neither of the day nor of the account', async () => {
  const { attempt, time } = createGuard()
  const burst = await Promise.all(
    Array.from({ length: 200 }, () => attempt({ act: 'sign_up', ipAddress: '192.0.2.1' })),
  )
  expect(burst.filter((each) => each === 'passes')).toHaveLength(10)
  time.now += 180_000
  expect(await attempt({ act: 'sign_up', ipAddress: '192.0.2.1' })).toBe('passes')
  expect(await attempt({ act: 'sign_up', ipAddress: '192.0.2.2' })).toBe('passes')
})

test('a hundred sign-ups a day come from one address, however slowly', async () => {
  const { attempt, time } = createGuard()
  const signUp = (index: number) =>
    attempt({ act: 'sign_up', name: `user-${index}@example.com`, ipAddress: '192.0.2.1' })
  for (const index of Array(100).keys()) {
    expect(await signUp(index)).toBe('passes')
    time.now += 60_000
  }
  expect(await signUp(101)).toBe(86_400 - 100 * 60)
})

test('every act has a limit by address, and one by account unless its failures count', () => {
  for (const [act, { account, address }] of Object.entries(limits)) {
    expect(address.length, act).toBeGreaterThan(0)
    const isPassword = act === 'log_in' || act === 'password_challenge'
    expect(account.length > 0, act).toBe(!isPassword)
  }
})

test('what is full costs no question for five seconds, then a look and no write', async () => {
  const { attempt, fill, store, time } = createGuard()
  await fill()
  expect(store.calls).toEqual({ writes: 10, reads: 0 })
  await fill()
  await fill({ ipAddress: '192.0.2.1' })
  expect(store.calls).toEqual({ writes: 10, reads: 0 })
  time.now = start + 5_000
  expect(await attempt()).toBe(175)
  expect(store.calls).toEqual({ writes: 10, reads: 1 })
  expect(await attempt()).toBe(175)
  expect(store.calls).toEqual({ writes: 10, reads: 1 })
  time.now = start + 180_000
  await attempt()
  expect(store.calls.writes).toBe(11)
})

test('what somebody has cleared passes again, within five seconds', async () => {
  const { attempt, fill, store, time } = createGuard()
  await fill()
  store.clear()
  time.now = start + 4_999
  expect(await attempt()).toBe(176)
  time.now = start + 5_000
  expect(await attempt()).toBe('passes')
})

test('what somebody has cleared is looked at once, and counted again like any other', async () => {
  const { another, attempt, fill, store, time } = createGuard()
  await fill()
  store.clear()
  await attempt({}, another())
  time.now = start + 5_000
  expect(await attempt()).toBe('passes')
  const { reads } = store.calls
  expect(await attempt()).toBe('passes')
  expect(store.calls.reads).toBe(reads)
})

test('of two that are full, one that was not looked at for five seconds is enough for a look', async () => {
  const { attempt, fill, store, time } = createGuard()
  await fill()
  time.now += 4_000
  await fill({ name: 'bob@example.com', ipAddress: '192.0.2.1' })
  time.now += 2_000
  expect(await attempt({ ipAddress: '192.0.2.1' })).toBe(178)
  expect(store.calls.reads).toBe(1)
})

test('a clock that is set back remembers nothing for longer than five seconds', async () => {
  const { attempt, store, time } = createGuard()
  await attempt()
  time.now += 100_000
  for (const _ of Array(10)) await attempt()
  time.now -= 40_000
  store.clear()
  expect(await attempt()).toBe('passes')
})

test('what counts against nothing asks the database nothing', async () => {
  const { attempt, store } = createGuard()
  for (const _ of Array(20)) expect(await attempt({ act: 'log_in' })).toBe('passes')
  expect(store.calls).toEqual({ writes: 0, reads: 0 })
})

test('what is full is remembered for ten thousand keys, and costs a question again beyond', async () => {
  const store = memoryGuardStore()
  store.count = async (windows) => {
    store.calls.writes += 1
    return windows.map(({ key, endsAt }) => ({ key, count: 11, endsAt }))
  }
  const guard = new Guard(store, () => new Date(start))
  const attempt = (index: number) =>
    guard
      .count('session_token', { account: `user-${index}`, client: unknownClient })
      .catch(() => {})
  for (let index = 0; index <= 10_000; index++) await attempt(index)
  expect(store.calls.writes).toBe(10_001)
  await attempt(1)
  await attempt(10_000)
  expect(store.calls.writes).toBe(10_001)
  await attempt(0)
  expect(store.calls.writes).toBe(10_002)
})

test('what is full is full at every process, and after a restart', async () => {
  const { another, attempt, fill } = createGuard()
  await fill()
  expect(await attempt({}, another())).toBe(180)
})

test.each([-1, -180_000, -86_400_000])(
  'a clock that is set back by %i ms locks nobody out for longer than a window',
  async (back) => {
    const { attempt, fill, time } = createGuard()
    await fill()
    time.now += back
    const refused = await attempt()
    const seconds = refused === 'passes' ? 0 : refused
    expect(seconds).toBeLessThanOrEqual(180)
    time.now += seconds * 1_000
    expect(await attempt()).toBe('passes')
  },
)

test('the keys are digests, by address first, and tell nobody who tried', async () => {
  const { attempt, store } = createGuard()
  for (const index of Array(20).keys()) {
    await attempt({ name: `user-${index}@example.com`, ipAddress: '192.0.2.1' })
  }
  // The one address comes first, each time, and each account behind it.
  const places = [0, 1].map((place) => new Set(store.counted.map((each) => each[place]?.key)).size)
  expect(places).toEqual([1, 10])
  const keys = [...store.counts.keys()]
  expect(keys.join()).not.toMatch(/@|example|192/)
  expect(keys.every((key) => /^[\w-]{43}$/.test(key))).toBe(true)
})

test('a store that is away is no attempt that passes', async () => {
  const away = new AuthError('unavailable')
  const store = memoryGuardStore()
  store.count = () => Promise.reject(away)
  const guard = new Guard(store, () => new Date(start))
  await expect(guard.count('session_token', { account, client: unknownClient })).rejects.toBe(away)
})

test('who is refused is told the time of the window that ends last, also of one that is just full', async () => {
  const { another, attempt, time } = createGuard()
  for (let index = 0; index < 10; index++) await attempt({ name: 'ann' }, another())
  time.now += 60_000
  const from = (name: string) => attempt({ name, ipAddress: '192.0.2.1' }, another())
  for (let index = 0; index < 9; index++) await from(`user-${index}`)
  expect(await from('ann')).toBe(180)
})
