import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { v7 } from 'uuid'

/** Sessions that a sweep will delete, with the first and the last, which show its progress. */
export interface ExpiredSessions {
  readonly file: string
  readonly rows: number
  /** The number of live sessions. */
  readonly live: number
  /** Milliseconds since 1970; all of these sessions have it, and no others. */
  readonly createdAt: number
  /** The least digest and the greatest; a sweep proceeds in their order. */
  readonly first: Uint8Array
  readonly last: Uint8Array
}

// Longer than the default of SESSION_MAXIMUM_HOURS, which is 90 days.
const ageDays = 100

/** Inserts expired sessions of the users of a database, at random places between the live ones. */
export function insertExpired(file: string, rows: number): ExpiredSessions {
  const live = countSessions(file)
  const database = open(file)
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
  // The rows are checkpointed before the sweep, which would otherwise pay for that.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const [first = none, last = none] = [digests.at(0), digests.at(-1)]
  return { file, rows, live, createdAt, first, last }
}

/** @returns how many of them still existed */
export async function removeExpired({ file, createdAt }: ExpiredSessions): Promise<number> {
  const database = open(file)
  const remove = database.prepare(
    `DELETE FROM sessions WHERE token_digest IN (
       SELECT token_digest FROM sessions WHERE created_at = ?1 LIMIT 10000)`,
  )
  let removed = 0
  let changes = 0
  do {
    changes = Number(remove.run(createdAt).changes)
    removed += changes
    // Lets a running sweep have its turn, since it gives up after two seconds without one.
    await wait(50)
  } while (changes > 0)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  return removed
}

export function countSessions(file: string): number {
  const database = open(file)
  const count = database.prepare('SELECT count(*) AS count FROM sessions').get()?.count
  database.close()
  return Number(count)
}

const none = new Uint8Array(0)

function open(file: string): DatabaseSync {
  return new DatabaseSync(file, { timeout: 5_000 })
}
