import type { Opened } from './database-sqlite.ts'

/** Opens the database that a `DATABASE_URL` names. */
export async function openDatabase(url: string): Promise<Opened> {
  // Imported only when needed: with SQLite alone the package `pg` need not be installed.
  const { openDatabase } = await (url.startsWith('sqlite:')
    ? import('./database-sqlite.ts')
    : import('./database-postgres.ts'))
  return openDatabase(url)
}
