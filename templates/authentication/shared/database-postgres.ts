import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import type { Database, Migrations } from 'latchkey/server'

interface Opened {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** Opens the database that a `DATABASE_URL` names, with the migrations that bring it up to date. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openPostgres(url), migrations: [postgresMigrations] }
}
