import { existsSync } from 'node:fs'
import type { Store } from '../../core/store.ts'
import { isMigrated, openSqlite, sqliteFile } from '../../storage/sqlite.ts'
import { createStore } from '../../storage/store.ts'
import { readDatabaseEnvironment } from '../environment.ts'
import { Refused } from './command.ts'

/** For every command that works on the database. */
export const databaseOptions = {
  dev: {
    type: 'boolean',
    meaning: 'Without DATABASE_URL, take sqlite:storage/development.sqlite3',
  },
} as const

/**
 * Opens the database that the environment names, and closes it after the work.
 *
 * @throws EnvironmentError for a DATABASE_URL that is missing or cannot be read
 * @throws Refused where there is no such database, or one without the newest migrations
 */
export async function withStore<T>(
  { dev = false }: { readonly dev?: boolean | undefined },
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const url = readDatabaseEnvironment(process.env, dev ? 'development' : 'production')
  requireFile(url)
  const database = await openSqlite(url)
  try {
    return await work(createStore(database))
  } catch (error) {
    throw isNotMigrated(error) ? new Refused(notMigrated) : error
  } finally {
    await database.close()
  }
}

// To open a file creates it where it is not there, and changes it where it is somebody else's.
function requireFile(url: string): void {
  const file = sqliteFile(url)
  if (!existsSync(file)) {
    const example = 'DATABASE_URL=sqlite:storage/production.sqlite3'
    throw new Refused(
      `There is no database at ${file}: set another one, for example ${example}, or start the server, which creates it`,
    )
  }
  if (!isMigrated(file)) throw new Refused(notMigrated)
}

const notMigrated =
  "The database lacks Latchkey's newest tables: start the server once, which migrates it"

function isNotMigrated(error: unknown): boolean {
  return error instanceof Error && /^no such (table|column): /.test(error.message)
}
