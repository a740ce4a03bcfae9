import { DatabaseSync } from 'node:sqlite'
import { createStore, migrate } from '../src/server.ts'
import { openSqlite, sqliteMigrations } from '../src/sqlite.ts'
import { type LookUps, summarise } from './look-up-report.ts'

const lookUps = 50_000
// So many sessions have a user in common.
const sessionsEach = 10

/** Of the store's own look-up; the rows that are looked for were read before. */
export async function sqliteLookUps(file: string, sessions: number): Promise<LookUps> {
  const empty = await openSqlite(file)
  await migrate(empty, [sqliteMigrations])
  await empty.close()
  const digests = fill(file, sessions)
  const database = await openSqlite(file)
  const store = createStore(database)
  const times: number[] = []
  for (const isWarm of [false, true]) {
    for (const digest of digests) {
      const started = performance.now()
      const found = await store.findSession(digest)
      const microseconds = (performance.now() - started) * 1_000
      if (!found) throw new Error('A session was not found')
      if (isWarm) times.push(microseconds)
    }
  }
  await database.close()
  return summarise(sessions, times)
}

// In the order of the digests: at random each row would be on another page.
function fill(file: string, sessions: number): Uint8Array[] {
  const database = new DatabaseSync(file)
  // Nobody else is there, and nothing would be lost.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000000')
  database.exec('BEGIN')
  const users = Math.max(1, sessions / sessionsEach)
  database.exec(`
    CREATE TEMP TABLE digests AS
      WITH RECURSIVE numbers (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${sessions}
      )
      SELECT randomblob(32) AS digest, number FROM numbers;
    INSERT INTO users
      SELECT printf('00000000-0000-7000-8000-%012d', number), 'user' || number || '@example.com',
        '$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo',
        NULL, 1700000000000, 1700000000000
      FROM digests WHERE number <= ${users};
    INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at)
      SELECT digest, printf('10000000-0000-7000-8000-%012d', number),
        printf('00000000-0000-7000-8000-%012d', 1 + number % ${users}), '203.0.113.7',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 1700000000000, 1700000000000
      FROM digests ORDER BY digest;
    COMMIT`)
  const every = Math.max(1, Math.floor(sessions / lookUps))
  const rows = database
    .prepare(
      `SELECT digest FROM digests WHERE number % ${every} = 0 ORDER BY number LIMIT ${lookUps}`,
    )
    .all()
  database.close()
  return rows.map(({ digest }) => (digest instanceof Uint8Array ? digest : new Uint8Array()))
}
