import { readFileSync, writeFileSync } from 'node:fs'

/** What was measured, and what the simulation is made of. */
export interface Figures {
  /** When, of which commit and where. */
  readonly measured: string
  /** CPU of one, at the process that is asked and at PostgreSQL. */
  readonly check: Cost
  readonly logIn: Cost
  /** The part of a log-in that waits its turn and is computed beside the checks. */
  readonly hash: { readonly microseconds: number }
  /** Writing down so many last uses in one statement. */
  readonly lastUses: { readonly rows: number; readonly databaseMicroseconds: number }
  /** PostgreSQL's CPU for a mail of the outbox, and for a session that is swept. */
  readonly mail: { readonly databaseMicroseconds: number }
  readonly swept: { readonly databaseMicroseconds: number }
  /** Collecting garbage halts a process, once in so many checks. */
  readonly pause: { readonly microseconds: number; readonly everyChecks: number }
  /** Of a session with its indexes. */
  readonly sessionBytes: number
  /** One process at two steady rates, for holding the simulation against. */
  readonly cases: readonly Case[]
}

export interface Cost {
  readonly nodeMicroseconds: number
  readonly databaseMicroseconds: number
}

/** Milliseconds. */
export interface Case {
  readonly perSecond: number
  /** Of the rate that saturates the process. */
  readonly share: number
  readonly p50: number
  readonly p99: number
}

const file = new URL('./measured.json', import.meta.url)

export function readFigures(): Figures {
  return JSON.parse(readFileSync(file, 'utf8'))
}

export function writeFigures(figures: Figures): void {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(2)) : value
  writeFileSync(file, `${JSON.stringify(figures, rounded, 2)}\n`)
}
