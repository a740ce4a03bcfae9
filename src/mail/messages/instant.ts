const format = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
})

/** When something happened, for people: `3 February 2026 at 23:59 UTC`. */
export function writeInstant(instant: Date): string {
  return `${format.format(instant)} UTC`
}
