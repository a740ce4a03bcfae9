import { setTimeout as wait } from 'node:timers/promises'
import { isUnavailable } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Connection, Database } from '../storage/database.ts'
import { type Migrations, migrate } from '../storage/migrate.ts'
import { isForTests, testMark } from '../storage/test-mark.ts'
import { EnvironmentError } from './environment-reader.ts'
import { explain } from './explain.ts'

/** A migration that does not hold up the start. */
export interface Migrating {
  /** Resolves when the database is migrated. */
  readonly finished: Promise<void>
}

/**
 * Migrates before the first request is served. If the database is away, the server starts all the same: it
 * listens, says that it is not ready, and the migration is tried again every second.
 *
 * @returns when the database is migrated, or was found to be away
 * @throws MigrationError, MissingTablesError as `migrate` does; `finished` rejects with what fails later
 * @throws EnvironmentError for a database that tests empty
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

// The check runs within the migration, so that the database learns of its failure too: while it has not been
// migrated, nobody looks for its tables.
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
