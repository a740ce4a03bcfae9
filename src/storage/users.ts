import type { EmailAddress } from '../core/email-address.ts'
import type { Credentials, EmailProof, User } from '../core/entities.ts'
import { isId } from '../core/ids.ts'
import type { PasswordHashChange } from '../core/statements/users.ts'
import type { UserPage } from '../core/store.ts'
import { readInstant, readInstantOrNull, readText } from './columns.ts'
import type { Connection, Row } from './database.ts'
import { markDeleted } from './deleted-users.ts'
import { firstId, pageParameters } from './page.ts'

/** Read by `toUser`, in this order. */
export const userColumns = `users.id, users.email_address, users.email_verified_at, users.banned_at,
  users.created_at, users.updated_at`

export const userColumnCount = 6

export async function insertUser(
  connection: Connection,
  user: User,
  passwordHash: string,
): Promise<boolean> {
  const inserted = await connection.query(
    `INSERT INTO users
       (id, email_address, password_hash, email_verified_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (email_address) DO NOTHING
     RETURNING id`,
    [
      user.id,
      user.emailAddress,
      passwordHash,
      user.emailVerifiedAt,
      user.createdAt,
      user.updatedAt,
    ],
  )
  return inserted.length === 1
}

export async function findCredentials(
  connection: Connection,
  emailAddress: EmailAddress,
): Promise<Credentials | null> {
  const [row] = await connection.query(
    `SELECT ${userColumns}, users.password_hash FROM users WHERE email_address = $1`,
    [emailAddress],
  )
  return row ? toCredentials(row) : null
}

export async function findCredentialsById(
  connection: Connection,
  userId: string,
): Promise<Credentials | null> {
  if (!isId(userId)) return null
  const [row] = await connection.query(
    `SELECT ${userColumns}, users.password_hash FROM users WHERE id = $1`,
    [userId],
  )
  return row ? toCredentials(row) : null
}

function toCredentials(row: Row): Credentials {
  return { user: toUser(row), passwordHash: readText(row[userColumnCount]) }
}

// Not FOR UPDATE, for which rows of the application that refer to the user would have to wait.
export async function holdUser(connection: Connection, userId: string): Promise<User | null> {
  if (!isId(userId)) return null
  const [row] = await connection.query(
    `SELECT ${userColumns} FROM users WHERE id = $1 FOR NO KEY UPDATE`,
    [userId],
  )
  return row ? toUser(row) : null
}

export async function holdPasswordHash(
  connection: Connection,
  user: User,
  passwordHash: string,
): Promise<User | null> {
  const [row] = await connection.query(
    // A transaction that changes the hash waits for this lock, and then ends the session that is about to begin.
    // Another log-in waits too, and then counts that session.
    `SELECT ${userColumns} FROM users
     WHERE id = $1 AND password_hash = $2 AND banned_at IS NULL FOR NO KEY UPDATE`,
    [user.id, passwordHash],
  )
  return row ? toUser(row) : null
}

export async function replacePasswordHash(
  connection: Connection,
  user: User,
  change: PasswordHashChange,
): Promise<User | null> {
  const [row] = await connection.query(
    `UPDATE users
     SET password_hash = $1, password_scheme = NULL, updated_at = COALESCE($2, updated_at)
     WHERE id = $3 AND password_hash = $4 AND banned_at IS NULL
     RETURNING ${userColumns}`,
    [change.to, change.at, user.id, change.from],
  )
  return row ? toUser(row) : null
}

export async function setPasswordHash(
  connection: Connection,
  userId: string,
  { to, at }: { to: string; at: Date },
): Promise<User | null> {
  const [row] = await connection.query(
    `UPDATE users SET password_hash = $1, password_scheme = NULL, updated_at = $2
     WHERE id = $3
     RETURNING ${userColumns}`,
    [to, at, userId],
  )
  return row ? toUser(row) : null
}

export async function findUser(connection: Connection, id: string): Promise<User | null> {
  if (!isId(id)) return null
  const [row] = await connection.query(`SELECT ${userColumns} FROM users WHERE id = $1`, [id])
  return row ? toUser(row) : null
}

export async function verifyEmailAddress(
  connection: Connection,
  { userId, emailAddress }: EmailProof,
  at: Date,
): Promise<User | null> {
  const [row] = await connection.query(
    `UPDATE users SET email_verified_at = COALESCE(email_verified_at, $3), updated_at = $3
     WHERE id = $1 AND email_address = $2
     RETURNING ${userColumns}`,
    [userId, emailAddress, at],
  )
  return row ? toUser(row) : null
}

export async function replaceEmailAddress(
  connection: Connection,
  { userId, emailAddress }: EmailProof,
  at: Date,
): Promise<{ user: User; previous: EmailAddress } | null> {
  const before = await holdUser(connection, userId)
  const [row] = await connection.query(
    `UPDATE users SET email_address = $2, email_verified_at = $3, updated_at = $3
     WHERE id = $1
     RETURNING ${userColumns}`,
    [userId, emailAddress, at],
  )
  return before && row ? { user: toUser(row), previous: before.emailAddress } : null
}

export async function listUsers(connection: Connection, page: UserPage): Promise<User[]> {
  const rows = await connection.query(
    `SELECT ${userColumns} FROM users WHERE id > $1 ORDER BY id LIMIT $2`,
    pageParameters(page, firstId),
  )
  return rows.map(toUser)
}

export async function setBannedAt(
  connection: Connection,
  userId: string,
  at: Date | null,
): Promise<User | null> {
  const [row] = await connection.query(
    `UPDATE users SET banned_at = $2 WHERE id = $1 RETURNING ${userColumns}`,
    [userId, at],
  )
  return row ? toUser(row) : null
}

export async function deleteUser(connection: Connection, userId: string): Promise<void> {
  await markDeleted(connection, userId)
  await connection.query('DELETE FROM users WHERE id = $1', [userId])
}

export function toUser(row: Row): User {
  return {
    id: readText(row[0]),
    // Addresses are parsed before they are written.
    emailAddress: readText(row[1]) as EmailAddress,
    emailVerifiedAt: readInstantOrNull(row[2]),
    bannedAt: readInstantOrNull(row[3]),
    createdAt: readInstant(row[4]),
    updatedAt: readInstant(row[5]),
  }
}
