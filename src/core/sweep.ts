import type { Configuration } from './config.ts'
import { type SweepHorizon, type SweepStep, type SweptTable, sweptTables } from './store.ts'

/** How many rows of each table were deleted. */
export type Swept = Record<SweptTable, number>

/** What a sweep does between its steps. */
export interface Pace {
  /** The most rows that a step deletes. */
  readonly maximum: number
  /** Asked right before the next step looks at the clock. */
  mayGoOn(): boolean
  /** @returns whether there is to be another step */
  after(step: SweepStep): Promise<boolean>
}

// Rows stay for so long after they expire: the clocks of two processes may differ.
const graceHours = 1
const messageDays = 30
const eventDays = 365
// A mail with a link is tried for a day. If it failed, an operator can have it tried for another day while it is kept,
// and the link works for a day.
const changeDays = messageDays + 3

/**
 * Deletes what has expired, table by table and in small steps: space is given back, and no answer
 * changes. Mails that were sent, or could not be, are kept for 30 days, addresses that somebody wanted and never proved
 * for 33, and events for a year.
 *
 * @throws AuthError `unavailable`
 */
export async function sweep(config: Configuration, pace: Pace): Promise<Swept> {
  const swept: Swept = {
    sessions: 0,
    api_keys: 0,
    password_resets: 0,
    email_verifications: 0,
    email_changes: 0,
    registrations: 0,
    guard_counts: 0,
    failed_attempts: 0,
    session_aliases: 0,
    signing_keys: 0,
    outbox: 0,
    events: 0,
  }
  for (const table of sweptTables) {
    let from: SweepStep['next'] = null
    do {
      if (!pace.mayGoOn()) return swept
      const part = { horizon: horizonOf(config), from, maximum: pace.maximum }
      const step: SweepStep = await config.store.sweep(table, part)
      swept[table] += step.deleted
      from = step.next
      if (!(await pace.after(step))) return swept
    } while (from !== null)
  }
  return swept
}

function horizonOf(config: Configuration): SweepHorizon {
  const { clock, sessions } = config
  const grace = graceHours * 3_600_000
  const now = clock().getTime() - grace
  const before = (hours: number) => new Date(now - hours * 3_600_000)
  return {
    overAt: new Date(now),
    usedAfter: before(sessions.idleHours),
    createdAfter: before(sessions.maximumHours),
    endedAfter: before(messageDays * 24),
    occurredAfter: before(eventDays * 24),
    changeAskedAfter: before(changeDays * 24),
  }
}
