import type { Authenticated, Session, SessionHorizon } from '../core/entities.ts'
import { isId } from '../core/ids.ts'
import type { OwnSession, SeenDevice } from '../core/statements/sessions.ts'
import type { Awaitable, SessionPage } from '../core/store.ts'
import { readInstant, readText, readTextOrNull } from './columns.ts'
import type { Connection, Database, Row, Value } from './database.ts'
import { lastId, pageParameters } from './page.ts'
import { toUser, userColumnCount, userColumns } from './users.ts'

// Read by `toSession`, in this order.
const columns = `sessions.id, sessions.user_id, sessions.name, sessions.ip_address,
  sessions.user_agent, sessions.created_at, sessions.last_used_at, sessions.password_verified_at`

export async function insertSession(
  connection: Connection,
  session: Session,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query(
    `INSERT INTO sessions
       (id, user_id, token_digest, name, ip_address, user_agent, created_at, last_used_at,
        password_verified_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    sessionValues(session, tokenDigest),
  )
}

/** All columns of the table, in its order. */
export function sessionValues(session: Session, tokenDigest: Uint8Array): Value[] {
  return [
    session.id,
    session.userId,
    tokenDigest,
    session.name,
    session.ipAddress,
    session.userAgent,
    session.createdAt,
    session.lastUsedAt,
    session.passwordVerifiedAt,
  ]
}

// Composed once: a new string for each look-up would have to be hashed each time.
const findByDigest = `SELECT ${userColumns}, ${columns}
  FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.token_digest = $1`

export function findSession(
  database: Database,
  tokenDigest: Uint8Array,
): Awaitable<Authenticated | null> {
  return database.lookUp(findByDigest, [tokenDigest], toAuthenticated)
}

export async function listSessions(
  connection: Connection,
  userId: string,
  { usedAfter, createdAfter, createdUntil, ...page }: SessionPage,
): Promise<Session[]> {
  if (!isId(userId)) return []
  const rows = await connection.query(
    `SELECT ${columns} FROM sessions
     WHERE user_id = $1 AND last_used_at > $2 AND created_at > $3 AND created_at <= $4 AND id < $5
     ORDER BY id DESC LIMIT $6`,
    [userId, usedAfter, createdAfter, createdUntil, ...pageParameters(page, lastId)],
  )
  return rows.map((row) => toSession(row))
}

export async function findLastSessionId(
  connection: Connection,
  upTo: string | null,
): Promise<string | null> {
  const [row] = await connection.query(
    'SELECT id FROM sessions WHERE id <= $1 ORDER BY id DESC LIMIT 1',
    [upTo ?? lastId],
  )
  return row ? readText(row[0]) : null
}

export async function holdSession(
  connection: Connection,
  { id, userId }: OwnSession,
): Promise<boolean> {
  if (!isId(id) || !isId(userId)) return false
  const held = await connection.query(
    'SELECT id FROM sessions WHERE id = $1 AND user_id = $2 FOR UPDATE',
    [id, userId],
  )
  return held.length === 1
}

export async function trimSessions(
  connection: Connection,
  { id, userId }: OwnSession,
  { maximum, usedAfter, createdAfter, createdUntil }: SessionHorizon & { maximum: number },
): Promise<Session[]> {
  // SECURITY: expired sessions are deleted, too, but only beyond the maximum. To a wrong clock all sessions seem
  // expired, and one log-in would delete them for good; the sweep checks whether the clock was moved.
  const ended = await connection.query(
    `DELETE FROM sessions WHERE user_id = $1 AND id <> $2 AND id <= (
       SELECT id FROM sessions WHERE user_id = $1 AND id <> $2
       ORDER BY id DESC LIMIT 1 OFFSET $6
     ) AND (
       last_used_at <= $3 OR created_at <= $4 OR created_at > $5 OR id <= (
         SELECT id FROM sessions
         WHERE user_id = $1 AND id <> $2
           AND last_used_at > $3 AND created_at > $4 AND created_at <= $5
         ORDER BY id DESC LIMIT 1 OFFSET $6
       )
     ) RETURNING ${columns}`,
    [userId, id, usedAfter, createdAfter, createdUntil, maximum - 1],
  )
  return ended.map((row) => toSession(row))
}

export async function renameSession(
  connection: Connection,
  { id, userId }: OwnSession,
  name: string,
): Promise<Session | null> {
  if (!isId(id) || !isId(userId)) return null
  const [row] = await connection.query(
    `UPDATE sessions SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING ${columns}`,
    [id, userId, name],
  )
  return row ? toSession(row) : null
}

export async function replaceTokenDigest(
  connection: Connection,
  from: Uint8Array,
  to: Uint8Array,
): Promise<boolean> {
  const replaced = await connection.query(
    'UPDATE sessions SET token_digest = $2 WHERE token_digest = $1 RETURNING id',
    [from, to],
  )
  return replaced.length === 1
}

export async function freshenSession(
  connection: Connection,
  { id, userId }: OwnSession,
  at: Date,
): Promise<void> {
  await connection.query(
    'UPDATE sessions SET password_verified_at = $3 WHERE id = $1 AND user_id = $2',
    [id, userId, at],
  )
}

export async function deleteSession(
  connection: Connection,
  { id, userId }: OwnSession,
): Promise<Session | null> {
  if (!isId(id) || !isId(userId)) return null
  const [row] = await connection.query(
    `DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING ${columns}`,
    [id, userId],
  )
  return row ? toSession(row) : null
}

export async function deleteSessions(connection: Connection, userId: string): Promise<void> {
  await connection.query('DELETE FROM sessions WHERE user_id = $1', [userId])
}

export async function deleteSessionsUpTo(
  connection: Connection,
  id: string,
  { maximum }: { maximum: number },
): Promise<number> {
  const ended = await connection.query(
    `DELETE FROM sessions WHERE id IN (
       SELECT id FROM sessions WHERE id <= $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
     ) RETURNING id`,
    [id, maximum],
  )
  return ended.length
}

export async function deleteOtherSessions(
  connection: Connection,
  { id, userId }: OwnSession,
): Promise<Session[]> {
  if (!isId(id) || !isId(userId)) return []
  const rows = await connection.query(
    `DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING ${columns}`,
    [userId, id],
  )
  return rows.map((row) => toSession(row))
}

export async function seeDevice(
  connection: Connection,
  { userId, device, seenAt }: SeenDevice,
): Promise<boolean> {
  const rows = await connection.query('SELECT device FROM seen_devices WHERE user_id = $1', [
    userId,
  ])
  if (rows.some(([seen]) => seen === device)) return false
  if (rows.length < maximumSeenDevices) {
    await connection.query(
      `INSERT INTO seen_devices (user_id, device, seen_at) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, device) DO NOTHING`,
      [userId, device, seenAt],
    )
  }
  return rows.length > 0
}

// A client that sends another name each time must not fill the table.
const maximumSeenDevices = 100

function toAuthenticated(row: Row): Authenticated {
  return { user: toUser(row), session: toSession(row, userColumnCount) }
}

function toSession(row: Row, from = 0): Session {
  return {
    id: readText(row[from]),
    userId: readText(row[from + 1]),
    name: readTextOrNull(row[from + 2]),
    ipAddress: readTextOrNull(row[from + 3]),
    userAgent: readTextOrNull(row[from + 4]),
    createdAt: readInstant(row[from + 5]),
    lastUsedAt: readInstant(row[from + 6]),
    passwordVerifiedAt: readInstant(row[from + 7]),
  }
}
