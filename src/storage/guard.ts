import type { GuardCount, GuardWindow } from '../core/guard.ts'
import { readInstant, readNumber, readText } from './columns.ts'
import type { Connection } from './database.ts'

export async function count(
  connection: Connection,
  key: string,
  { attempts, now, endsAt }: GuardWindow,
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
  return { key: readText(row[0]), count: readNumber(row[1]), endsAt: readInstant(row[2]) }
}
