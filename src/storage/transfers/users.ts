import type { User } from '../../core/entities.ts'
import { byCount, findTexts, list, sendRows, tuples } from '../batches.ts'
import { readInstantOrNull, readText, readTextOrNull } from '../columns.ts'
import type { Connection, Row, Value } from '../database.ts'
import { findIds, insertOriginIds, insertRows } from '../transfers.ts'
import { findActiveUsers } from './endings.ts'
import { users as table } from './tables.ts'

// Statements for imports. Inserts leave existing rows as they are.

/** The current state of an imported user. */
export interface ImportedUser {
  readonly userId: string
  readonly emailAddress: string
  readonly passwordHash: string
  /** Null after they have logged in or chosen a password. */
  readonly passwordScheme: string | null
  readonly bannedAt: Date | null
}

// Each row is read by its whole key: with a plan made while the table was empty, PostgreSQL up to 16 would otherwise
// read all rows of an origin. `users` is read in another statement for the same reason.
const selectImported = byCount(
  (count) => `WITH wanted (origin_id) AS (VALUES ${tuples(count, 1, 1)})
  SELECT origin_id, user_id
  FROM (SELECT wanted.origin_id, (SELECT imported_users.user_id FROM imported_users
    WHERE imported_users.origin = $1 AND imported_users.origin_id = wanted.origin_id) AS user_id
    FROM wanted) AS known
  WHERE user_id IS NOT NULL`,
)

const selectAsTheyAre = byCount(
  (count) => `SELECT id, password_hash, password_scheme, banned_at, email_address
  FROM users WHERE id IN ${list(count)}`,
)

/** Imported users by their ids at the origin. */
export async function findImportedUsers(
  connection: Connection,
  origin: string,
  originIds: readonly string[],
): Promise<Map<string, ImportedUser>> {
  const keys = originIds.map((id) => [id])
  const known = await sendRows(connection, selectImported, { rows: keys, before: [origin] })
  const userIds = known.map(([, userId]) => [readText(userId)])
  const rows = await sendRows(connection, selectAsTheyAre, { rows: userIds })
  const users = new Map(rows.map((row) => [readText(row[0]), toImportedUser(row)]))
  const found = new Map<string, ImportedUser>()
  for (const [originId, userId] of known) {
    const user = users.get(readText(userId))
    // Skips users who were deleted between the two statements.
    if (user) found.set(readText(originId), user)
  }
  return found
}

function toImportedUser(row: Row): ImportedUser {
  return {
    userId: readText(row[0]),
    passwordHash: readText(row[1]),
    passwordScheme: readTextOrNull(row[2]),
    bannedAt: readInstantOrNull(row[3]),
    emailAddress: readText(row[4]),
  }
}

const selectTaken = byCount(
  (count) => `SELECT email_address FROM users WHERE email_address IN ${list(count)}`,
)

/** The addresses among these that have a user. */
export async function findTakenAddresses(
  connection: Connection,
  emailAddresses: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, selectTaken, emailAddresses)
}

/** The ids among these whose users exist. */
export async function findUserIds(
  connection: Connection,
  ids: readonly string[],
): Promise<Set<string>> {
  return findIds(connection, table, ids)
}

/** A user to be imported. */
export interface NewUser extends User {
  readonly originId: string
  readonly passwordHash: string
  readonly passwordScheme: string | null
}

/** @returns the ids of the inserted users; for the others, the id or the address is taken */
export async function insertImportedUsers(
  connection: Connection,
  origin: string,
  users: readonly NewUser[],
): Promise<Set<string>> {
  const inserted = await insertRows(connection, table, users.map(toColumns))
  const imported = users.filter(({ id }) => inserted.has(id))
  const originIds = imported.map(({ id, originId }) => ({ origin, originId, userId: id }))
  await insertOriginIds(connection, originIds)
  return inserted
}

// In the order of the columns of the table.
function toColumns(user: NewUser): Value[] {
  return [
    user.id,
    user.emailAddress,
    user.passwordHash,
    user.passwordScheme,
    user.emailVerifiedAt,
    user.bannedAt,
    user.createdAt,
    user.updatedAt,
  ]
}

/**
 * Replaces the hash of a user who has not logged in since the import. Their sessions end, as they did at the origin
 * when the password was changed there.
 *
 * @returns false if they have logged in by now
 */
export async function updateImportedHash(
  connection: Connection,
  userId: string,
  change: Pick<NewUser, 'passwordHash' | 'passwordScheme' | 'updatedAt'> & { from: string },
): Promise<boolean> {
  const rows = await connection.query(
    `UPDATE users SET password_hash = $1, password_scheme = $2, updated_at = $3
     WHERE id = $4 AND password_hash = $5 AND password_scheme IS NOT NULL
     RETURNING id`,
    [change.passwordHash, change.passwordScheme, change.updatedAt, userId, change.from],
  )
  if (rows.length === 0) return false
  await connection.query('DELETE FROM sessions WHERE user_id = $1', [userId])
  return true
}

/**
 * Bans a user who was banned at the origin, unless they have acted here since the import.
 *
 * @returns false if they have acted here, or are banned already
 */
export async function banImportedUser(
  connection: Connection,
  userId: string,
  at: Date,
): Promise<boolean> {
  const held = await holdUsers(connection, [userId])
  const active = await findActiveUsers(connection, [userId])
  if (!held.has(userId) || active.has(userId)) return false
  await connection.query('UPDATE users SET banned_at = $1 WHERE id = $2', [at, userId])
  await connection.query('DELETE FROM sessions WHERE user_id = $1', [userId])
  return true
}

const holdById = byCount(
  (count) => `SELECT id FROM users WHERE id IN ${list(count)} AND banned_at IS NULL
    ORDER BY id FOR NO KEY UPDATE`,
)

/** Locks the users who exist and are not banned, until the transaction ends. */
export async function holdUsers(
  connection: Connection,
  userIds: readonly string[],
): Promise<Set<string>> {
  return findTexts(connection, holdById, userIds)
}
