import type { Connection, Row, Value } from './database.ts'

/** What is imported and exported at a time. */
export const batchRows = 500

// A text for each of these numbers of rows is prepared once, whatever is left over. Of rows with several
// values no more: what node:sqlite takes to bind them grows with the square of their number, and 4,000
// values took 43 µs for each row, 400 take 6.
const sizes = { keys: [1, 25, batchRows], rows: [1, 10, 50] } as const

/**
 * Sends rows, or keys behind IN, in as few statements as are good for both databases. The last row stands
 * in a statement several times where there are fewer than it takes, so it must not mind: IN (…), or an
 * INSERT that leaves what is there.
 *
 * @param text by how many rows it takes
 * @param before values that come before those of the rows
 */
export async function sendRows(
  connection: Connection,
  text: (count: number) => string,
  rows: readonly (readonly Value[])[],
  before: readonly Value[] = [],
): Promise<Row[]> {
  const fitting = sizes[rows[0]?.length === 1 ? 'keys' : 'rows']
  const most = fitting[2]
  const answered: Row[] = []
  for (let from = 0; from < rows.length; from += most) {
    const part = rows.slice(from, from + most)
    const count = fitting.find((size) => size >= part.length) ?? most
    const padding = Array<readonly Value[]>(count - part.length).fill(part.at(-1) ?? [])
    const values = [...before, ...part.flat(), ...padding.flat()]
    answered.push(...(await connection.query(text(count), values)))
  }
  return answered
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
