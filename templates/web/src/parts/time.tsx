// In the language of the page, not of the browser, because it is part of a sentence on the page.
const language = document.documentElement.lang || undefined
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' })
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long' })
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })

/** When something happened, such as “2 hours ago”; the exact time appears on hover. */
export function Time({ at }: { at: string }) {
  const date = new Date(at)
  // Never in the future, even if the clock of this browser is slow.
  const seconds = Math.min(0, (date.getTime() - Date.now()) / 1_000)
  return (
    <time dateTime={at} title={exact.format(date)}>
      {inWords(seconds)}
    </time>
  )
}

/** The date of something in the future, which people note down: “in 2 months” could be a month too early. */
export function Day({ at }: { at: string }) {
  const date = new Date(at)
  return (
    <time dateTime={at} title={exact.format(date)}>
      {day.format(date)}
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
    // Rounded down: thirteen hours ago is not yesterday.
    const count = Math.trunc(seconds / length)
    if (count !== 0) return relative.format(count, unit)
  }
  return relative.format(0, 'second')
}
