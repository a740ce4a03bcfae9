import type { Origin, OriginRow, OriginSession, OriginUser } from '../origin.ts'
import type { SourceDatabase, SourceRow } from './source-database.ts'
import type { SourceTable } from './source-table.ts'
import { openSource } from './sources.ts'

/** What to read from an origin, and how to turn a row into a user or a session. */
export interface Reading {
  readonly users: Part<OriginUser>
  /** Null if sessions cannot be imported. */
  readonly sessions: Part<OriginSession> | null
  /** Sentences for the person who runs the import. */
  readonly notes: readonly string[]
}

export interface Part<Row> {
  /**
   * The statement. Its first column is the id as text, which must not have the name of the id: PostgreSQL would sort by
   * the text.
   */
  readonly sql: string
  /** Turns a row into a user or a session; null if it is left out. */
  readonly read: (values: SourceRow, where: string) => Row | null
  /** What follows FROM in the statement that counts the rows. */
  readonly from: string
  readonly table: SourceTable
}

/** @throws OriginError if the database cannot be opened, or lacks tables or columns */
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
    // The report may contain the id, which is not secret and helps to find the row.
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

/** The number of rows in a table, or in anything else that may follow FROM. */
export async function countOf(source: SourceDatabase, from: string): Promise<number> {
  let number = 0
  const sql = `SELECT CAST(count(*) AS TEXT) FROM ${from}`
  for await (const [count] of source.rows(sql)) number = Number(count)
  return number
}

/** An order by user, with the newest sessions first: if a user has too many, the first are kept. */
export function newestFirst(table: SourceTable, columns: readonly string[]): string {
  const names = columns.flatMap((column) => table.column(column) ?? [])
  return names.join(' DESC, ').concat(' DESC')
}

/** A condition on a column that is a boolean in PostgreSQL, a number in SQLite, and missing in some tables. */
export function isTrue(table: SourceTable, column: string): string {
  const name = table.column(column)
  return name ? `COALESCE(CAST(${name} AS TEXT), '') IN ('true', '1')` : '1 = 0'
}

/** A note with a number; no note if it is zero. */
export function noteOf(sentence: string, count: number): readonly string[] {
  return count > 0 ? [`${sentence}: ${count}`] : []
}

// SECURITY: users who relied on a second factor should be told that they no longer have it.
export const withSecondFactor = 'With a second factor, which Latchkey does not ask for'
