import { readInstant, readText } from './columns.ts'
import type { Database, Row } from './database.ts'

/** A row that a restored backup brings back, although it has probably ended since the backup. */
export interface RestoredRow {
  readonly kind: 'api_key' | 'deleted_user' | 'banned_user'
  readonly id: string
  readonly emailAddress: string
  /** Null for a user. */
  readonly name: string | null
  readonly createdAt: Date
}

/** The ids in the database that a restored one replaces. */
export interface Known {
  readonly apiKeys: ReadonlySet<string>
  readonly users: ReadonlySet<string>
  readonly banned: ReadonlySet<string>
}

/**
 * Reads the database that is being replaced.
 *
 * @param list returns the first column of a statement's result
 */
export async function readKnown(list: (sql: string) => Promise<readonly string[]>): Promise<Known> {
  return {
    apiKeys: new Set(await list('SELECT id FROM api_keys')),
    users: new Set(await list('SELECT id FROM users')),
    banned: new Set(await list('SELECT id FROM users WHERE banned_at IS NOT NULL')),
  }
}

/** The rows of the restored database that the replaced one no longer had, and the users whom it had banned. */
export async function listRestoredRows(
  restored: Database,
  known: Known,
): Promise<readonly RestoredRow[]> {
  const keys = await restored.query(
    `SELECT api_keys.id, users.email_address, api_keys.created_at, api_keys.name
     FROM api_keys JOIN users ON users.id = api_keys.user_id
     WHERE api_keys.expires_at > $1 ORDER BY api_keys.id`,
    [new Date()],
  )
  const users = await restored.query(
    'SELECT id, email_address, created_at, banned_at FROM users ORDER BY id',
  )
  const isBack = ({ id }: RestoredRow) => !known.users.has(id)
  const isFree = ({ id }: RestoredRow) => known.banned.has(id)
  return [
    ...keys.map((row) => toRestoredRow('api_key', row)).filter(({ id }) => !known.apiKeys.has(id)),
    ...users.map((row) => toRestoredRow('deleted_user', row)).filter(isBack),
    ...users
      .filter(([, , , bannedAt]) => bannedAt === null)
      .map((row) => toRestoredRow('banned_user', row))
      .filter(isFree),
  ]
}

function toRestoredRow(
  kind: RestoredRow['kind'],
  [id, emailAddress, createdAt, name]: Row,
): RestoredRow {
  return {
    kind,
    id: readText(id),
    emailAddress: readText(emailAddress),
    name: kind === 'api_key' ? readText(name) : null,
    createdAt: readInstant(createdAt),
  }
}
