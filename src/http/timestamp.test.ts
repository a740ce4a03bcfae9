import { expect, test } from 'vitest'
import { toTimestamp } from './timestamp.ts'

test.each([
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2026-02-28T09:05:03.007Z',
  '2028-02-29T23:59:59.999Z',
  '0000-01-01T00:00:00.001Z',
  '-000001-12-31T12:00:00.000Z',
  '+010000-01-01T00:00:00.000Z',
])('%s is written as Date writes it', (text) => {
  expect(toTimestamp(new Date(text))).toBe(text)
})

test('instants of more days than are remembered are written as Date writes them', () => {
  const step = 86_400_000 * 3 + 12_345_678
  for (let instant = -5e13; instant < 5e13; instant += step * 101) {
    for (const each of [instant, instant + 1, instant + step]) {
      expect(toTimestamp(new Date(each))).toBe(new Date(each).toISOString())
    }
  }
})

test('what is no instant is not written', () => {
  expect(() => toTimestamp(new Date(Number.NaN))).toThrow(RangeError)
})
