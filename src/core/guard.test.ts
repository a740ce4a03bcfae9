import { expect, test } from 'vitest'
import { AuthError } from './errors.ts'
import { Guard, type GuardedAct, type GuardStore } from './guard.ts'

const account = 'ann@example.com'
const start = Date.parse('2026-01-01T12:00:00Z')

/** A guard on a store in memory that keeps its contract, and that counts its calls. */
function createGuard() {
  const rows = new Map<string, { count: number; endsAt: Date }>()
  const calls: (readonly string[])[] = []
  const time = { now: start }
  const store: GuardStore = {
    async count(keys, { now, endsAt }) {
      calls.push(keys)
      return keys.map((key) => {
        const row = rows.get(key)
        const isCurrent = row && row.endsAt > now && row.endsAt <= endsAt
        const next = isCurrent ? { ...row, count: row.count + 1 } : { count: 1, endsAt }
        rows.set(key, next)
        return { key, ...next }
      })
    },
  }
  const clock = () => new Date(time.now)
  const guard = new Guard(store, clock)
  const another = () => new Guard(store, clock)
  /** Whether an attempt passes, or for how many seconds it is refused. */
  const attempt = (
    { act = 'log_in' as GuardedAct, name = account, ipAddress = null as string | null } = {},
    by = guard,
  ): Promise<'passes' | number> =>
    by.count(act, { account: name, ipAddress }).then(
      () => 'passes' as const,
      (error: unknown) => {
        if (!(error instanceof AuthError) || error.code !== 'rate_limited') throw error
        return error.retryAfterSeconds
      },
    )
  const fill = async (options: Parameters<typeof attempt>[0] = {}) => {
    for (const _ of Array(11)) await attempt(options)
  }
  return { another, attempt, calls, fill, rows, time }
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

test('where no address is known, the account is counted alone', async () => {
  const { attempt, calls } = createGuard()
  await attempt()
  expect(calls[0]).toHaveLength(1)
  await attempt({ ipAddress: '192.0.2.1' })
  expect(calls[1]).toHaveLength(2)
})

test('what is counted for one act is not counted for another', async () => {
  const { attempt, fill } = createGuard()
  await fill({ act: 'log_in' })
  expect(await attempt({ act: 'sign_up' })).toBe('passes')
  expect(await attempt({ act: 'password_reset' })).toBe('passes')
  expect(await attempt({ act: 'log_in' })).toBe(180)
})

test('what is full costs no further question to the store, until its window has ended', async () => {
  const { attempt, calls, fill, time } = createGuard()
  await fill()
  expect(calls).toHaveLength(10)
  await fill()
  await fill({ ipAddress: '192.0.2.1' })
  expect(calls).toHaveLength(10)
  time.now = start + 180_000
  await attempt()
  expect(calls).toHaveLength(11)
})

test('what is full is remembered for ten thousand keys, and costs a question again beyond', async () => {
  const asked: string[] = []
  const count: GuardStore['count'] = async (keys, { endsAt }) => {
    asked.push(...keys)
    return keys.map((key) => ({ key, count: 11, endsAt }))
  }
  const guard = new Guard({ count }, () => new Date(start))
  const attempt = (index: number) =>
    guard.count('log_in', { account: `user-${index}`, ipAddress: null }).catch(() => {})
  for (let index = 0; index <= 10_000; index++) await attempt(index)
  expect(asked).toHaveLength(10_001)
  await attempt(1)
  await attempt(10_000)
  expect(asked).toHaveLength(10_001)
  await attempt(0)
  expect(asked).toHaveLength(10_002)
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

test('the keys are digests in one order, and tell nobody who tried', async () => {
  const { attempt, calls, rows } = createGuard()
  for (const index of Array(20).keys()) {
    await attempt({ name: `user-${index}@example.com`, ipAddress: '192.0.2.1' })
  }
  for (const keys of calls) expect(keys).toEqual([...keys].sort())
  expect([...rows.keys()].join()).not.toMatch(/@|example|192/)
  expect([...rows.keys()].every((key) => /^[\w-]{43}$/.test(key))).toBe(true)
})

test('a store that is away is no attempt that passes', async () => {
  const away = new AuthError('unavailable')
  const count = () => Promise.reject(away)
  const guard = new Guard({ count }, () => new Date(start))
  await expect(guard.count('log_in', { account, ipAddress: null })).rejects.toBe(away)
})

test('who is refused is told the time of the window that ends last, also of one that is just full', async () => {
  const time = { now: start }
  const counts = new Map<string, { count: number; endsAt: Date }>()
  const count: GuardStore['count'] = async (keys, { endsAt }) =>
    keys.map((key) => {
      const known = counts.get(key) ?? { count: 0, endsAt }
      counts.set(key, { ...known, count: known.count + 1 })
      return { key, count: known.count + 1, endsAt: known.endsAt }
    })
  const guard = () => new Guard({ count }, () => new Date(time.now))
  const attempt = (account: string) => guard().count('log_in', { account, ipAddress: '192.0.2.1' })
  for (let index = 0; index < 10; index++)
    await guard().count('log_in', { account: 'ann', ipAddress: null })
  time.now += 60_000
  for (let index = 0; index < 9; index++) await attempt(`user-${index}`)
  await expect(attempt('ann')).rejects.toMatchObject({ retryAfterSeconds: 180 })
})
