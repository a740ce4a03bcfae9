import type { Database, Migrations } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'

export interface Opened {
  readonly database: Database
  /** Latchkey's, followed by your own. */
  readonly migrations: readonly Migrations[]
}

/** Opens the database that a `DATABASE_URL` names. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openSqlite(url), migrations: [sqliteMigrations, own] }
}

const own: Migrations = {
  owner: 'app',
  directory: new URL('./migrations/sqlite/', import.meta.url),
}
