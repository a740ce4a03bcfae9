import type { Session } from '../core/entities.ts'
import { byCount, list, sendRows, tuples } from './batches.ts'
import { readBytes, readInstant, readText } from './columns.ts'
import type { Connection } from './database.ts'

// Statements of imports: they leave existing rows.

export interface NewSession extends Session {
  readonly tokenDigest: Uint8Array
}

const selectDigests = byCount(
  (count) => `SELECT token_digest, created_at, last_used_at FROM sessions
  WHERE token_digest IN ${list(count)}`,
)

/** Which of these digests exist, in hexadecimal, with what decides whether their session has expired. */
export async function findSessionDigests(
  connection: Connection,
  digests: readonly Uint8Array[],
): Promise<Map<string, Pick<Session, 'createdAt' | 'lastUsedAt'>>> {
  const keys = digests.map((digest) => [digest])
  const rows = await sendRows(connection, selectDigests, { rows: keys })
  return new Map(
    rows.map(([digest, createdAt, lastUsedAt]) => [
      Buffer.from(readBytes(digest)).toString('hex'),
      { createdAt: readInstant(createdAt), lastUsedAt: readInstant(lastUsedAt) },
    ]),
  )
}

const insertSessions = byCount(
  (count) => `INSERT INTO sessions (id, user_id, token_digest, name, ip_address, user_agent,
    created_at, last_used_at, password_verified_at)
  VALUES ${tuples(count, 9)}
  ON CONFLICT DO NOTHING RETURNING id`,
)

/** @returns the ids of the new sessions */
export async function insertImportedSessions(
  connection: Connection,
  sessions: readonly NewSession[],
): Promise<Set<string>> {
  const inserted = await sendRows(connection, insertSessions, {
    rows: sessions.map((session) => [
      session.id,
      session.userId,
      session.tokenDigest,
      session.name,
      session.ipAddress,
      session.userAgent,
      session.createdAt,
      session.lastUsedAt,
      session.passwordVerifiedAt,
    ]),
  })
  return new Set(inserted.map(([id]) => readText(id)))
}

const deleteById = byCount((count) => `DELETE FROM sessions WHERE id IN ${list(count)}`)

export async function deleteImportedSessions(
  connection: Connection,
  ids: readonly string[],
): Promise<void> {
  const keys = ids.map((id) => [id])
  await sendRows(connection, deleteById, { rows: keys })
}
