import type { TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'

const databaseUrl = process.env.TEST_DATABASE_URL
if (!databaseUrl) {
  throw new Error(
    'TEST_DATABASE_URL must name a PostgreSQL database that is for tests alone: they empty it',
  )
}

/** Where tests have their data. */
export const testingDatabase: Pick<TestServerOptions, 'open' | 'databaseUrl'> = {
  open: openDatabase,
  databaseUrl,
}
