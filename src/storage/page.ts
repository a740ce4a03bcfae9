import { isId } from '../core/ids.ts'

// The ends of every list that is ordered by ids.

/** Before every id (RFC 9562 §5.9). */
export const firstId = '00000000-0000-0000-0000-000000000000'

/** Behind every id (RFC 9562 §5.10). */
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Whether an id is one of the two ends, which nothing has for an id. */
export function isEnd(id: string): boolean {
  return id === firstId || id === lastId
}

/** Which rows of a list are wanted. */
interface Page {
  readonly limit: number
  /** The last id of the page before; null for the first page. */
  readonly after: string | null
}

/**
 * The id behind which a page begins, the end where it is the first, and how many rows it has at most.
 *
 * @throws RangeError for what is not an id, or not a number of rows: one database would make a page of it, the other
 *   an error, or nothing
 */
export function pageParameters({ limit, after }: Page, end: string): [string, number] {
  if (after !== null && !isId(after)) throw new RangeError('A page begins behind an id')
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`A page has a whole number of entries at most, not ${limit}`)
  }
  return [after ?? end, limit]
}
