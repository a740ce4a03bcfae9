import type { SessionAlias } from '../core/entities.ts'
import type { OwnSession } from '../core/statements/sessions.ts'
import type { DeadAliasPage } from '../core/store.ts'
import { readInstant, readText } from './columns.ts'
import type { Connection } from './database.ts'

export async function putSessionAlias(
  connection: Connection,
  { id, userId }: OwnSession,
  { sid, issuedAt, expiresAt }: SessionAlias,
): Promise<string | null> {
  // SECURITY: the lock waits for a transaction that is ending the session, and then finds no session.
  const [row] = await connection.query(
    `INSERT INTO session_aliases (sid, session_id, issued_at, expires_at)
     SELECT $3, id, $4, $5 FROM sessions WHERE id = $1 AND user_id = $2 FOR KEY SHARE
     ON CONFLICT (session_id) DO UPDATE SET
       issued_at = CASE WHEN session_aliases.issued_at > excluded.issued_at
         THEN session_aliases.issued_at ELSE excluded.issued_at END,
       expires_at = CASE WHEN session_aliases.expires_at > excluded.expires_at
         THEN session_aliases.expires_at ELSE excluded.expires_at END
     RETURNING sid`,
    [id, userId, sid, issuedAt, expiresAt],
  )
  return row ? readText(row[0]) : null
}

export async function listDeadAliases(
  connection: Connection,
  now: Date,
  { issuedAfter, limit }: DeadAliasPage,
): Promise<SessionAlias[]> {
  const rows = await connection.query(
    `SELECT sid, issued_at, expires_at FROM session_aliases
     WHERE session_id IS NULL AND issued_at > $2 AND expires_at > $1
     ORDER BY issued_at DESC LIMIT $3`,
    [now, issuedAfter, limit],
  )
  return rows.map(([sid, issuedAt, expiresAt]) => ({
    sid: readText(sid),
    issuedAt: readInstant(issuedAt),
    expiresAt: readInstant(expiresAt),
  }))
}
