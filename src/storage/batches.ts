import { readText } from './columns.ts'
import type { Connection, Row, Value } from './database.ts'

/** How many rows are imported and exported at a time. */
export const batchRows = 500

// One text is prepared for each of these numbers of rows, whatever is left over.
const sizes = [1, 25, batchRows] as const

interface Rows {
  readonly rows: readonly (readonly Value[])[]
  /** Values before those of the rows; default none. */
  readonly before?: readonly Value[]
}

/**
 * Sends rows, or keys for IN, in as few statements as possible: each is a round trip to the
 * database. Where a statement takes more rows than there are, the last row is repeated, so
 * repetition must do no harm: IN (…), or an INSERT that leaves existing rows.
 *
 * @param text makes the statement for a number of rows
 */
export async function sendRows(
  connection: Connection,
  text: (count: number) => string,
  { rows, before = [] }: Rows,
): Promise<Row[]> {
  const answered: Row[] = []
  for (let from = 0; from < rows.length; from += batchRows) {
    const part = rows.slice(from, from + batchRows)
    const count = sizes.find((size) => size >= part.length) ?? batchRows
    const padding = Array<readonly Value[]>(count - part.length).fill(part.at(-1) ?? [])
    const values = [...before, ...part.flat(), ...padding.flat()]
    answered.push(...(await connection.query(text(count), values)))
  }
  return answered
}

/** Those of the texts that a statement finds. */
export async function findTexts(
  connection: Connection,
  select: (count: number) => string,
  texts: readonly string[],
): Promise<Set<string>> {
  const found = await sendRows(connection, select, { rows: texts.map((text) => [text]) })
  return new Set(found.map(([text]) => readText(text)))
}

/** `($2, $3), ($4, $5)`: so many rows of so many parameters, after `before` others. */
export function tuples(count: number, width: number, before = 0): string {
  const row = (index: number) => {
    const numbers = Array.from(
      { length: width },
      (_, column) => before + index * width + column + 1,
    )
    return `(${numbers.map((number) => `$${number}`).join(', ')})`
  }
  return Array.from({ length: count }, (_, index) => row(index)).join(', ')
}

/** `($1, $2, $3)`, for IN. */
export function list(count: number): string {
  return tuples(1, count)
}

/** Keeps texts by their number of rows: to put one together takes longer than to send it. */
export function byCount(make: (count: number) => string): (count: number) => string {
  const made = new Map<number, string>()
  return (count) => {
    const text = made.get(count) ?? make(count)
    made.set(count, text)
    return text
  }
}
