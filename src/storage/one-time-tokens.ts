import type { Connection } from './database.ts'

// The tables that the links in mails lead to, each with its key.
const tables = {
  password_resets: 'token_digest',
  email_verifications: 'token_digest',
  email_changes: 'user_id',
  registrations: 'id',
} as const

export async function deleteOneTimeTokens(
  connection: Connection,
  { maximum }: { maximum: number },
): Promise<number> {
  let deleted = 0
  for (const [table, key] of Object.entries(tables)) {
    const rows = await connection.query(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} LIMIT $1) RETURNING 1`,
      [maximum],
    )
    deleted += rows.length
  }
  return deleted
}
