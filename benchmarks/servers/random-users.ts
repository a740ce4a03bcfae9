import { DatabaseSync } from 'node:sqlite'

/**
 * Random users for servers without authentication, as the tokens are random for others. In the order of the table, the
 * next row would be on a page that was just read.
 */
export function randomUsers(file: string): () => string {
  const database = new DatabaseSync(file, { readOnly: true })
  const ids = database
    .prepare('SELECT id FROM users')
    .all()
    .map(({ id }) => String(id))
  database.close()
  return () => ids[Math.floor(Math.random() * ids.length)] ?? ''
}
