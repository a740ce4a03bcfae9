import type { Origin, OriginRow, OriginSession, OriginUser } from '../origin.ts'
import type { SourceDatabase, SourceRow } from './source-database.ts'
import type { SourceTable } from './source-table.ts'
import { openSource } from './sources.ts'

/** What to read from an origin, and how a row becomes a user or a session. */
export interface Reading {
  readonly users: Part<OriginUser>
  /** Null where sessions cannot be imported. */
  readonly sessions: Part<OriginSession> | null
  /** What whoever runs the import should know, in sentences. */
  readonly notes: readonly string[]
}

export interface Part<Row> {
  /**
   * The statement; its first column is the id, as text, under another name than the id's: PostgreSQL would sort by it.
   */
  readonly sql: string
  /** Reads a row; null for one that is left out. */
  readonly read: (values: SourceRow, where: string) => Row | null
  /** Where to count the rows, as it stands after FROM. */
  readonly from: string
  readonly table: SourceTable
}

/** @throws OriginError for a database that cannot be opened, or has other tables and columns */
export async function openOrigin(
  name: string,
  url: string,
  plan: (source: SourceDatabase) => Promise<Reading>,
): Promise<Origin> {
  const source = await openSource(url)
  try {
    const reading = await plan(source)
    return {
      name,
      notes: [...reading.notes, ...source.notes],
      read: () => read(source, reading),
      count: () => count(source, reading),
      close: () => source.close(),
    }
  } catch (error) {
    await source.close()
    throw error
  }
}

async function* read(
  source: SourceDatabase,
  { users, sessions }: Reading,
): AsyncGenerator<OriginRow> {
  yield* rowsOf(source, users)
  if (sessions) yield* rowsOf(source, sessions)
}

async function* rowsOf<Row>(
  source: SourceDatabase,
  { sql, read, table }: Part<Row>,
): AsyncGenerator<Row> {
  for await (const values of source.rows(sql)) {
    // An id is no secret, and is what one searches for.
    const row = read(values, `${table.group} ${textOf(values[0]) ?? 'without an id'}`)
    if (row) yield row
  }
}

async function count(source: SourceDatabase, { users, sessions }: Reading): Promise<number> {
  const all = await countOf(source, users.from)
  return sessions ? all + (await countOf(source, sessions.from)) : all
}

export function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** The number of rows of a table, or of what else may follow FROM. */
export async function countOf(source: SourceDatabase, from: string): Promise<number> {
  let number = 0
  const sql = `SELECT CAST(count(*) AS TEXT) FROM ${from}`
  for await (const [count] of source.rows(sql)) number = Number(count)
  return number
}

/** An order by user, the newest first: of too many sessions the first are kept. */
export function newestFirst(table: SourceTable, columns: readonly string[]): string {
  const names = columns.flatMap((column) => table.column(column) ?? [])
  return names.join(' DESC, ').concat(' DESC')
}

/** A condition for a column that PostgreSQL has as a boolean, SQLite as a number, and some tables not at all. */
export function isTrue(table: SourceTable, column: string): string {
  const name = table.column(column)
  return name ? `COALESCE(CAST(${name} AS TEXT), '') IN ('true', '1')` : '1 = 0'
}

/** A note with a number; none for zero. */
export function noteOf(sentence: string, count: number): readonly string[] {
  return count > 0 ? [`${sentence}: ${count}`] : []
}

// SECURITY: those who relied on a second factor should hear that it is gone.
export const withSecondFactor = 'With a second factor, which Latchkey does not ask for'
