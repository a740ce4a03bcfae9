/**
 * An instant as it is written in JSON: `2026-11-24T05:15:51.042Z` (RFC 3339, UTC, milliseconds).
 *
 * `Date`'s own `toISOString` returns the same, but takes three times as long: in a list of projects that was 5 % of the
 * whole request.
 */
export function toTimestamp(instant: Date): string {
  const milliseconds = instant.getTime()
  const day = Math.floor(milliseconds / millisecondsPerDay)
  const rest = milliseconds - day * millisecondsPerDay
  const hours = twoDigits[Math.floor(rest / 3_600_000)]
  const minutes = twoDigits[Math.floor(rest / 60_000) % 60]
  const seconds = twoDigits[Math.floor(rest / 1_000) % 60]
  return `${dateOf(day)}T${hours}:${minutes}:${seconds}.${threeDigits[rest % 1_000]}Z`
}

const millisecondsPerDay = 86_400_000
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const threeDigits = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'))
const dates = new Map<number, string>()

/** @throws RangeError for an invalid Date, as `toISOString` does */
function dateOf(day: number): string {
  const known = dates.get(day)
  if (known !== undefined) return known
  const date = new Date(day * millisecondsPerDay).toISOString().slice(0, -'T00:00:00.000Z'.length)
  if (dates.size >= 1_000) dates.clear()
  dates.set(day, date)
  return date
}
