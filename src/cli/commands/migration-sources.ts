import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Migrations } from '../../storage/migrate.ts'
import { UsageError } from './command.ts'

/** For every command that makes or changes tables. */
export const appOption = {
  type: 'string',
  value: 'DIR',
  meaning: "The folder of the application's migrations (default: ./migrations)",
} as const

/**
 * Latchkey's migrations for a database, followed by those of the application.
 *
 * @throws UsageError if the named folder does not exist
 */
export async function listSources(
  url: string,
  app: string | undefined,
): Promise<readonly Migrations[]> {
  const folder = url.startsWith('sqlite:') ? 'sqlite' : 'postgres'
  const directory = resolve(app ?? 'migrations', folder)
  const latchkey = await readOwn(folder)
  if (existsSync(directory)) {
    return [latchkey, { owner: 'app', directory: pathToFileURL(`${directory}/`) }]
  }
  if (app === undefined) return [latchkey]
  throw new UsageError(`There is no folder '${directory}'`)
}

async function readOwn(folder: 'sqlite' | 'postgres'): Promise<Migrations> {
  if (folder === 'sqlite') return (await import('../../storage/sqlite.ts')).sqliteMigrations
  return (await import('../../storage/postgres.ts')).postgresMigrations
}
