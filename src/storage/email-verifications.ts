import type { EmailAddress } from '../core/email-address.ts'
import type { EmailChange, EmailProof, EmailVerification } from '../core/entities.ts'
import { readInstant, readText } from './columns.ts'
import type { Connection, Row } from './database.ts'

const columns = 'user_id, email_address, created_at, expires_at'

export async function insertEmailVerification(
  connection: Connection,
  verification: EmailVerification,
  tokenDigest: Uint8Array,
): Promise<void> {
  const { userId, emailAddress, createdAt, expiresAt } = verification
  await connection.query(
    'DELETE FROM email_verifications WHERE user_id = $1 AND expires_at <= $2',
    [userId, createdAt],
  )
  await connection.query(
    `INSERT INTO email_verifications (token_digest, user_id, email_address, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [tokenDigest, userId, emailAddress, createdAt, expiresAt],
  )
}

export async function findEmailVerification(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<EmailVerification | null> {
  const [row] = await connection.query(
    `SELECT ${columns} FROM email_verifications WHERE token_digest = $1`,
    [tokenDigest],
  )
  return row ? toEmailVerification(row) : null
}

export async function consumeEmailVerification(
  connection: Connection,
  tokenDigest: Uint8Array,
  at: Date,
): Promise<EmailVerification | null> {
  const [row] = await connection.query(
    `DELETE FROM email_verifications WHERE token_digest = $1 AND expires_at > $2
     RETURNING ${columns}`,
    [tokenDigest, at],
  )
  return row ? toEmailVerification(row) : null
}

export async function deleteEmailVerification(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query('DELETE FROM email_verifications WHERE token_digest = $1', [tokenDigest])
}

export async function deleteEmailVerifications(
  connection: Connection,
  userId: string,
): Promise<void> {
  await connection.query('DELETE FROM email_verifications WHERE user_id = $1', [userId])
}

export async function putEmailChange(
  connection: Connection,
  { userId, emailAddress, requestedAt }: EmailChange,
): Promise<void> {
  await connection.query(
    `INSERT INTO email_changes (user_id, email_address, requested_at) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET email_address = $2, requested_at = $3`,
    [userId, emailAddress, requestedAt],
  )
}

export async function isEmailChangeOpen(
  connection: Connection,
  { userId, emailAddress }: EmailProof,
): Promise<boolean> {
  const rows = await connection.query(
    'SELECT user_id FROM email_changes WHERE user_id = $1 AND email_address = $2',
    [userId, emailAddress],
  )
  return rows.length === 1
}

export async function consumeEmailChange(
  connection: Connection,
  { userId, emailAddress }: EmailProof,
): Promise<boolean> {
  const consumed = await connection.query(
    'DELETE FROM email_changes WHERE user_id = $1 AND email_address = $2 RETURNING user_id',
    [userId, emailAddress],
  )
  return consumed.length === 1
}

export async function deleteEmailChange(connection: Connection, userId: string): Promise<void> {
  await connection.query('DELETE FROM email_changes WHERE user_id = $1', [userId])
}

function toEmailVerification(row: Row): EmailVerification {
  return {
    userId: readText(row[0]),
    // It was parsed before it was written.
    emailAddress: readText(row[1]) as EmailAddress,
    createdAt: readInstant(row[2]),
    expiresAt: readInstant(row[3]),
  }
}
