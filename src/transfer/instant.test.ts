import { expect, test } from 'vitest'
import { parseInstant } from './instant.ts'

const instant = new Date('2026-03-01T09:30:15.123Z')
const whole = new Date('2026-03-01T09:30:15.000Z')

test.each<[unknown, Date]>([
  ['2026-03-01T09:30:15.123Z', instant],
  ['2026-03-01 09:30:15.123456', instant],
  ['2026-03-01 09:30:15.123456789 UTC', instant],
  ['2026-03-01 10:30:15.123+01', instant],
  ['2026-03-01T05:00:15.123-04:30', instant],
  ['2026-03-01T10:30:15.123+0100', instant],
  ['2026-03-01T09:30:15', whole],
  ['2026-03-01', new Date('2026-03-01T00:00:00Z')],
  [whole.getTime() / 1_000, whole],
  [String(whole.getTime() / 1_000), whole],
  [instant.getTime(), instant],
  [BigInt(instant.getTime()), instant],
  [`${instant.getTime() / 1_000}`, instant],
  [instant, instant],
])('%s is read', (value, expected) => {
  expect(parseInstant(value)).toEqual(expected)
})

test.each([null, undefined, ''])('%s is none', (value) => {
  expect(parseInstant(value)).toBeNull()
})

test.each<unknown>([
  '01/02/2026',
  '2026-02-30',
  '2026-13-01',
  '2026-03-01 24:00:00',
  '2026-03-01 09:60:00',
  'yesterday',
  '1969-12-31',
  '12026-03-01',
  '42',
  // Booleans of SQLite.
  0,
  1,
  42,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  new Date(Number.NaN),
  ` ${'9'.repeat(60)}`,
])('%s is not guessed at', (value) => {
  expect(parseInstant(value)).toBe('invalid')
})
