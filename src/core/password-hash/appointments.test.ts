import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Appointments } from './appointments.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function makeMany(appointments: Appointments, count: number, milliseconds: number): number[] {
  return Array.from({ length: count }, () => appointments.make(milliseconds))
}

test('as many come back in a second as have their turns in one', () => {
  const seconds = makeMany(new Appointments(), 45, 50)
  expect(seconds).toEqual([1, ...Array(20).fill(2), ...Array(20).fill(3), ...Array(4).fill(4)])
})

test('behind the last of ten seconds the first comes again', () => {
  const seconds = makeMany(new Appointments(), 40, 500)
  const once = [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10]
  expect(seconds).toEqual([...once, ...once, 1, 2, 2, 3])
})

test('those whose time has come are waited for no longer', () => {
  const appointments = new Appointments()
  expect(makeMany(appointments, 4, 2_000)).toEqual([1, 3, 5, 7])
  vi.advanceTimersByTime(6_000)
  expect(makeMany(appointments, 2, 2_000)).toEqual([3, 5])
  vi.advanceTimersByTime(60_000)
  expect(appointments.make(2_000)).toBe(1)
})

test('those who take longer than there is time for do not come back at once either', () => {
  expect(makeMany(new Appointments(), 5, 60_000)).toEqual([1, 4, 7, 1, 4])
})
