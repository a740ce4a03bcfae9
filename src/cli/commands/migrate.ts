import type { Connection } from '../../storage/database.ts'
import {
  listMigrations,
  type MigrationStatus,
  type Migrations,
  migrate,
} from '../../storage/migrate.ts'
import { isMigrated } from '../../storage/sqlite.ts'
import { defineCommand, Refused } from './command.ts'
import { databaseOptions, readDatabaseUrl, requireDatabase, withDatabase } from './database.ts'
import { appOption, listSources } from './migration-sources.ts'
import { complain, jsonOption, print, printJson, printTable } from './output.ts'

export const migrateDatabase = defineCommand(
  {
    name: 'migrate',
    summary: 'Apply pending migrations, or list them',
    details: `Applies all pending migrations or none: Latchkey's first, then the application's,
from DIR/sqlite or DIR/postgres. A server does the same when it starts; with this
command another database role can do it. If there is no SQLite file, it is created.

With --status nothing is changed, and the exit code is 1 while some are pending.`,
    operands: null,
    options: {
      status: { type: 'boolean', meaning: 'List all migrations, applied and pending' },
      app: appOption,
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey migrate',
      'latchkey migrate --status',
      'latchkey migrate --app api/migrations --json',
    ],
  },
  async ({ values }) => {
    const url = readDatabaseUrl(values)
    const sources = await listSources(url, values.app)
    if (values.status) {
      const migrations = await readStatus(url, sources)
      if (!values.json) sayWhose(sources)
      printStatus(migrations, values)
    } else {
      const applied = await withDatabase(url, (database) => migrate(database, sources))
      if (!values.json) sayWhose(sources)
      printApplied(applied, values)
    }
  },
)

// An operator in the wrong folder would otherwise miss the application's migrations unnoticed.
function sayWhose(sources: readonly Migrations[]): void {
  const hasOwn = sources.some(({ owner }) => owner === 'app')
  if (!hasOwn)
    complain(
      "Latchkey's migrations alone: ./migrations has none for this database; --app DIR names another folder",
    )
}

interface Output {
  readonly json?: boolean | undefined
}

function printApplied(applied: readonly string[], { json }: Output): void {
  if (json) printJson({ applied })
  else if (applied.length === 0) print('Nothing was pending.')
  else for (const name of applied) print(`Applied ${name}`)
}

/** Every migration, and whether it is applied. A file without any of them is not opened. */
export async function readStatus(
  url: string,
  sources: readonly Migrations[],
): Promise<readonly MigrationStatus[]> {
  requireDatabase(url)
  // Opening a file changes it, and it may belong to another program.
  if (url.startsWith('sqlite:') && !isMigrated(url)) return listMigrations(untouched, sources)
  return withDatabase(url, (database) => listMigrations(database, sources))
}

// Answers like a database that was never migrated.
const untouched: Connection = { query: async () => [] }

function printStatus(migrations: readonly MigrationStatus[], { json }: Output): void {
  if (json) printJson({ migrations })
  else printTable([['STATUS', 'MIGRATION'], ...migrations.map(toRow)])
  const pending = migrations.filter(({ status }) => status === 'pending').length
  const unknown = migrations.filter(({ status }) => status === 'unknown')
  for (const { name } of unknown) complain(`${name} came with a version that is not this one`)
  if (pending > 0) throw new Refused(`${pending} pending: latchkey migrate applies them`)
}

function toRow({ name, status }: MigrationStatus): string[] {
  return [status, name]
}
