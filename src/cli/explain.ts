import { AuthError } from '../core/errors.ts'
import { MigrationError } from '../storage/migrate.ts'
import { isBusy } from '../storage/sqlite-errors.ts'
import { EnvironmentError } from './environment-reader.ts'

/** A sentence for what could be foreseen; what nobody foresaw stays an error with its stack. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof EnvironmentError || error instanceof MigrationError) return error.message
  const cause = error instanceof AuthError && error.cause instanceof Error ? error.cause : error
  const code: unknown = 'code' in cause ? cause.code : null
  if (code === 'EADDRINUSE') {
    return `${cause.message}: stop what listens there, or set another PORT or WEB_PORT, for example PORT=3100`
  }
  const call: unknown = 'syscall' in cause ? cause.syscall : null
  if (call === 'listen' || call === 'getaddrinfo') {
    return `HOST and PORT cannot be listened on: ${cause.message}, for example HOST=127.0.0.1`
  }
  if (isBusy(cause)) return 'Another process holds the database, or migrates it: try again later'
  if (code === 'ERR_SQLITE_ERROR' || call !== null) {
    const example = 'DATABASE_URL=sqlite:storage/app.sqlite3'
    return `DATABASE_URL cannot be used: ${cause.message}, for example ${example}`
  }
  return cause
}
