import type { Connection } from './database.ts'

// The tables of mailed links, each with its key.
const tables = {
  password_resets: 'token_digest',
  email_verifications: 'token_digest',
  email_changes: 'user_id',
  registrations: 'id',
} as const

export async function deleteOneTimeTokens(
  connection: Connection,
  { maximum }: { maximum: number },
): Promise<boolean> {
  for (const [table, key] of Object.entries(tables)) {
    await connection.query(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} LIMIT $1)`,
      [maximum],
    )
  }
  // Looked up, not inferred from the numbers of deleted rows: others may have deleted some at the same time.
  const any = Object.keys(tables).map((table) => `EXISTS (SELECT 1 FROM ${table})`)
  const left = await connection.query(`SELECT 1 WHERE ${any.join(' OR ')}`)
  return left.length > 0
}
