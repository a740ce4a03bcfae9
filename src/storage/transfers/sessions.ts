import type { Session } from '../../core/entities.ts'
import { byCount, list, sendRows } from '../batches.ts'
import { readBytes, readInstant } from '../columns.ts'
import type { Connection } from '../database.ts'
import { sessionValues } from '../sessions.ts'
import { insertRows } from '../transfers.ts'
import { sessions as table } from './tables.ts'

// Statements for imports. They leave existing rows as they are.

export interface NewSession extends Session {
  readonly tokenDigest: Uint8Array
}

const selectDigests = byCount(
  (count) => `SELECT token_digest, created_at, last_used_at FROM sessions
  WHERE token_digest IN ${list(count)}`,
)

/** The existing ones of these digests, in hexadecimal, with the instants that decide when their session expires. */
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
  const rows = sessions.map((session) => sessionValues(session, session.tokenDigest))
  return insertRows(connection, table, rows)
}

const deleteById = byCount((count) => `DELETE FROM sessions WHERE id IN ${list(count)}`)

export async function deleteImportedSessions(
  connection: Connection,
  ids: readonly string[],
): Promise<void> {
  const keys = ids.map((id) => [id])
  await sendRows(connection, deleteById, { rows: keys })
}
