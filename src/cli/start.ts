import { AuthError } from '../core/errors.ts'
import { MigrationError } from '../storage/migrate.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { EnvironmentError } from './environment-reader.ts'

/**
 * Runs a program with the environment that it was started in. What stops the start is said in a
 * sentence, and the process ends with 1; a stack is printed only for what nobody foresaw.
 */
export async function start(program: (environment: Environment) => Promise<void>): Promise<void> {
  try {
    const environment = readEnvironment(process.env, process.argv)
    if (environment.rateLimits === 'off') console.error(unguarded)
    await program(environment)
  } catch (error) {
    console.error(explain(error))
    process.exit(1)
  }
}

const unguarded = 'RATE_LIMITS=off: nobody is kept from guessing passwords. For development only.'

function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof EnvironmentError || error instanceof MigrationError) return error.message
  const cause = error instanceof AuthError && error.cause instanceof Error ? error.cause : error
  const code: unknown = 'code' in cause ? cause.code : null
  if (code === 'EADDRINUSE') {
    return `${cause.message}: stop what listens there, or set another port, for example PORT=3100`
  }
  const call: unknown = 'syscall' in cause ? cause.syscall : null
  if (call === 'listen' || call === 'getaddrinfo') {
    return `HOST and PORT cannot be listened on: ${cause.message}, for example HOST=127.0.0.1`
  }
  if (code === 'ERR_SQLITE_ERROR' || call !== null) {
    const example = 'DATABASE_URL=sqlite:storage/app.sqlite3'
    return `DATABASE_URL cannot be used: ${cause.message}, for example ${example}`
  }
  return cause
}
