import type { Session as NewSession } from '../../../src/core/entities.ts'
import type { Awaitable } from '../../../src/core/store.ts'
import { readInstant, readText, readTextOrNull } from '../../../src/storage/columns.ts'
import type { Connection, Database, Row } from '../../../src/storage/database.ts'
import { toUser, type User, userColumns } from './users.ts'

/** What a session was before it had a name. */
export type Session = Omit<NewSession, 'name' | 'passwordVerifiedAt'>

interface Authenticated {
  readonly session: Session
  readonly user: User
}

export async function insertSession(
  connection: Connection,
  session: Session,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query(
    `INSERT INTO sessions
       (id, user_id, token_digest, ip_address, user_agent, created_at, last_used_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      session.id,
      session.userId,
      tokenDigest,
      session.ipAddress,
      session.userAgent,
      session.createdAt,
      session.lastUsedAt,
    ],
  )
}

// Put together once: a text that is made at each look-up has to be hashed at each.
const findByDigest = `SELECT ${userColumns}, sessions.id, sessions.ip_address, sessions.user_agent,
    sessions.created_at, sessions.last_used_at
  FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.token_digest = $1`

export function findSession(
  database: Database,
  tokenDigest: Uint8Array,
): Awaitable<Authenticated | null> {
  return database.lookUp(findByDigest, [tokenDigest], toAuthenticated)
}

export async function deleteSession(connection: Connection, session: Session): Promise<void> {
  await connection.query('DELETE FROM sessions WHERE id = $1', [session.id])
}

export async function deleteSessions(connection: Connection, userId: string): Promise<void> {
  await connection.query('DELETE FROM sessions WHERE user_id = $1', [userId])
}

function toAuthenticated(row: Row): Authenticated {
  return { user: toUser(row), session: toSession(row) }
}

function toSession(row: Row): Session {
  return {
    id: readText(row[5]),
    userId: readText(row[0]),
    ipAddress: readTextOrNull(row[6]),
    userAgent: readTextOrNull(row[7]),
    createdAt: readInstant(row[8]),
    lastUsedAt: readInstant(row[9]),
  }
}
