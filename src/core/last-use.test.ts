import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { movableClock } from '../testing/clock.ts'
import { newSession, newUser, noon } from '../testing/store-contract/contract.ts'
import { LastUse } from './last-use.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Written = [ids: readonly string[], usedAt: Date]

function start() {
  const written: Written[] = []
  let isAway = false
  const record = async (ids: readonly string[], usedAt: Date) => {
    if (isAway) throw new Error('away')
    written.push([ids, usedAt])
  }
  const clock = movableClock(noon)
  const lastUse = new LastUse(record, clock)
  const setAway = (away: boolean) => {
    isAway = away
  }
  return { lastUse, record, clock, written, setAway }
}

test('what is used within five minutes of the last use recorded is not written', () => {
  const { lastUse, clock, written } = start()
  clock.advance({ minutes: 5, milliseconds: -1 })
  lastUse.note(newSession(newUser()))
  vi.advanceTimersByTime(60_000)
  expect(written).toEqual([])
})

test('where sessions live for three minutes without use, a use is written after fifteen seconds', async () => {
  const { record, clock, written } = start()
  const lastUse = new LastUse(record, clock, 0.05)
  clock.advance({ seconds: 15, milliseconds: -1 })
  lastUse.note(newSession(newUser()))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(written).toEqual([])
  clock.advance({ milliseconds: 1 })
  lastUse.note(newSession(newUser()))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(written).toHaveLength(1)
})

test('uses are written a second later, each session once, as of the first of them', async () => {
  const { lastUse, clock, written } = start()
  const [one, other] = [newSession(newUser()), newSession(newUser())]
  clock.advance({ minutes: 5 })
  const first = clock()
  for (const session of [one, other, one]) {
    lastUse.note(session)
    clock.advance({ milliseconds: 10 })
  }
  await vi.advanceTimersByTimeAsync(999)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual([[[one.id, other.id], first]])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toHaveLength(1)
})

test('what cannot be written is written when the database is back, as of when it was used', async () => {
  const { lastUse, clock, written, setAway } = start()
  const [one, other] = [newSession(newUser()), newSession(newUser())]
  clock.advance({ minutes: 5 })
  const first = clock()
  setAway(true)
  lastUse.note(one)
  await vi.advanceTimersByTimeAsync(1_000)
  clock.advance({ minutes: 1 })
  lastUse.note(other)
  setAway(false)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(written).toEqual([[[one.id, other.id], first]])
})

test('so many wait at most, and what waits is written at once when it is asked for', async () => {
  const { lastUse, clock, written } = start()
  clock.advance({ minutes: 5 })
  for (let count = 0; count < 10_001; count++) lastUse.note(newSession(newUser()))
  await lastUse.flush()
  expect(written[0]?.[0]).toHaveLength(10_000)
  await lastUse.flush()
  expect(written).toHaveLength(1)
})

test('a flush waits for what is being written', async () => {
  const written = Promise.withResolvers<void>()
  const clock = movableClock(noon)
  const lastUse = new LastUse(() => written.promise, clock)
  clock.advance({ minutes: 5 })
  lastUse.note(newSession(newUser()))
  await vi.advanceTimersByTimeAsync(1_000)
  let hasFlushed = false
  const flushed = lastUse.flush().then(() => {
    hasFlushed = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(hasFlushed).toBe(false)
  written.resolve()
  await flushed
})
