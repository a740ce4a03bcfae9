import type { Database } from './database.ts'

/** In small transactions: whoever waits to write waits for one of them. */
export async function recordUses(
  database: Database,
  table: 'sessions' | 'api_keys',
  { ids, usedAt }: { ids: readonly string[]; usedAt: Date },
): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) {
    const some = ids.slice(from, from + batch)
    // One text for any number of ids: the first id is repeated to fill it.
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

// A locked row is skipped, so that nobody waits for this.
function recordIn(table: string): string {
  return `UPDATE ${table} SET last_used_at = $1 WHERE id IN (
    SELECT id FROM ${table}
    WHERE id IN (${parameters}) AND (last_used_at IS NULL OR last_used_at < $1)
    FOR UPDATE SKIP LOCKED
  )`
}
