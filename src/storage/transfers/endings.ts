import { byCount, findTexts, list } from '../batches.ts'
import { readInstantOrNull } from '../columns.ts'
import type { Connection } from '../database.ts'
import { listSessionImports, listWholeSessionImports } from './session-imports.ts'

// What has ended here since an import, and must not be revived by another one.

const selectActive = byCount(
  (count) => `SELECT DISTINCT user_id FROM events WHERE user_id IN ${list(count)}
  AND name NOT IN ('authn_login_fail', 'authn_login_lock', 'authn_password_change_fail')`,
)

/** The users among these with events here that only they, or an operator, can have caused. */
export async function findActiveUsers(
  connection: Connection,
  userIds: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectActive, userIds)
}

const selectBanned = byCount(
  (count) => `SELECT id FROM users WHERE id IN ${list(count)} AND banned_at IS NOT NULL`,
)

/** The users among these who are banned. */
export async function findBannedUsers(
  connection: Connection,
  userIds: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectBanned, userIds)
}

/** When everybody's sessions, or API keys, were last revoked here; null for never. */
export async function findEverybodysEnd(
  connection: Connection,
  what: 'sessions' | 'api_keys',
): Promise<Date | null> {
  const name = what === 'sessions' ? 'session_expired' : 'authn_token_revoked'
  const [row] = await connection.query(
    `SELECT max(occurred_at) FROM events
     WHERE user_id IS NULL AND name = $1 AND detail = 'everybody'`,
    [name],
  )
  return row ? readInstantOrNull(row[0]) : null
}

/**
 * For users who existed before this import: a session that began at the origin at or before the returned instant, and
 * does not exist here, has ended here. Either an import brought it, and everybody's sessions were revoked since; or
 * the import that brought all sessions is so long ago that it has expired and was swept. Null if none can have ended.
 *
 * @param longAgo an instant such that any session imported then has expired by now
 */
export async function findImportedEnd(
  connection: Connection,
  { origin, longAgo }: { origin: string; longAgo: Date },
): Promise<Date | null> {
  const whole = await listWholeSessionImports(connection, origin)
  const ends = whole.filter((importedAt) => importedAt <= longAgo)
  const ended = await findEverybodysEnd(connection, 'sessions')
  if (ended) {
    const all = (await listSessionImports(connection)).filter((each) => each.origin === origin)
    const came = all.map(({ importedAt }) => importedAt)
    // A session that began after the last of these imports was never here, so it did not end with the others.
    ends.push(...came.filter((importedAt) => importedAt <= ended))
  }
  return ends.reduce<Date | null>((last, each) => (last && last > each ? last : each), null)
}
