import { expect, test } from 'vitest'
import {
  backOffMilliseconds,
  latestDueMilliseconds,
  leaseMilliseconds,
  pauseMilliseconds,
  renewalMilliseconds,
} from './patience.ts'

const lowest = () => Uint8Array.of(0)
const middle = () => Uint8Array.of(127)
const highest = () => Uint8Array.of(255)
const nths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1_000]

test('a mail that is put off waits twice as long each time, up to an hour', () => {
  const seconds = nths.map((nth) => backOffMilliseconds(nth, highest) / 1_000)
  expect(seconds).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600, 3_600])
})

test('the pauses of an outbox double from a second up to half a minute', () => {
  const seconds = nths.map((nth) => pauseMilliseconds(nth, highest) / 1_000)
  expect(seconds).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30])
})

test('chance takes away up to half, and never more', () => {
  for (const wait of [backOffMilliseconds, pauseMilliseconds]) {
    for (const nth of nths) {
      const longest = wait(nth, highest)
      expect(wait(nth, lowest)).toBe(longest / 2)
      expect(wait(nth, middle)).toBeGreaterThan(longest / 2)
      expect(wait(nth, middle)).toBeLessThan(longest)
    }
  }
})

test('a claim is renewed twice before it ends, and no due time is ever as far as a wrong one', () => {
  expect(2 * renewalMilliseconds).toBeLessThan(leaseMilliseconds)
  expect(latestDueMilliseconds).toBeGreaterThanOrEqual(leaseMilliseconds)
  for (const nth of nths) {
    expect(latestDueMilliseconds).toBeGreaterThan(backOffMilliseconds(nth, highest))
  }
})
