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

/**
 * Where a page begins: after the last id of the previous page, or at an end.
 *
 * @throws RangeError for what is not an id: one database would make a page of it, the other nothing
 */
export function beginsAt(after: string | null, end: string): string {
  if (after === null) return end
  if (isId(after)) return after
  throw new RangeError('A page begins behind an id')
}
