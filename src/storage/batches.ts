import { readText } from './columns.ts'
import type { Connection, Row, Value } from './database.ts'

/** How many rows are imported and exported at a time. */
export const batchRows = 500

// Statements are prepared for these numbers of rows only.
const sizes = [1, 25, batchRows] as const

interface Rows {
  readonly rows: readonly (readonly Value[])[]
  /** Values that come before those of the rows; default none. */
  readonly before?: readonly Value[]
}

/**
 * Sends rows, or keys for IN, in as few statements as possible, since each is a round trip to the database. If a
 * statement takes more rows than are left, the last one is repeated. So repeated rows must be harmless, as in IN (…),
 * or in an INSERT that ignores existing rows.
 *
 * @param text returns the statement for a number of rows
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

/** Which of these texts a statement finds. */
export async function findTexts(
  connection: Connection,
  select: (count: number) => string,
  texts: readonly string[],
): Promise<Set<string>> {
  const found = await sendRows(connection, select, { rows: texts.map((text) => [text]) })
  return new Set(found.map(([text]) => readText(text)))
}

/** The parameters of `count` rows of `width` values, after `before` others: `($2, $3), ($4, $5)`. */
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

/** Remembers the statement for each number of rows: composing one takes longer than sending it. */
export function byCount(make: (count: number) => string): (count: number) => string {
  const made = new Map<number, string>()
  return (count) => {
    const text = made.get(count) ?? make(count)
    made.set(count, text)
    return text
  }
}
