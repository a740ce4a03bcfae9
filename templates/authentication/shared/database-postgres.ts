import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import type { Database, Migrations } from 'latchkey/server'

interface Opened {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** The database that a `DATABASE_URL` names, and what brings it up to date. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openPostgres(url), migrations: [postgresMigrations] }
}
