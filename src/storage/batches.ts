import { readText } from './columns.ts'
import type { Connection, Row, Value } from './database.ts'

/** What is imported and exported at a time. */
export const batchRows = 500

// A text for each of these numbers of rows is prepared once, whatever is left over.
const sizes = [1, 25, batchRows] as const

interface Rows {
  readonly rows: readonly (readonly Value[])[]
  /** Values that come before those of the rows; default none. */
  readonly before?: readonly Value[]
}

/**
 * Sends rows, or keys behind IN, in as few statements as can be: each is a way to the
 * database and back. The last row stands in a statement several times where there are fewer than it takes,
 * so it must not mind: IN (…), or an INSERT that leaves what is there.
 *
 * @param text by how many rows it takes
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

/** The texts that a statement answers, of those that it is given. */
export async function findTexts(
  connection: Connection,
  select: (count: number) => string,
  texts: readonly string[],
): Promise<Set<string>> {
  const found = await sendRows(connection, select, { rows: texts.map((text) => [text]) })
  return new Set(found.map(([text]) => readText(text)))
}

/** `($2, $3), ($4, $5)`: so many rows of so many parameters, behind those that stand before. */
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

/** `($2, $3, $4)`, for IN. */
export function list(count: number, before = 0): string {
  return tuples(1, count, before)
}

/** Texts by how many rows they take: to put one together takes longer than to send it. */
export function byCount(make: (count: number) => string): (count: number) => string {
  const made = new Map<number, string>()
  return (count) => {
    const text = made.get(count) ?? make(count)
    made.set(count, text)
    return text
  }
}
