import type { Database, Migrations } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'

interface Opened {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** Opens the database that a `DATABASE_URL` names, with the migrations that bring it up to date. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openSqlite(url), migrations: [sqliteMigrations] }
}
