/** A clock that stands still until it is moved. */
export interface Clock {
  (): Date
  advance(by: Duration): void
  /** Sets it to an instant, later or earlier. */
  set(to: Date): void
}

/** A length of time; its parts are added up. */
export interface Duration {
  readonly days?: number | undefined
  readonly hours?: number | undefined
  readonly minutes?: number | undefined
  readonly seconds?: number | undefined
  readonly milliseconds?: number | undefined
}

/** For `createAuth({ clock })`: tests move the time and never sleep. */
export function movableClock(start: Date = noon): Clock {
  let now = start.getTime()
  const clock = () => new Date(now)
  clock.advance = ({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration) =>
    move(now + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds)
  clock.set = (to: Date) => move(to.getTime())
  return clock

  function move(to: number): void {
    if (!(Math.abs(to) <= latest)) throw new RangeError('There is no such time')
    now = to
  }
}

/** Where a clock starts by default. */
export const noon: Date = new Date('2026-01-01T12:00:00Z')

// ECMA-262 §21.4.1.1: a later Date is invalid, and every comparison with it is false.
const latest = 8.64e15
