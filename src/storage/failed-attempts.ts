import type { FailedAttempts } from '../core/guard/failed-attempts.ts'
import { readInstant, readInstantOrNull, readNumber } from './columns.ts'
import type { Connection, Database } from './database.ts'

export async function findFailedAttempts(
  connection: Connection,
  key: string,
): Promise<FailedAttempts | null> {
  const [row] = await connection.query(
    'SELECT count, blocked_until, expires_at FROM failed_attempts WHERE key = $1',
    [key],
  )
  if (!row) return null
  const [count, blockedUntil, expiresAt] = row
  return {
    count: readNumber(count),
    blockedUntil: readInstant(blockedUntil),
    expiresAt: readInstantOrNull(expiresAt),
  }
}

interface Change {
  readonly from: FailedAttempts | null
  readonly next: FailedAttempts
}

export async function replaceFailedAttempts(
  database: Database,
  key: string,
  { from, next }: Change,
): Promise<boolean> {
  const { count, blockedUntil, expiresAt } = next
  const values = [key, count, blockedUntil, expiresAt]
  const written = await database.transaction(
    (transaction) =>
      from
        ? transaction.query(update, [
            ...values,
            from.count,
            from.blockedUntil,
            new Date(from.blockedUntil.getTime() + 1),
          ])
        : transaction.query(insert, values),
    { durability: 'relaxed' },
  )
  return written.length === 1
}

const insert = `INSERT INTO failed_attempts (key, count, blocked_until, expires_at)
  VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING RETURNING 1`

// Matches the whole millisecond: in PostgreSQL an instant that was set by hand has microseconds, which are not read.
const update = `UPDATE failed_attempts SET count = $2, blocked_until = $3, expires_at = $4
  WHERE key = $1 AND count = $5 AND blocked_until >= $6 AND blocked_until < $7 RETURNING 1`

export async function deleteFailedAttempts(
  connection: Connection,
  keys: readonly string[],
): Promise<void> {
  for (const key of keys) {
    await connection.query('DELETE FROM failed_attempts WHERE key = $1', [key])
  }
}
