import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import type { Database, Migrations } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'

interface Opened {
  readonly database: Database
  /** Latchkey's, and behind them your own. */
  readonly migrations: readonly Migrations[]
}

/** The database that a `DATABASE_URL` names. */
export async function openDatabase(url: string): Promise<Opened> {
  if (url.startsWith('sqlite:')) {
    return { database: await openSqlite(url), migrations: [sqliteMigrations, own('sqlite')] }
  }
  return { database: await openPostgres(url), migrations: [postgresMigrations, own('postgres')] }
}

function own(folder: 'sqlite' | 'postgres'): Migrations {
  return { owner: 'app', directory: new URL(`./migrations/${folder}/`, import.meta.url) }
}
