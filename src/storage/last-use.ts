import type { Database } from './database.ts'

/** Records uses in small transactions, so that other writers need not wait long. */
export async function recordUses(
  database: Database,
  table: 'sessions' | 'api_keys',
  { ids, usedAt }: { ids: readonly string[]; usedAt: Date },
): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) {
    const some = ids.slice(from, from + batch)
    // One statement for any number of ids: it is filled up with the first id.
    const padded = Array.from({ length: batch }, (_, index) => some[index] ?? some[0] ?? null)
    await database.transaction(
      (transaction) => transaction.query(statements[table], [usedAt, ...padded]),
      { durability: 'relaxed' },
    )
  }
}

const batch = 50
const parameters = Array.from({ length: batch }, (_, index) => `$${index + 2}`).join(', ')

const statements = { sessions: recordIn('sessions'), api_keys: recordIn('api_keys') }

// Locked rows are skipped, so that this waits for nobody.
function recordIn(table: string): string {
  return `UPDATE ${table} SET last_used_at = $1 WHERE id IN (
    SELECT id FROM ${table}
    WHERE id IN (${parameters}) AND (last_used_at IS NULL OR last_used_at < $1)
    FOR UPDATE SKIP LOCKED
  )`
}
