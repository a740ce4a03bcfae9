import type { PasswordSchemeCount } from '../core/entities.ts'
import type { UserRange } from '../core/store.ts'
import { readNumber, readText } from './columns.ts'
import type { Connection } from './database.ts'

export async function listPasswordSchemes(connection: Connection): Promise<string[]> {
  // From one to the next by the index, which holds imported hashes alone: DISTINCT would read a million.
  const rows = await connection.query(
    `WITH RECURSIVE schemes (scheme) AS (
       SELECT min(password_scheme) FROM users WHERE password_scheme IS NOT NULL
       UNION ALL
       SELECT (
         SELECT min(password_scheme) FROM users
         WHERE password_scheme IS NOT NULL AND password_scheme > schemes.scheme
       ) FROM schemes WHERE schemes.scheme IS NOT NULL
     )
     SELECT scheme FROM schemes WHERE scheme IS NOT NULL`,
  )
  return rows.map(([scheme]) => readText(scheme))
}

export async function countPasswordSchemes(connection: Connection): Promise<PasswordSchemeCount[]> {
  const rows = await connection.query(
    `SELECT password_scheme, CAST(count(*) AS integer) FROM users
     WHERE password_scheme IS NOT NULL GROUP BY password_scheme ORDER BY password_scheme`,
  )
  return rows.map(([scheme, users]) => ({ scheme: readText(scheme), users: readNumber(users) }))
}

/** How many hashes need a key that is in no table. */
export async function countKeyedHashes(
  connection: Connection,
): Promise<Readonly<Record<'peppered' | 'firebase', number>>> {
  const [peppered, firebase] = ['$bcrypt-peppered', '$firebase-scrypt'] as const
  const rows = await connection.query(
    `SELECT substr(password_hash, 1, 16), CAST(count(*) AS integer) FROM users
     WHERE password_scheme IS NOT NULL AND substr(password_hash, 1, 16) IN ($1, $2)
     GROUP BY substr(password_hash, 1, 16)`,
    [peppered, firebase],
  )
  const counts = new Map(rows.map(([kind, users]) => [readText(kind), readNumber(users)]))
  return { peppered: counts.get(peppered) ?? 0, firebase: counts.get(firebase) ?? 0 }
}

export async function findPasswordSchemes(
  connection: Connection,
  { from, to }: UserRange,
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query(
    `SELECT id, password_scheme FROM users
     WHERE id >= $1 AND id <= $2 AND password_scheme IS NOT NULL`,
    [from, to],
  )
  return new Map(rows.map(([id, scheme]) => [readText(id), readText(scheme)]))
}

export async function forgetImportedPasswords(
  connection: Connection,
  { to, at, maximum }: { to: string; at: Date; maximum: number },
): Promise<number> {
  const forgotten = await connection.query(
    `UPDATE users SET password_hash = $1, password_scheme = NULL, updated_at = $2
     WHERE id IN (
       SELECT id FROM users WHERE password_scheme IS NOT NULL LIMIT $3 FOR NO KEY UPDATE
     )
     RETURNING id`,
    [to, at, maximum],
  )
  return forgotten.length
}
