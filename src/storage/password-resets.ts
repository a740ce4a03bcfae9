import type { PasswordReset, PasswordResetHorizon, User } from '../core/entities.ts'
import { readInstant, readText } from './columns.ts'
import type { Connection, Row } from './database.ts'

const columns = 'user_id, created_at, expires_at'

export async function insertPasswordReset(
  connection: Connection,
  reset: PasswordReset,
  tokenDigest: Uint8Array,
): Promise<void> {
  const { userId, createdAt, expiresAt } = reset
  await connection.query(
    `DELETE FROM password_resets
     WHERE user_id = $1 AND (expires_at <= $2 OR consumed_at IS NOT NULL)`,
    [userId, createdAt],
  )
  await connection.query(
    `INSERT INTO password_resets (token_digest, user_id, created_at, expires_at)
     VALUES ($1, $2, $3, $4)`,
    [tokenDigest, userId, createdAt, expiresAt],
  )
}

export async function findPasswordReset(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<PasswordReset | null> {
  const [row] = await connection.query(
    `SELECT ${columns} FROM password_resets WHERE token_digest = $1 AND consumed_at IS NULL`,
    [tokenDigest],
  )
  return row ? toPasswordReset(row) : null
}

export async function countPasswordResets(
  connection: Connection,
  user: User,
  { expiresAfter, createdUntil }: PasswordResetHorizon,
): Promise<number> {
  const rows = await connection.query(
    `SELECT token_digest FROM password_resets
     WHERE user_id = $1 AND consumed_at IS NULL AND expires_at > $2 AND created_at <= $3`,
    [user.id, expiresAfter, createdUntil],
  )
  return rows.length
}

export async function consumePasswordReset(
  connection: Connection,
  tokenDigest: Uint8Array,
  at: Date,
): Promise<PasswordReset | null> {
  const [row] = await connection.query(
    `UPDATE password_resets SET consumed_at = $2
     WHERE token_digest = $1 AND consumed_at IS NULL AND expires_at > $2
     RETURNING ${columns}`,
    [tokenDigest, at],
  )
  return row ? toPasswordReset(row) : null
}

export async function deletePasswordReset(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query('DELETE FROM password_resets WHERE token_digest = $1', [tokenDigest])
}

export async function deletePasswordResets(connection: Connection, userId: string): Promise<void> {
  await connection.query('DELETE FROM password_resets WHERE user_id = $1 AND consumed_at IS NULL', [
    userId,
  ])
}

function toPasswordReset(row: Row): PasswordReset {
  return {
    userId: readText(row[0]),
    createdAt: readInstant(row[1]),
    expiresAt: readInstant(row[2]),
  }
}
