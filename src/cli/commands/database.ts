import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Auth, createAuth } from '../../core/auth.ts'
import type { Store } from '../../core/store.ts'
import { isFile } from '../../generator/folder.ts'
import type { Database } from '../../storage/database.ts'
import { within } from '../../storage/deadline.ts'
import { isNotMigrated, requireWhole } from '../../storage/migrate.ts'
import { isMigrated, openSqlite } from '../../storage/sqlite.ts'
import { sqliteFile } from '../../storage/sqlite-file.ts'
import { createStore } from '../../storage/store.ts'
import { readDatabaseEnvironment } from '../database-url.ts'
import { readSessionEnvironment } from '../environment.ts'
import { Refused } from './command.ts'

/** For every command that works on the database. */
export const databaseOptions = {
  dev: {
    type: 'boolean',
    meaning: 'Development: what .env.development says, else sqlite:storage/development.sqlite3',
  },
} as const

export interface DatabaseOptions {
  readonly dev?: boolean | undefined
}

/**
 * Opens the store that the environment names, and closes it after the work.
 *
 * @throws EnvironmentError for a DATABASE_URL that cannot be read
 * @throws Refused if it is missing, there is no such database, or it lacks the newest migrations
 * @throws MissingTablesError if a table of an applied migration is gone
 */
export function withStore<T>(
  options: DatabaseOptions,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return withMigrated(options, (url) => {
    return withDatabase(url, async (database) => {
      await requireWhole(database)
      return work(createStore(database))
    })
  })
}

/** Opens an `Auth` on the database that the environment names, and closes the database after the work. */
export function withAuth<T>(
  options: DatabaseOptions,
  work: (auth: Auth) => Promise<T>,
): Promise<T> {
  const sessions = readSessionEnvironment(process.env)
  return withStore(options, (store) => work(createAuth({ store, sessions })))
}

/**
 * For commands that open the database that the environment names themselves.
 *
 * @throws EnvironmentError for a DATABASE_URL that cannot be read
 * @throws Refused if it is missing, there is no such database, or it lacks the newest migrations
 */
export async function withMigrated<T>(
  options: DatabaseOptions,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const url = readDatabaseUrl(options)
  requireDatabase(url)
  // Opening a file changes it, and it may belong to another program.
  if (url.startsWith('sqlite:') && !isMigrated(url)) throw new Refused(notMigrated)
  try {
    return await work(url)
  } catch (error) {
    throw isNotMigrated(error) ? new Refused(notMigrated) : error
  }
}

/** Opens the database, creating the file of an SQLite one, and closes it after the work. */
export async function withDatabase<T>(
  url: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(url)
  try {
    return await work(database)
  } finally {
    // Not waited for longer: a connection that is still being made may never end, but this process must.
    await within(1_000, database.close()).catch(() => {})
  }
}

/**
 * @throws EnvironmentError for a DATABASE_URL that cannot be read
 * @throws Refused if it is missing
 */
export function readDatabaseUrl({ dev = false }: DatabaseOptions): string {
  // Unlike `serve`, other commands do not read `.env`: in projects with another framework that file often names the
  // development database, and a forgotten variable must not make a command work on that.
  if (!dev && !process.env.DATABASE_URL?.trim()) throw new Refused(isInFile() ? unread : unset)
  return readDatabaseEnvironment(process.env, dev ? 'development' : 'production')
}

function isInFile(): boolean {
  const text = isFile('.env') ? readFileSync('.env', 'utf8') : ''
  return 'DATABASE_URL' in parseEnv(text)
}

const unread =
  'DATABASE_URL must be set in production, and .env is not read by itself: node --env-file=.env node_modules/latchkey/cli/latchkey.js … takes it from there'

const unset =
  'DATABASE_URL must be set in production, for example DATABASE_URL=sqlite:storage/production.sqlite3; with --dev, the command works on the development database'

/**
 * Checks that the file of an SQLite database exists, because opening it would create it.
 *
 * @throws Refused if there is no such file
 */
export function requireDatabase(url: string): void {
  if (!url.startsWith('sqlite:')) return
  const file = sqliteFile(url)
  const example = 'DATABASE_URL=sqlite:storage/production.sqlite3'
  const found = statSync(file, { throwIfNoEntry: false })
  // SQLite would report a disk error.
  if (found?.isDirectory())
    throw new Refused(`${file} is a folder: name a file, such as ${example}`)
  if (found) return
  throw new Refused(
    `There is no database at ${file}: set another one, for example ${example}, or run latchkey migrate, which creates it`,
  )
}

async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url)
  // The application installs the package `pg` if it needs it.
  const { openPostgres } = await import('../../storage/postgres.ts')
  return openPostgres(url)
}

const notMigrated = "The database lacks Latchkey's newest tables: run latchkey migrate"
