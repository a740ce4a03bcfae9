import { hash } from 'node:crypto'
import { isId } from '../core/ids.ts'
import { byCount, findTexts, list, sendRows, tuples } from './batches.ts'
import { readText } from './columns.ts'
import type { Connection } from './database.ts'
import { isEnd } from './page.ts'
import type { OriginId } from './transfers.ts'

// An import must not bring back users who were deleted here: a mark of each stays until an operator lifts it. A mark is
// an unsalted digest of the user's id at the origin, so somebody with this table can test guesses: a UUID cannot be
// guessed, but other ids can, and so can the address if a file has no ids.

/** The origin of users in Latchkey's own exports. */
export const ownOrigin = 'latchkey'

/** Whether an id is a UUID, which a user keeps when they are imported. */
export function isUuid(text: string): boolean {
  const id = text.toLowerCase()
  return isId(id) && !isEnd(id)
}

/** The id of a user's mark: a UUID (RFC 9562 §5.8) made of a digest. */
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

/** Marks a user as deleted, under their id here and their ids at the origins. Call it before the user is deleted. */
export async function markDeleted(connection: Connection, userId: string): Promise<void> {
  const rows = await connection.query(
    'SELECT origin, origin_id FROM imported_users WHERE user_id = $1',
    [userId],
  )
  const called = rows.map((row) => ({ origin: readText(row[0]), originId: readText(row[1]) }))
  // SECURITY: imports look for a UUID under Latchkey's own origin, whatever their origin is.
  const others = called.filter(({ originId }) => !isUuid(originId))
  const all = [{ origin: ownOrigin, originId: userId }, ...others]
  const marks = all.map((each) => [markOf(each), each.origin])
  await sendRows(connection, insertMarks, { rows: marks })
}

/**
 * Lets imports bring back the user with this id at an origin.
 *
 * @returns false if there was no mark of that user
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

/** Which of these marks exist. */
export async function findMarks(
  connection: Connection,
  marks: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectMarks, marks)
}
