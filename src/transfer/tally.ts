import type { Refusal, RefusedRow } from './refusals.ts'

/** A scheme of imported hashes, and how many users have such a hash; null if they could not be counted. */
export interface SchemeLeft {
  readonly scheme: string
  readonly users: number | null
}

/** What an import did, or would do in a dry run. */
export interface Summary {
  /** New users. */
  readonly imported: number
  /** Users who exist here from an earlier import. */
  readonly unchanged: number
  /** Users whose password was changed at the origin, and who have not logged in here since. */
  readonly updated: number
  /** New sessions, API keys and events. */
  readonly sessions: number
  readonly api_keys: number
  readonly events: number
  /** The imported hashes that are still in use, from this import and others. */
  readonly password_schemes: readonly SchemeLeft[]
  /** Refused rows by reason, without reasons that have no rows. */
  readonly refused: Readonly<Partial<Record<Refusal, number>>>
}

type Count = Exclude<keyof Summary, 'refused' | 'password_schemes'>

/** Counts rows, and passes on those that are refused. */
export class Tally {
  readonly #onRefused: (row: RefusedRow) => void
  readonly #counts: Record<Count, number> = {
    imported: 0,
    unchanged: 0,
    updated: 0,
    sessions: 0,
    api_keys: 0,
    events: 0,
  }
  readonly #refused = new Map<Refusal, number>()

  constructor(onRefused: (row: RefusedRow) => void) {
    this.#onRefused = onRefused
  }

  add(count: Count, rows = 1): void {
    this.#counts[count] += rows
  }

  refuse(reason: Refusal, { where, emailAddress }: Omit<RefusedRow, 'reason'>): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
    this.#onRefused({ where, reason, emailAddress })
  }

  summary(schemes: readonly SchemeLeft[]): Summary {
    const refused = Object.fromEntries([...this.#refused].sort(([a], [b]) => (a < b ? -1 : 1)))
    return { ...this.#counts, refused, password_schemes: schemes }
  }
}
