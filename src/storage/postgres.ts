import pg from 'pg'
import type { Database } from './database.ts'
import { DatabaseUrlError } from './database-url-error.ts'
import type { Migrations } from './migrate.ts'
import { PostgresDatabase, patience } from './postgres-database.ts'
import type { StatementNames } from './postgres-statements.ts'

/** Latchkey's own tables, for `migrate`; your application's come after them. */
export const postgresMigrations: Migrations = {
  owner: 'latchkey',
  directory: new URL('./migrations/postgres/', import.meta.url),
}

export interface PostgresOptions {
  /**
   * `unnamed` behind a pooler that gives each transaction another connection and keeps no prepared
   * statements, such as PgBouncer before 1.24: statements get no name, and a look-up costs the
   * database three times the processor time. The default is `named`, or `unnamed` for a URL with
   * `pgbouncer=true`.
   */
  readonly statements?: StatementNames
}

/**
 * Opens a PostgreSQL database. No connection is made before one is needed, so that a server can
 * start while its database is away.
 *
 * @param source a URL, for at most 12 connections of this process's own: 2 for looking up tokens,
 *   10 for everything else; or your `pg.Pool`, which you end yourself, and 2 connections beside it
 *   with its options: what you do to its connections in `connect` is not done to these
 * @throws DatabaseUrlError for what is not the URL of a PostgreSQL, and for one that names a certificate that
 *   cannot be read
 */
export async function openPostgres(
  source: string | pg.Pool,
  options: PostgresOptions = {},
): Promise<Database> {
  // SECURITY: Node's own error would repeat the text, and the password in it. And pg takes any URL: for
  // `sqlite:` it would ask a server on this machine, whatever the file is called.
  if (typeof source === 'string' && !(URL.canParse(source) && scheme.test(source))) {
    throw new DatabaseUrlError(
      'PostgreSQL needs a URL like postgres://user:password@127.0.0.1:5432/app',
    )
  }
  const names = options.statements ?? (usesPooler(source) ? 'unnamed' : 'named')
  if (typeof source !== 'string') {
    return new PostgresDatabase(source, { names, onClose: async () => {} })
  }
  requireCertificates(source)
  const pool = new pg.Pool({ connectionString: source, ...defaults })
  return new PostgresDatabase(pool, { names, onClose: () => pool.end() })
}

const scheme = /^(?:postgres|postgresql|socket):/i

const defaults = { ...patience, max: 10, fallback_application_name: 'latchkey' } as const

// pg reads the certificates whenever it makes a client. A wrong path stops the start, instead of
// looking like a database that is away.
function requireCertificates(connectionString: string): void {
  try {
    new pg.Client({ connectionString })
  } catch (cause) {
    if (Object(cause).syscall === undefined) throw cause
    throw new DatabaseUrlError(`${needsCertificate}: ${Object(cause).message}`, { cause })
  }
}

const needsCertificate =
  'PostgreSQL needs a certificate that is there, behind sslrootcert, sslcert or sslkey'

// A parameter in the URLs of poolers, unknown to PostgreSQL.
function usesPooler(source: string | pg.Pool): boolean {
  return typeof source === 'string' && new URL(source).searchParams.get('pgbouncer') === 'true'
}
