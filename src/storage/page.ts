import { isId } from '../core/ids.ts'

// The ends of a list that is ordered by ids.

/** Before every id (RFC 9562 §5.9). */
export const firstId = '00000000-0000-0000-0000-000000000000'

/** Behind every id (RFC 9562 §5.10). */
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Whether an id is one of the two ends, which no row has as its id. */
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
 * The parameters of a page: the id after which it begins, or `end` for the first page, and how many rows it has at
 * most.
 *
 * @throws RangeError if `after` is not an id, or `limit` not a whole number: the two databases would treat it
 *   differently
 */
export function pageParameters({ limit, after }: Page, end: string): [string, number] {
  if (after !== null && !isId(after)) throw new RangeError('A page begins after an id')
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`The limit of a page must be a whole number, not ${limit}`)
  }
  return [after ?? end, limit]
}
