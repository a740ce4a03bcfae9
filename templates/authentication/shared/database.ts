import type { Database, Migrations } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'

interface Opened {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** The database that a `DATABASE_URL` names, and what brings it up to date. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openSqlite(url), migrations: [sqliteMigrations] }
}
