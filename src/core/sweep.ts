import type { Configuration } from './config.ts'
import { type SweepHorizon, type SweepStep, type SweptTable, sweptTables } from './store.ts'

/** How many rows of each table were deleted. */
export type Swept = Record<SweptTable, number>

/** How large the steps of a sweep are, and what happens between them. */
export interface Pace {
  /** How many rows a step deletes at most. */
  readonly maximum: number
  /** Called before each step, right before it reads the clock; false ends the sweep. */
  mayGoOn(): boolean
  /** Called after each step; resolves to false to end the sweep. */
  after(step: SweepStep): Promise<boolean>
}

// How long expired rows are kept, since the clocks of two processes may differ.
const graceHours = 1
const messageDays = 30
const eventDays = 365
// A mail with a link is tried for a day. If it failed, an operator can have it tried for another day while it is kept,
// and the link works for a day.
const changeDays = messageDays + 3

/**
 * Deletes what has expired, table by table, in small steps. It frees space, and changes no answer. Mails are kept for
 * 30 days after they were sent or failed, unconfirmed changes of address for 33, and events for a year.
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
