const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

/** An instant of the API, as people say it; the exact one appears on hover. */
export function Time({ at }: { at: string }) {
  const date = new Date(at)
  return (
    <time dateTime={at} title={exact.format(date)}>
      {inWords((date.getTime() - Date.now()) / 1_000)}
    </time>
  )
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

function inWords(seconds: number): string {
  for (const [unit, length] of units) {
    // Not rounded up: thirteen hours ago is not yesterday.
    const count = Math.trunc(seconds / length)
    if (count !== 0) return relative.format(count, unit)
  }
  return relative.format(0, 'second')
}
