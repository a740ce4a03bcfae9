import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { createStore, type Database, migrate, type Store } from '../src/server.ts'
import { openSqlite, sqliteMigrations } from '../src/sqlite.ts'
import { type LookUps, summarise } from './look-up-report.ts'

const lookUps = 50_000
const lookUpsInTurn = 5_000
// So many sessions have a user in common.
const sessionsEach = 10

interface Filled {
  readonly sessions: number
  readonly store: Store
  readonly database: Database
  readonly digests: readonly Uint8Array[]
  readonly alone: number[]
  readonly together: number[]
}

/**
 * How long the store takes to find one among so many sessions: one in a turn of the event loop, as
 * where few requests come, and many in a turn, which share SQLite's lock. The rows that are looked for
 * were read before. The sizes take turns, so that a machine that slows down slows for all.
 */
export async function sqliteLookUps(
  folder: string,
  sizes: readonly number[],
): Promise<{ alone: LookUps[]; together: LookUps[] }> {
  const all: Filled[] = []
  for (const sessions of sizes) {
    const file = join(folder, `${sessions}.sqlite3`)
    all.push(await fillDatabase(file, sessions))
    console.error(`SQLite, ${sessions}: ${Math.round(statSync(file).size / 1_048_576)} MB`)
  }
  for (const { store, digests } of all) {
    for (const digest of digests) await store.findSession(digest)
  }
  for (let from = 0; from < lookUps; from += lookUpsInTurn) {
    for (const filled of all) await lookUp(filled, from)
  }
  for (const { database } of all) await database.close()
  return {
    alone: all.map(({ sessions, alone }) => summarise(sessions, alone)),
    together: all.map(({ sessions, together }) => summarise(sessions, together)),
  }
}

async function lookUp({ store, digests, alone, together }: Filled, from: number): Promise<void> {
  const first = from % digests.length
  const some = digests.slice(first, first + lookUpsInTurn)
  for (const digest of some) {
    await turn()
    alone.push(await time(() => store.findSession(digest)))
  }
  for (const digest of some) together.push(await time(() => store.findSession(digest)))
}

/** In microseconds. */
async function time(find: () => unknown): Promise<number> {
  const started = performance.now()
  const found = await find()
  const milliseconds = performance.now() - started
  if (!found) throw new Error('A session was not found')
  return milliseconds * 1_000
}

async function fillDatabase(file: string, sessions: number): Promise<Filled> {
  const empty = await openSqlite(file)
  await migrate(empty, [sqliteMigrations])
  await empty.close()
  const digests = Array.from({ length: Math.min(lookUps, sessions) }, () => randomBytes(32))
  fill(file, sessions, digests)
  const database = await openSqlite(file)
  return { sessions, store: createStore(database), database, digests, alone: [], together: [] }
}

// In the order of the digests: at random each row would be on another page.
function fill(file: string, sessions: number, known: readonly Uint8Array[]): void {
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
    CREATE UNIQUE INDEX digests_number ON digests (number)`)
  const place = database.prepare('UPDATE digests SET digest = ?1 WHERE number = ?2')
  const every = Math.floor(sessions / known.length)
  for (const [index, digest] of known.entries()) place.run(digest, 1 + index * every)
  database.exec(`
    INSERT INTO users
        (id, email_address, password_hash, email_verified_at, created_at, updated_at)
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
  database.close()
}
