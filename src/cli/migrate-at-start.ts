import { setTimeout as wait } from 'node:timers/promises'
import { isUnavailable } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Connection, Database } from '../storage/database.ts'
import { type Migrations, migrate } from '../storage/migrate.ts'
import { isForTests, testMark } from '../storage/test-mark.ts'
import { EnvironmentError } from './environment-reader.ts'
import { explain } from './explain.ts'

/** How far a migration has come that does not hold up the start. */
export interface Migrating {
  /** Resolves when the database is migrated. */
  readonly finished: Promise<void>
}

/**
 * Migrates before the first request is served. A database that is away is no reason not to start:
 * the server then listens, says that it is not ready, and the migration is tried again every second.
 *
 * @returns when the database is migrated, or was found to be away
 * @throws MigrationError, Error as `migrate` does; `finished` rejects with what comes later
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

// The database learns of the check's failures as of the migration's: while it has not been migrated,
// nobody looks for its tables.
async function migrateOwn(database: Database, sources: readonly Migrations[]): Promise<void> {
  await migrate(database, sources, { check: refuseTests })
}

// SECURITY: the next run of the tests would delete whatever a server had written into it.
async function refuseTests(connection: Connection): Promise<void> {
  if (await isForTests(connection)) {
    throw new EnvironmentError(
      `DATABASE_URL names a database that tests empty: name another, or drop its table ${testMark}`,
    )
  }
}
