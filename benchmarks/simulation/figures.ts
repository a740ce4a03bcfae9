import { readFileSync, writeFileSync } from 'node:fs'

/** The measured figures from which the simulation is made. */
export interface Figures {
  /** When, at which commit and where they were measured. */
  readonly measured: string
  /** The CPU for one, in the process and in PostgreSQL. Of a check, at half of the rate that saturates the process. */
  readonly check: Cost
  readonly logIn: Cost
  /** The part of a log-in that is queued, and computed beside the checks. */
  readonly hash: { readonly microseconds: number }
  /** Writing this number of last uses in one statement. */
  readonly lastUses: { readonly rows: number; readonly databaseMicroseconds: number }
  /** PostgreSQL's CPU for one mail of the outbox, and for one swept session. */
  readonly mail: { readonly databaseMicroseconds: number }
  readonly swept: { readonly databaseMicroseconds: number }
  /** How long garbage collection halts a process, and after how many checks. */
  readonly pause: { readonly microseconds: number; readonly everyChecks: number }
  /** The size of a session with its indexes. */
  readonly sessionBytes: number
  /** Measurements of one process at two steady rates, to compare with the simulation. */
  readonly cases: readonly Case[]
}

export interface Cost {
  readonly nodeMicroseconds: number
  readonly databaseMicroseconds: number
}

/** A measurement at a steady rate; latencies in milliseconds. */
export interface Case {
  readonly perSecond: number
  /** The rate, as a share of the one that saturates the process. */
  readonly share: number
  /** The CPU for one. The fewer checks arrive together, the more each takes. */
  readonly cost: Cost
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
