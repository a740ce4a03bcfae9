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
  // Loaded where it is needed: whoever stays with SQLite can do without the package `pg`.
  const { openPostgres, postgresMigrations } = await import('latchkey/postgres')
  return { database: await openPostgres(url), migrations: [postgresMigrations, own('postgres')] }
}

function own(folder: 'sqlite' | 'postgres'): Migrations {
  return { owner: 'app', directory: new URL(`./migrations/${folder}/`, import.meta.url) }
}
