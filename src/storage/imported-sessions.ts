import type { Session } from '../core/entities.ts'
import { byCount, list, sendRows } from './batches.ts'
import { readBytes, readInstant } from './columns.ts'
import type { Connection, Value } from './database.ts'
import { sessions as table } from './transfer-tables.ts'
import { insertRows } from './transfers.ts'

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

/** @returns the ids of the new sessions */
export async function insertImportedSessions(
  connection: Connection,
  sessions: readonly NewSession[],
): Promise<Set<string>> {
  return insertRows(connection, table, sessions.map(toColumns))
}

// In the order of the table's columns.
function toColumns(session: NewSession): Value[] {
  return [
    session.id,
    session.userId,
    session.tokenDigest,
    session.name,
    session.ipAddress,
    session.userAgent,
    session.createdAt,
    session.lastUsedAt,
    session.passwordVerifiedAt,
  ]
}

const deleteById = byCount((count) => `DELETE FROM sessions WHERE id IN ${list(count)}`)

export async function deleteImportedSessions(
  connection: Connection,
  ids: readonly string[],
): Promise<void> {
  const keys = ids.map((id) => [id])
  await sendRows(connection, deleteById, { rows: keys })
}
