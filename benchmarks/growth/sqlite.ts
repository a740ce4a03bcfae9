import { closeSync, fsyncSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { commitMilliseconds } from '../disk.ts'
import {
  type Engine,
  type Filling,
  type Grown,
  growAt,
  hashOnce,
  timeEach,
  timeLookUp,
} from './grown.ts'
import { usersAmong } from './known.ts'

const lookUps = 50_000

/** Each size is a file in this folder. */
export async function sqliteEngine(folder: string): Promise<Engine> {
  const passwordHash = await hashOnce()
  return {
    name: 'SQLite',
    grow(sessions) {
      const file = join(folder, `${sessions}.sqlite3`)
      const fill = async (filling: Filling) => fillFile(file, filling)
      const size = async () => statSync(file).size
      return growAt(`sqlite:${file}`, { sessions, passwordHash }, { fill, size })
    },
    lookUps: [
      // As with few requests.
      { way: 'one in a turn of the event loop', times: lookUps, time: timeAlone },
      // They share one lock of SQLite.
      { way: 'many in a turn', times: lookUps, time: timeEach },
    ],
    processorSeconds: null,
    commitMilliseconds: async () => commitMilliseconds(folder),
    close: async () => {},
  }
}

async function timeAlone(grown: Grown, digests: readonly Uint8Array[]): Promise<number[]> {
  const times: number[] = []
  for (const digest of digests) {
    await turn()
    times.push(await timeLookUp(grown, digest))
  }
  return times
}

// In the order of time, as people log in: the digests are in random order, so that the pages of their index are as full
// as in production.
function fillFile(file: string, filling: Filling): void {
  const { sessions, known, passwordHash, from, milliseconds, lastUsedAt } = filling
  const database = new DatabaseSync(file)
  // Nobody else uses the file, and nothing can be lost.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF')
  database.exec('PRAGMA cache_size = -6000000; BEGIN')
  const users = usersAmong(sessions)
  const at = (number: string, all: number) => `(${from} + ${number} * ${milliseconds} / ${all})`
  // A UUID of version 7 for an instant.
  const id = (number: string, all: number) =>
    `printf('%08x-%04x-7000-8000-%012x', ${at(number, all)} >> 16, ${at(number, all)} & 65535, ${number})`
  const numbers = (all: number) => `WITH RECURSIVE numbers (number) AS (
      SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < ${all}
    )`
  database
    .prepare(`INSERT INTO users
        (id, email_address, password_hash, email_verified_at, created_at, updated_at)
      ${numbers(users)}
      SELECT ${id('number', users)}, 'user-' || number || '@example.com', ?1, ${at('number', users)},
        ${at('number', users)}, ${at('number', users)} FROM numbers`)
    .run(passwordHash)
  database.exec(`
    INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at,
        last_used_at, password_verified_at)
      ${numbers(sessions)}
      SELECT randomblob(32), ${id('number', sessions)}, ${id(`(number % ${users})`, users)},
        '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
        ${at('number', sessions)}, ${lastUsedAt}, ${at('number', sessions)} FROM numbers`)
  // A JavaScript number is bound as a REAL.
  const place = database.prepare(
    `UPDATE sessions SET token_digest = ?1 WHERE id = ${id('CAST(?2 AS INTEGER)', sessions)}`,
  )
  for (const { digest, number } of known) place.run(digest, number)
  database.exec('COMMIT')
  database.close()
  keep(file)
}

// Otherwise the system would still be writing during the measurements.
function keep(file: string): void {
  const open = openSync(file, 'r+')
  fsyncSync(open)
  closeSync(open)
}
