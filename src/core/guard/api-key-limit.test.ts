import { expect, test } from 'vitest'
import { memoryGuardStore } from '../../../test/memory-guard-store.ts'
import { movableClock } from '../../testing/clock.ts'
import { ApiKeyLimit } from './api-key-limit.ts'

// One database for all processes, in memory.
function start(requestsPerMinute: number) {
  const clock = movableClock()
  const store = memoryGuardStore()
  const open = () => new ApiKeyLimit(store, clock, requestsPerMinute)
  return { clock, open, writes: () => store.calls.writes }
}

async function useOften(limit: ApiKeyLimit, times: number, key = 'a'): Promise<number> {
  const uses = Array.from({ length: times }, () => limit.count({ id: key, userId: key }))
  const settled = await Promise.allSettled(uses)
  return settled.filter(({ status }) => status === 'fulfilled').length
}

test('so many pass in a minute and no more, also all at once', async () => {
  const { open, clock } = start(50)
  const limit = open()
  expect(await useOften(limit, 80)).toBe(50)
  clock.advance({ minutes: 1, milliseconds: -1 })
  expect(await useOften(limit, 1)).toBe(0)
  clock.advance({ milliseconds: 1 })
  expect(await useOften(limit, 80)).toBe(50)
})

test('a twentieth of the limit is one write, and a refusal is none', async () => {
  const { open, writes } = start(600)
  const limit = open()
  await useOften(limit, 30)
  // One for the key, and one for all keys of its user.
  expect(writes()).toBe(2)
  await limit.count({ id: 'a', userId: 'a' })
  expect(writes()).toBe(3)
  await useOften(limit, 1_000)
  const full = writes()
  expect(full).toBe(20 + 2)
  await useOften(limit, 1_000)
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
  const limit = open()
  expect([await useOften(limit, 3, 'a'), await useOften(limit, 3, 'b')]).toEqual([1, 1])
})

test('whoever is refused is told how long to wait', async () => {
  const { open, clock } = start(1)
  const limit = open()
  await limit.count({ id: 'a', userId: 'a' })
  clock.advance({ milliseconds: 20_500 })
  await expect(limit.count({ id: 'a', userId: 'a' })).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 40,
    limit: { name: 'requests', attempts: 1, windowSeconds: 60 },
  })
})

test('a clock that was put back a day shuts nobody out for longer than a minute', async () => {
  const { open, clock } = start(1)
  const limit = open()
  await limit.count({ id: 'a', userId: 'a' })
  clock.advance({ days: -1 })
  // The count is kept, and its window ends in time.
  expect(await useOften(limit, 2)).toBe(0)
  clock.advance({ minutes: 1 })
  expect(await useOften(limit, 2)).toBe(1)
})

test('all keys of a user together have ten times as many', async () => {
  const { open } = start(5)
  const limit = open()
  let admitted = 0
  for (let key = 1; key <= 20; key++) {
    const uses = Array.from({ length: 5 }, () => limit.count({ id: `key-${key}`, userId: 'ann' }))
    const settled = await Promise.allSettled(uses)
    admitted += settled.filter(({ status }) => status === 'fulfilled').length
  }
  expect(admitted).toBe(50)
  await limit.count({ id: 'key-21', userId: 'bob' })
})
