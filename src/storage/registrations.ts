import type { EmailAddress } from '../core/email-address.ts'
import type { Registration } from '../core/entities.ts'
import { readInstant, readText, readTextOrNull } from './columns.ts'
import type { Connection, Row } from './database.ts'

const columns = 'id, email_address, password_hash, fields, created_at, expires_at'

export async function insertRegistration(
  connection: Connection,
  registration: Registration,
  tokenDigest: Uint8Array | null,
): Promise<void> {
  const { id, emailAddress, passwordHash, fields, createdAt, expiresAt } = registration
  await connection.query(
    `INSERT INTO registrations (${columns}, token_digest) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, emailAddress, passwordHash, fields, createdAt, expiresAt, tokenDigest],
  )
}

export async function findRegistration(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<Registration | null> {
  const [row] = await connection.query(
    `SELECT ${columns} FROM registrations WHERE token_digest = $1`,
    [tokenDigest],
  )
  return row ? toRegistration(row) : null
}

export async function findNewestRegistration(
  connection: Connection,
  emailAddress: EmailAddress,
  now: Date,
): Promise<Registration | null> {
  // One without a token came after all that have one, also by a clock that was set back in between.
  const [row] = await connection.query(
    `SELECT ${columns} FROM registrations WHERE email_address = $1 AND expires_at > $2
     ORDER BY token_digest IS NOT NULL, created_at DESC, id DESC LIMIT 1`,
    [emailAddress, now],
  )
  return row ? toRegistration(row) : null
}

export async function holdRegistration(connection: Connection, id: string): Promise<boolean> {
  const held = await connection.query('SELECT 1 FROM registrations WHERE id = $1 FOR UPDATE', [id])
  return held.length === 1
}

export async function giveRegistrationToken(
  connection: Connection,
  { id, expiresAt }: Registration,
  tokenDigest: Uint8Array,
): Promise<boolean> {
  const given = await connection.query(
    `UPDATE registrations SET token_digest = $2, expires_at = $3
     WHERE id = $1 AND token_digest IS NULL
     RETURNING 1`,
    [id, tokenDigest, expiresAt],
  )
  return given.length === 1
}

export async function withdrawRegistrationToken(
  connection: Connection,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query('UPDATE registrations SET token_digest = NULL WHERE token_digest = $1', [
    tokenDigest,
  ])
}

// The row itself stays, though links that are older by a clock that was set back expire later than its own.
// A locked row is being redeemed: to wait for it here could deadlock.
export async function trimRegistrations(
  connection: Connection,
  { id, emailAddress, createdAt }: Registration,
  maximum: number,
): Promise<void> {
  await connection.query(
    `DELETE FROM registrations WHERE id IN (
       SELECT id FROM registrations
       WHERE email_address = $1 AND (
         (token_digest IS NULL AND (created_at, id) < ($2, $3))
         OR (token_digest IS NOT NULL AND id <> $3 AND id NOT IN (
           SELECT id FROM registrations
           WHERE email_address = $1 AND token_digest IS NOT NULL AND id <> $3
           ORDER BY expires_at DESC, id DESC LIMIT $4
         ))
       )
       FOR UPDATE SKIP LOCKED
     )`,
    [emailAddress, createdAt, id, maximum - 1],
  )
}

export async function isRegistrationUnmailed(
  connection: Connection,
  emailAddress: EmailAddress,
  now: Date,
): Promise<boolean> {
  const rows = await connection.query(
    `SELECT 1 FROM registrations
     WHERE email_address = $1 AND token_digest IS NULL AND expires_at > $2 LIMIT 1`,
    [emailAddress, now],
  )
  return rows.length === 1
}

export async function consumeRegistration(
  connection: Connection,
  tokenDigest: Uint8Array,
  at: Date,
): Promise<Registration | null> {
  const [row] = await connection.query(
    `DELETE FROM registrations WHERE token_digest = $1 AND expires_at > $2 RETURNING ${columns}`,
    [tokenDigest, at],
  )
  return row ? toRegistration(row) : null
}

export async function deleteRegistrations(
  connection: Connection,
  emailAddress: EmailAddress,
): Promise<void> {
  await connection.query(
    `DELETE FROM registrations WHERE id IN (
       SELECT id FROM registrations WHERE email_address = $1 FOR UPDATE SKIP LOCKED
     )`,
    [emailAddress],
  )
}

function toRegistration(row: Row): Registration {
  return {
    id: readText(row[0]),
    // It was parsed before it was written.
    emailAddress: readText(row[1]) as EmailAddress,
    passwordHash: readText(row[2]),
    fields: readTextOrNull(row[3]),
    createdAt: readInstant(row[4]),
    expiresAt: readInstant(row[5]),
  }
}
