import type { PasswordSchemeCount } from '../core/entities.ts'
import type { UserRange } from '../core/store.ts'
import { readNumber, readText } from './columns.ts'
import type { Connection } from './database.ts'

export async function listPasswordSchemes(connection: Connection): Promise<string[]> {
  // Jumps from scheme to scheme in the index, which contains only imported hashes: DISTINCT would read all its entries.
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

/**
 * How many hashes of a scheme begin with a prefix.
 *
 * @param maximum how many of its users are read at most: there may be a million
 */
export async function countHashes(
  connection: Connection,
  { scheme, prefix, maximum }: { scheme: string; prefix: string; maximum: number },
): Promise<number> {
  const [row] = await connection.query(
    `SELECT CAST(count(*) AS integer)
     FROM (SELECT password_hash FROM users WHERE password_scheme = $1 LIMIT $2) AS looked_at
     WHERE substr(password_hash, 1, $3) = $4`,
    [scheme, maximum, prefix.length, prefix],
  )
  return row ? readNumber(row[0]) : 0
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
