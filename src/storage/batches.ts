import type { Value } from './database.ts'

/** Rows go into a statement in these numbers: each text is prepared once, whatever is left over. */
const sizes = [1, 25, 500] as const

/** At most so many rows in one statement. */
export const batchRows = 500

/**
 * Values for a statement that takes so many rows as `sizes` has: the last row stands there several times
 * where there are fewer. So the statement must not mind: IN (…), or an INSERT that leaves what is there.
 */
export function padded(rows: readonly (readonly Value[])[]): {
  readonly count: number
  readonly values: readonly Value[]
} {
  const [last] = rows.slice(-1)
  const count = sizes.find((size) => size >= rows.length)
  if (last === undefined || count === undefined) {
    throw new RangeError(`A batch has 1 to ${batchRows} rows, not ${rows.length}`)
  }
  const all = [...rows, ...Array<readonly Value[]>(count - rows.length).fill(last)]
  return { count, values: all.flat() }
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
