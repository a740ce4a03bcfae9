import { byCount, findTexts, list } from './batches.ts'
import type { Connection } from './database.ts'

// What has happened here since an import: what was ended here must not live again.

const selectActive = byCount(
  (count) => `SELECT DISTINCT user_id FROM events WHERE user_id IN ${list(count)}
  AND name NOT IN ('authn_login_fail', 'authn_login_lock', 'authn_password_change_fail')`,
)

/** Those of these users to whom something has happened here that nobody but they, or an operator, can do. */
export async function findActiveUsers(
  connection: Connection,
  userIds: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectActive, userIds)
}

const selectBanned = byCount(
  (count) => `SELECT id FROM users WHERE id IN ${list(count)} AND banned_at IS NOT NULL`,
)

/** Those of these users who are banned. */
export async function findBannedUsers(
  connection: Connection,
  userIds: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectBanned, userIds)
}

/** Whether everybody's sessions, or API keys, were ended here once. */
export async function wasEverybodyRevoked(
  connection: Connection,
  what: 'sessions' | 'api_keys',
): Promise<boolean> {
  const name = what === 'sessions' ? 'session_expired' : 'authn_token_revoked'
  const rows = await connection.query(
    `SELECT id FROM events WHERE user_id IS NULL AND name = $1 AND detail = 'everybody' LIMIT 1`,
    [name],
  )
  return rows.length > 0
}

/** Whether everybody was logged out here, and sessions of the origin had come before. */
export async function wasEverybodyLoggedOut(
  connection: Connection,
  origin: string,
): Promise<boolean> {
  const rows = await connection.query(
    `SELECT id FROM events
     WHERE user_id IS NULL AND name = 'session_expired' AND detail = 'everybody'
       AND EXISTS (SELECT 1 FROM imported_sessions WHERE origin = $1) LIMIT 1`,
    [origin],
  )
  return rows.length > 0
}
