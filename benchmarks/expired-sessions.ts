import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { v7 } from 'uuid'

/** Sessions that a sweep is going to delete, and the two that say how far it is. */
export interface ExpiredSessions {
  readonly file: string
  readonly rows: number
  /** Digests: a sweep walks along them. */
  readonly first: Uint8Array
  readonly last: Uint8Array
}

// Longer than the default of SESSION_MAXIMUM_HOURS, which is 90 days.
const ageDays = 100

/** Inserts sessions of the users of a database, at random places between those that live. */
export function insertExpired(file: string, rows: number): ExpiredSessions {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  const userIds = database.prepare('SELECT id FROM users').all()
  const insert = database.prepare(
    `INSERT INTO sessions (token_digest, id, user_id, name, ip_address, user_agent, created_at,
       last_used_at, password_verified_at)
     VALUES (?1, ?2, ?3, NULL, '203.0.113.7',
       'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', ?4, ?4, ?4)`,
  )
  const createdAt = Date.now() - ageDays * 86_400_000
  const digests = Array.from({ length: rows }, () => randomBytes(32)).sort(Buffer.compare)
  database.exec('BEGIN IMMEDIATE')
  for (const [index, digest] of digests.entries()) {
    const userId = userIds[index % userIds.length]?.id ?? null
    insert.run(digest, v7({ msecs: createdAt + index }), userId, createdAt)
  }
  database.exec('COMMIT')
  // What was inserted is in the database before it is swept: else the sweep would pay for that.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const none = new Uint8Array(0)
  return { file, rows, first: digests.at(0) ?? none, last: digests.at(-1) ?? none }
}
