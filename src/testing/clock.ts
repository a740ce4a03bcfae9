/** A clock that stands still until it is moved. */
export interface Clock {
  (): Date
  advance(by: Duration): void
}

interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** For `createAuth({ clock })`: time is moved, never slept. */
export function movableClock(start: Date = new Date('2026-01-01T12:00:00Z')): Clock {
  let now = start.getTime()
  const clock = () => new Date(now)
  clock.advance = ({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }) => {
    now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds
  }
  return clock
}
