import { expect, test } from 'vitest'
import { movableClock } from '../testing/clock.ts'
import type { GuardCount, GuardStore } from './guard.ts'
import { RequestAllowance } from './request-allowance.ts'

// One database for all processes, in memory.
function start(requestsPerMinute: number) {
  const clock = movableClock()
  const rows = new Map<string, { count: number; endsAt: Date }>()
  let writes = 0
  const store: GuardStore = {
    async count(keys, { attempts, now, endsAt }) {
      writes += 1
      return keys.map((key): GuardCount => {
        const row = rows.get(key)
        const isOpen = row && row.endsAt > now && row.endsAt <= endsAt
        const next = isOpen ? { ...row, count: row.count + attempts } : { count: attempts, endsAt }
        rows.set(key, next)
        return { key, ...next }
      })
    },
  }
  const open = () => new RequestAllowance(store, clock, requestsPerMinute)
  return { clock, open, writes: () => writes }
}

async function useOften(allowance: RequestAllowance, times: number, key = 'a'): Promise<number> {
  const uses = Array.from({ length: times }, () => allowance.use(key))
  const settled = await Promise.allSettled(uses)
  return settled.filter(({ status }) => status === 'fulfilled').length
}

test('so many pass in a minute and no more, also all at once', async () => {
  const { open, clock } = start(50)
  const allowance = open()
  expect(await useOften(allowance, 80)).toBe(50)
  clock.advance({ minutes: 1, milliseconds: -1 })
  expect(await useOften(allowance, 1)).toBe(0)
  clock.advance({ milliseconds: 1 })
  expect(await useOften(allowance, 80)).toBe(50)
})

test('a twentieth of the limit is one write, and a refusal is none', async () => {
  const { open, writes } = start(600)
  const allowance = open()
  await useOften(allowance, 30)
  expect(writes()).toBe(1)
  await allowance.use('a')
  expect(writes()).toBe(2)
  await useOften(allowance, 1_000)
  const full = writes()
  expect(full).toBe(20)
  await useOften(allowance, 1_000)
  expect(writes()).toBe(full)
})

test('two processes admit together no more than one would', async () => {
  const { open } = start(100)
  const [one, other] = [open(), open()]
  const admitted = await Promise.all([useOften(one, 90), useOften(other, 90)])
  expect(admitted[0] + admitted[1]).toBe(100)
})

test('each key has its own', async () => {
  const { open } = start(1)
  const allowance = open()
  expect([await useOften(allowance, 3, 'a'), await useOften(allowance, 3, 'b')]).toEqual([1, 1])
})

test('whoever is refused is told how long to wait', async () => {
  const { open, clock } = start(1)
  const allowance = open()
  await allowance.use('a')
  clock.advance({ milliseconds: 20_500 })
  await expect(allowance.use('a')).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 40,
    limit: { name: 'requests', attempts: 1, windowSeconds: 60 },
  })
})

test('a clock that was put back a day shuts nobody out for a day', async () => {
  const { open, clock } = start(1)
  const allowance = open()
  await allowance.use('a')
  clock.advance({ days: -1 })
  expect(await useOften(allowance, 2)).toBe(1)
})
