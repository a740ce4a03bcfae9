import { isId } from '../core/ids.ts'

// The ends of what is in the order of its ids.

/** Before every id (RFC 9562 §5.9). */
export const firstId = '00000000-0000-0000-0000-000000000000'

/** Behind every id (RFC 9562 §5.10). */
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Whether an id is one of the two, which no page has. */
export function isEnd(id: string): boolean {
  return id === firstId || id === lastId
}

/**
 * Where a page begins: behind the last id of the page before, or at one of the ends.
 *
 * @throws RangeError for what is no id, of which one database would make a page, and the other nothing
 */
export function beginsAt(after: string | null, end: string): string {
  if (after === null) return end
  if (isId(after)) return after
  throw new RangeError('A page begins behind an id')
}
