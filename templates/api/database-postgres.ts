import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import type { Database, Migrations } from 'latchkey/server'

export interface Opened {
  readonly database: Database
  /** Latchkey's, followed by your own. */
  readonly migrations: readonly Migrations[]
}

/** Opens the database that a `DATABASE_URL` names. */
export async function openDatabase(url: string): Promise<Opened> {
  return { database: await openPostgres(url), migrations: [postgresMigrations, own] }
}

const own: Migrations = {
  owner: 'app',
  directory: new URL('./migrations/postgres/', import.meta.url),
}
