import { EnvironmentReader } from './environment-reader.ts'

/** What the environment says, read and checked once. */
export interface Environment {
  readonly mode: 'development' | 'production'
  readonly listen: { readonly host: string; readonly port: number }
  readonly databaseUrl: string
  readonly corsOrigins: readonly string[]
  readonly signUp: 'open' | 'closed'
  readonly passwords: { readonly minimumLength: number; readonly rejectCommon: boolean }
  readonly sessions: { readonly idleHours: number; readonly maximumHours: number }
  readonly logLevel: 'info' | 'error' | 'silent'
}

/**
 * Reads the variables of `docs/reference/configuration.md`. Development mode is asked for with
 * `--dev` among the arguments; no variable, and no missing one, switches it on.
 *
 * @throws EnvironmentError with a sentence for each variable that cannot be read
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Environment {
  const read = new EnvironmentReader(variables)
  const development = args.includes('--dev')
  const webPort = read.integer('WEB_PORT', { otherwise: 3001, from: 0, to: 65_535 })
  const environment: Environment = {
    mode: development ? 'development' : 'production',
    listen: {
      host: read.text('HOST', { otherwise: '127.0.0.1' }),
      port: read.integer('PORT', { otherwise: 3000, from: 0, to: 65_535 }),
    },
    databaseUrl: read.databaseUrl(development ? 'sqlite:storage/development.sqlite3' : null),
    corsOrigins: read.origins('CORS_ORIGINS', development ? [`http://localhost:${webPort}`] : []),
    signUp: read.choice('SIGN_UP', ['open', 'closed']),
    passwords: {
      minimumLength: read.integer('PASSWORD_MINIMUM_LENGTH', { otherwise: 8, from: 8, to: 128 }),
      rejectCommon: read.choice('PASSWORD_REJECT_COMMON', ['true', 'false']) === 'true',
    },
    sessions: {
      idleHours: read.integer('SESSION_IDLE_HOURS', { otherwise: 720, from: 1, to: 87_600 }),
      maximumHours: read.integer('SESSION_MAXIMUM_HOURS', { otherwise: 2160, from: 1, to: 87_600 }),
    },
    logLevel: read.choice('LOG_LEVEL', ['info', 'error', 'silent']),
  }
  read.finish()
  return environment
}
