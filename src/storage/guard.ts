import type { GuardCount, GuardWindow } from '../core/guard/guard-store.ts'
import { readInstant, readNumber, readText } from './columns.ts'
import type { Connection, Database, Row } from './database.ts'

export async function count(
  database: Database,
  windows: readonly GuardWindow[],
  now: Date,
): Promise<GuardCount[]> {
  return database.transaction(
    async (transaction) => {
      const counts: GuardCount[] = []
      for (const window of windows) {
        const counted = await countOne(transaction, window, now)
        counts.push(counted)
        if (counted.count > window.maximum) break
      }
      return counts
    },
    { durability: 'relaxed' },
  )
}

async function countOne(
  connection: Connection,
  { key, attempts, endsAt }: GuardWindow,
  now: Date,
): Promise<GuardCount> {
  const [row = []] = await connection.query(
    `INSERT INTO guard_counts (key, count, window_ends_at) VALUES ($1, $4, $3)
     ON CONFLICT (key) DO UPDATE SET
       count = $4 + CASE WHEN guard_counts.window_ends_at > $2 THEN guard_counts.count ELSE 0 END,
       window_ends_at =
         CASE WHEN guard_counts.window_ends_at > $2 AND guard_counts.window_ends_at <= $3
         THEN guard_counts.window_ends_at ELSE $3 END
     RETURNING key, count, window_ends_at`,
    [key, now, endsAt, attempts],
  )
  return toCount(row)
}

/** Looks each key up by itself, since there are few. */
export async function findCounts(
  connection: Connection,
  keys: readonly string[],
): Promise<GuardCount[]> {
  const select = 'SELECT key, count, window_ends_at FROM guard_counts WHERE key = $1'
  const found = await Promise.all(keys.map((key) => connection.query(select, [key])))
  return found.flat().map(toCount)
}

export async function deleteCounts(connection: Connection, keys: readonly string[]): Promise<void> {
  for (const key of keys) await connection.query('DELETE FROM guard_counts WHERE key = $1', [key])
}

function toCount(row: Row): GuardCount {
  return { key: readText(row[0]), count: readNumber(row[1]), endsAt: readInstant(row[2]) }
}
