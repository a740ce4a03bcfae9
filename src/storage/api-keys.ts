import type { ApiKey, Authorized } from '../core/entities.ts'
import { isId } from '../core/ids.ts'
import type { OwnApiKey } from '../core/statements/api-keys.ts'
import type { ApiKeyPage, Awaitable } from '../core/store.ts'
import { readInstant, readInstantOrNull, readNumber, readText } from './columns.ts'
import type { Connection, Database, Row } from './database.ts'
import { lastId, pageParameters } from './page.ts'
import { toUser, userColumnCount, userColumns } from './users.ts'

// Read by `toApiKey`, in this order.
const columns = `api_keys.id, api_keys.user_id, api_keys.name, api_keys.scopes,
  api_keys.created_at, api_keys.expires_at, api_keys.last_used_at, api_keys.expiry_notice_at`

export async function insertApiKey(
  connection: Connection,
  apiKey: ApiKey,
  tokenDigest: Uint8Array,
): Promise<void> {
  await connection.query(
    `INSERT INTO api_keys
       (id, user_id, token_digest, name, scopes, created_at, expires_at, last_used_at,
        expiry_notice_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      apiKey.id,
      apiKey.userId,
      tokenDigest,
      apiKey.name,
      // RFC 6749 §3.3: no scope has a space.
      apiKey.scopes.join(' '),
      apiKey.createdAt,
      apiKey.expiresAt,
      apiKey.lastUsedAt,
      apiKey.expiryNoticeAt,
    ],
  )
}

// Composed once: a new string for each look-up would have to be hashed each time.
const findByDigest = `SELECT ${userColumns}, ${columns}
  FROM api_keys JOIN users ON users.id = api_keys.user_id
  WHERE api_keys.token_digest = $1`

export function findApiKey(
  database: Database,
  tokenDigest: Uint8Array,
): Awaitable<Authorized | null> {
  return database.lookUp(findByDigest, [tokenDigest], toAuthorized)
}

export async function findApiKeyById(connection: Connection, id: string): Promise<ApiKey | null> {
  if (!isId(id)) return null
  const [row] = await connection.query(`SELECT ${columns} FROM api_keys WHERE id = $1`, [id])
  return row ? toApiKey(row) : null
}

export async function listApiKeys(
  connection: Connection,
  userId: string,
  { now, ...page }: ApiKeyPage,
): Promise<ApiKey[]> {
  if (!isId(userId)) return []
  const rows = await connection.query(
    `SELECT ${columns} FROM api_keys
     WHERE user_id = $1 AND expires_at > $2 AND id < $3
     ORDER BY id DESC LIMIT $4`,
    [userId, now, ...pageParameters(page, lastId)],
  )
  return rows.map((row) => toApiKey(row))
}

export async function findLastApiKeyId(
  connection: Connection,
  upTo: string | null,
): Promise<string | null> {
  const [row] = await connection.query(
    'SELECT id FROM api_keys WHERE id <= $1 ORDER BY id DESC LIMIT 1',
    [upTo ?? lastId],
  )
  return row ? readText(row[0]) : null
}

export async function countApiKeys(
  connection: Connection,
  userId: string,
  now: Date,
): Promise<number> {
  const [row = []] = await connection.query(
    'SELECT CAST(count(*) AS integer) FROM api_keys WHERE user_id = $1 AND expires_at > $2',
    [userId, now],
  )
  return readNumber(row[0])
}

export async function listDueExpiryNotices(connection: Connection, now: Date): Promise<ApiKey[]> {
  const rows = await connection.query(
    `SELECT ${columns} FROM api_keys WHERE expiry_notice_at <= $1 AND expires_at > $1
     ORDER BY expiry_notice_at LIMIT 100`,
    [now],
  )
  return rows.map((row) => toApiKey(row))
}

export async function clearExpiryNotice(connection: Connection, { id }: ApiKey): Promise<boolean> {
  const marked = await connection.query(
    `UPDATE api_keys SET expiry_notice_at = NULL
     WHERE id = $1 AND expiry_notice_at IS NOT NULL
     RETURNING id`,
    [id],
  )
  return marked.length === 1
}

export async function deleteApiKey(
  connection: Connection,
  { id, userId }: OwnApiKey,
): Promise<ApiKey | null> {
  if (!isId(id) || !isId(userId)) return null
  const [row] = await connection.query(
    `DELETE FROM api_keys WHERE id = $1 AND user_id = $2 RETURNING ${columns}`,
    [id, userId],
  )
  return row ? toApiKey(row) : null
}

export async function deleteApiKeys(connection: Connection, userId: string): Promise<void> {
  await connection.query('DELETE FROM api_keys WHERE user_id = $1', [userId])
}

export async function deleteApiKeysUpTo(
  connection: Connection,
  id: string,
  { maximum }: { maximum: number },
): Promise<number> {
  const ended = await connection.query(
    `DELETE FROM api_keys WHERE id IN (
       SELECT id FROM api_keys WHERE id <= $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
     ) RETURNING id`,
    [id, maximum],
  )
  return ended.length
}

function toAuthorized(row: Row): Authorized {
  return { user: toUser(row), apiKey: toApiKey(row, userColumnCount) }
}

function toApiKey(row: Row, from = 0): ApiKey {
  return {
    id: readText(row[from]),
    userId: readText(row[from + 1]),
    name: readText(row[from + 2]),
    scopes: readText(row[from + 3]).split(' '),
    createdAt: readInstant(row[from + 4]),
    expiresAt: readInstant(row[from + 5]),
    lastUsedAt: readInstantOrNull(row[from + 6]),
    expiryNoticeAt: readInstantOrNull(row[from + 7]),
  }
}
