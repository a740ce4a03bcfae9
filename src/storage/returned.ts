import { readInstant, readText } from './columns.ts'
import type { Database, Row } from './database.ts'
import type { HeldFile } from './sqlite-replacement.ts'

/** What a backup brings back, and was ended since, most likely. */
export interface Returned {
  readonly kind: 'api_key' | 'deleted_user' | 'banned_user'
  readonly id: string
  readonly emailAddress: string
  /** Of an API key. */
  readonly name: string | null
  readonly createdAt: Date
}

/**
 * What the one database has, and the other had no more, or banned.
 *
 * @returns null where the other does not tell: it is broken, or older than these tables
 */
export async function listReturned(
  restored: Database,
  replaced: HeldFile,
): Promise<readonly Returned[] | null> {
  const known = readKnown(replaced)
  if (!known) return null
  const keys = await restored.query(
    `SELECT api_keys.id, users.email_address, api_keys.created_at, api_keys.name
     FROM api_keys JOIN users ON users.id = api_keys.user_id
     WHERE api_keys.expires_at > $1 ORDER BY api_keys.id`,
    [new Date()],
  )
  const users = await restored.query(
    'SELECT id, email_address, created_at, banned_at FROM users ORDER BY id',
  )
  const isBack = ({ id }: Returned) => !known.users.has(id)
  const isFree = ({ id }: Returned) => known.banned.has(id)
  return [
    ...keys.map((row) => toReturned('api_key', row)).filter(({ id }) => !known.apiKeys.has(id)),
    ...users.map((row) => toReturned('deleted_user', row)).filter(isBack),
    ...users
      .filter(([, , , bannedAt]) => bannedAt === null)
      .map((row) => toReturned('banned_user', row))
      .filter(isFree),
  ]
}

function readKnown(replaced: HeldFile) {
  try {
    return {
      apiKeys: new Set(replaced.list('SELECT id FROM api_keys')),
      users: new Set(replaced.list('SELECT id FROM users')),
      banned: new Set(replaced.list('SELECT id FROM users WHERE banned_at IS NOT NULL')),
    }
  } catch {
    return null
  }
}

function toReturned(kind: Returned['kind'], [id, emailAddress, createdAt, name]: Row): Returned {
  return {
    kind,
    id: readText(id),
    emailAddress: readText(emailAddress),
    name: kind === 'api_key' ? readText(name) : null,
    createdAt: readInstant(createdAt),
  }
}
