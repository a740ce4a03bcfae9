import { setTimeout as wait } from 'node:timers/promises'
import { isUnavailable } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Connection, Database } from '../storage/database.ts'
import { type Migrations, migrate } from '../storage/migrate.ts'
import { isForTests, testMark } from '../storage/test-mark.ts'
import { EnvironmentError } from './environment-reader.ts'
import { explain } from './explain.ts'

/** A migration that may still be under way when the server starts. */
export interface Migrating {
  /** Resolves when the database is migrated. */
  readonly finished: Promise<void>
}

/**
 * Migrates before the first request is served. If the database cannot be reached, the server starts nevertheless: it
 * listens, reports that it is not ready, and tries the migration again every second.
 *
 * @returns when the database is migrated, or cannot be reached
 * @throws MigrationError, MissingTablesError as `migrate` does; `finished` rejects with what fails later
 * @throws EnvironmentError for a database that tests may empty
 */
export async function migrateAtStart(
  database: Database,
  sources: readonly Migrations[],
  { log }: { log: Log },
): Promise<Migrating> {
  try {
    await migrateOwn(database, sources)
    return { finished: Promise.resolve() }
  } catch (error) {
    if (!isUnavailable(error)) throw error
    const entry = { reason: String(explain(error)) }
    log.error(entry, 'the database is away, and is asked again every second')
    return { finished: migrateLater(database, sources, { log }) }
  }
}

async function migrateLater(
  database: Database,
  sources: readonly Migrations[],
  { log }: { log: Log },
): Promise<void> {
  for (;;) {
    await wait(1_000)
    try {
      await migrateOwn(database, sources)
      log.info({}, 'the database is there, and migrated')
      return
    } catch (error) {
      if (!isUnavailable(error)) throw error
    }
  }
}

// The check is passed to the migration, so that its failure counts as one of the migration: until that succeeds, the
// database refuses to use its tables.
async function migrateOwn(database: Database, sources: readonly Migrations[]): Promise<void> {
  await migrate(database, sources, { check: refuseTests })
}

// SECURITY: the next test run would delete everything that a server had written into this database.
async function refuseTests(connection: Connection): Promise<void> {
  if (await isForTests(connection)) {
    throw new EnvironmentError(
      `DATABASE_URL names a database that tests empty: name another, or drop its table ${testMark}`,
    )
  }
}
