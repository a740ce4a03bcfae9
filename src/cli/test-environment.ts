import { isDatabaseUrl } from './database-url.ts'
import { EnvironmentError, EnvironmentReader } from './environment-reader.ts'

/** The settings of a test server. */
export interface TestEnvironment {
  readonly port: number
  readonly controlPort: number
  /** Null for a file of its own, which is deleted when the server ends. */
  readonly databaseUrl: string | null
}

/**
 * Reads the variables of `docs/reference/testing.md`. `DATABASE_URL` is none of them: tests started in the
 * wrong shell must not empty the database that it names.
 *
 * @throws EnvironmentError with a sentence for each variable that cannot be read
 */
export function readTestEnvironment(): TestEnvironment {
  const read = new EnvironmentReader(process.env)
  const environment = {
    port: read.integer('PORT', { default: 3000, from: 0, to: 65_535 }),
    controlPort: read.integer('CONTROL_PORT', { default: 3009, from: 0, to: 65_535 }),
    databaseUrl: readTestDatabaseUrl(read),
  }
  read.finish()
  return environment
}

function readTestDatabaseUrl(read: EnvironmentReader): string | null {
  if (read.text('TEST_DATABASE_URL') === null) return null
  return read.parsed('TEST_DATABASE_URL', {
    parse: (text) => (isDatabaseUrl(text) ? text : null),
    wanted:
      'must be sqlite: and the path of a file, or postgres:// with user, password, server and database',
    example: 'sqlite:storage/test.sqlite3',
    default: null,
  })
}

/** @throws EnvironmentError if the environment calls itself production */
export function refuseProduction(what: string): void {
  if (process.env.NODE_ENV?.trim().toLowerCase() !== 'production') return
  throw new EnvironmentError(
    `${what} is for tests, and NODE_ENV is production: nothing was started`,
  )
}
