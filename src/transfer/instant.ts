/**
 * Reads an instant as databases and files write them: ISO 8601, `2026-03-01 09:30:00.123456` in UTC, and
 * seconds or milliseconds since 1970. Nothing else is guessed at: 01/02/2026 is two days.
 *
 * @returns null for nothing at all, and 'invalid' for what cannot be read
 */
export function parseInstant(value: unknown): Date | null | 'invalid' {
  if (value === null || value === undefined || value === '') return null
  if (value instanceof Date) return inRange(value)
  if (typeof value === 'number' || typeof value === 'bigint') return parseEpoch(Number(value))
  if (typeof value !== 'string' || value.length > 40) return 'invalid'
  if (/^\d{9,14}(\.\d+)?$/.test(value)) return parseEpoch(Number(value))
  return parseText(value)
}

// Until 2286 seconds have ten digits, and milliseconds have had more since 1970-04-26.
function parseEpoch(number: number): Date | 'invalid' {
  const isSeconds = Math.abs(number) < 10_000_000_000
  return inRange(new Date(Math.trunc(isSeconds ? number * 1_000 : number)))
}

const written =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/

function parseText(text: string): Date | 'invalid' {
  const [whole, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] =
    written.exec(text) ?? []
  if (whole === undefined) return 'invalid'
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const utc = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`
  const instant = new Date(utc)
  // The 30th of February would be a day in March.
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== utc) return 'invalid'
  return inRange(new Date(instant.getTime() - offset(zone)))
}

function offset(zone: string | undefined): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -size : size
}

// What both databases can keep, and an id can begin with.
function inRange(instant: Date): Date | 'invalid' {
  const year = instant.getUTCFullYear()
  return year >= 1970 && year <= 9999 ? instant : 'invalid'
}
