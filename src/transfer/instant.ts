/**
 * Reads an instant as databases and files write it: ISO 8601, `2026-03-01 09:30:00.123456` in UTC,
 * and seconds or milliseconds since 1970. No other format is guessed: 01/02/2026 is ambiguous.
 *
 * @returns null for an empty value, and `'invalid'` for one that cannot be read
 */
export function parseInstant(value: unknown): Date | null | 'invalid' {
  if (value === null || value === undefined || value === '') return null
  if (value instanceof Date) return inRange(value)
  if (typeof value === 'number' || typeof value === 'bigint') return parseEpoch(Number(value))
  if (typeof value !== 'string' || value.length > 40) return 'invalid'
  if (/^\d{9,14}(\.\d+)?$/.test(value)) return parseEpoch(Number(value))
  return parseText(value)
}

// Until 2286 a number of seconds has at most ten digits; since 1970-04-26 a number of milliseconds has more.
function parseEpoch(number: number): Date | 'invalid' {
  // SECURITY: 0 and 1 are booleans, not instants of 1970: otherwise every address would count as verified.
  if (Math.abs(number) < 100_000_000) return 'invalid'
  const isSeconds = Math.abs(number) < 10_000_000_000
  return inRange(new Date(Math.trunc(isSeconds ? number * 1_000 : number)))
}

const written =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/

function parseText(text: string): Date | 'invalid' {
  const found = written.exec(text)
  if (!found) return 'invalid'
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const [hour, minute, second] = [digits(found[4]), digits(found[5]), digits(found[6])]
  const milliseconds = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3))
  const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds))
  // A Date turns the 30th of February into a day in March.
  const isThere = instant.getUTCDate() === day && instant.getUTCMonth() === month - 1
  if (!isThere || hour > 23 || minute > 59 || second > 59) return 'invalid'
  const zone = found[8]
  if (zone === undefined || zone === 'Z') return inRange(instant)
  return inRange(new Date(instant.getTime() - offset(zone)))
}

function digits(text: string | undefined): number {
  return text === undefined ? 0 : Number(text)
}

function offset(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -size : size
}

function inRange(instant: Date): Date | 'invalid' {
  return isInRange(instant) ? instant : 'invalid'
}

/** Whether both databases can store the instant, and a UUID of version 7 can hold it. */
export function isInRange(instant: Date): boolean {
  const year = instant.getUTCFullYear()
  return year >= 1970 && year <= 9999
}
