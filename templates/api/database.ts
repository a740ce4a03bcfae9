import type { Opened } from './database-sqlite.ts'

/** The database that a `DATABASE_URL` names. */
export async function openDatabase(url: string): Promise<Opened> {
  // Loaded where it is needed: whoever stays with SQLite can do without the package `pg`.
  const { openDatabase } = await (url.startsWith('sqlite:')
    ? import('./database-sqlite.ts')
    : import('./database-postgres.ts'))
  return openDatabase(url)
}
