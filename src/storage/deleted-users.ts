import { hash } from 'node:crypto'
import { isId } from '../core/ids.ts'
import { byCount, findTexts, list, sendRows, tuples } from './batches.ts'
import { readText } from './columns.ts'
import type { Connection } from './database.ts'
import { isEnd } from './page.ts'
import type { OriginId } from './transfers.ts'

// Who was deleted here must not come back with another import: of them a mark stays, for ever. It is a digest
// of what they were called, not salted, so whoever has the table can look whether a name that they guess is
// in it: an id that is no UUID, or the address of a file without ids, can be guessed.

/** What users are called by Latchkey itself, in an export of its own. */
export const ownOrigin = 'latchkey'

/** Whether a user keeps as their id what their origin called them. */
export function isUuid(text: string): boolean {
  const id = text.toLowerCase()
  return isId(id) && !isEnd(id)
}

/** The id of the mark of a user: a UUID (RFC 9562 §5.8) of a digest. */
export function markOf({ origin, originId }: OriginId): string {
  const digits = hash('sha256', `${origin}\0${originId}`, 'hex')
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ]
  return parts.join('-')
}

const insertMarks = byCount(
  (count) => `INSERT INTO deleted_users (id, origin) VALUES ${tuples(count, 2)}
  ON CONFLICT DO NOTHING`,
)

/** Notes that a user, who is still there, is deleted: by their id, and by what their origins called them. */
export async function markDeleted(connection: Connection, userId: string): Promise<void> {
  const rows = await connection.query(
    'SELECT origin, origin_id FROM imported_users WHERE user_id = $1',
    [userId],
  )
  const called = rows.map((row) => ({ origin: readText(row[0]), originId: readText(row[1]) }))
  // SECURITY: an import asks for a UUID by the first of them, whichever origin it comes from.
  const others = called.filter(({ originId }) => !isUuid(originId))
  const all = [{ origin: ownOrigin, originId: userId }, ...others]
  const marks = all.map((each) => [markOf(each), each.origin])
  await sendRows(connection, insertMarks, { rows: marks })
}

/**
 * Lets imports bring back whom their origin calls so.
 *
 * @returns false where no mark keeps them away
 */
export async function liftMark(connection: Connection, called: OriginId): Promise<boolean> {
  const { originId } = called
  const own = { origin: ownOrigin, originId: originId.toLowerCase() }
  const lifted = await connection.query('DELETE FROM deleted_users WHERE id = $1 RETURNING id', [
    markOf(isUuid(originId) ? own : called),
  ])
  return lifted.length > 0
}

const selectMarks = byCount((count) => `SELECT id FROM deleted_users WHERE id IN ${list(count)}`)

/** Which of these marks there are. */
export async function findMarks(
  connection: Connection,
  marks: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectMarks, marks)
}
