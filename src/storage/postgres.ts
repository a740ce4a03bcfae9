import pg from 'pg'
import { messageOf } from '../core/thrown.ts'
import type { Database } from './database.ts'
import { DatabaseUrlError } from './database-url-error.ts'
import type { Migrations } from './migrate.ts'
import { PostgresDatabase, patience } from './postgres-database.ts'
import type { StatementNames } from './postgres-statements.ts'

/** Latchkey's own migrations, for `migrate`; those of your application come after them. */
export const postgresMigrations: Migrations = {
  owner: 'latchkey',
  directory: new URL('./migrations/postgres/', import.meta.url),
}

export interface PostgresOptions {
  /**
   * Use `unnamed` behind a pooler that gives each transaction another connection and keeps no prepared statements,
   * such as PgBouncer before 1.24. Statements then have no name, and a look-up costs the database three times the
   * processor time. Default `named`, or `unnamed` for a URL with `pgbouncer=true`.
   */
  readonly statements?: StatementNames
}

/**
 * Opens a PostgreSQL database. Connections are made only when they are needed, so that a server can start while its
 * database is unreachable.
 *
 * @param source a URL, for at most 12 connections: 2 for looking up tokens, 10 for everything else. Or a `pg.Pool` of
 *   your own, which you end yourself: then 2 more connections are made with its options, but without what you do in
 *   its `connect` event
 * @throws DatabaseUrlError if the text is not the URL of a PostgreSQL database, or names a certificate that cannot be
 *   read
 */
export async function openPostgres(
  source: string | pg.Pool,
  options: PostgresOptions = {},
): Promise<Database> {
  // SECURITY: Node's own error would repeat the text, with the password in it. And pg accepts any URL: with `sqlite:`
  // it would connect to a server on this machine.
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

// pg reads the certificates whenever it makes a client. A wrong path stops the start, instead of looking like an
// unreachable database.
function requireCertificates(connectionString: string): void {
  try {
    new pg.Client({ connectionString })
  } catch (cause) {
    if (Object(cause).syscall === undefined) throw cause
    throw new DatabaseUrlError(`${needsCertificate}: ${messageOf(cause)}`, { cause })
  }
}

const needsCertificate = 'sslrootcert, sslcert or sslkey names a certificate that cannot be read'

// A parameter in the URLs of poolers, which PostgreSQL does not know.
function usesPooler(source: string | pg.Pool): boolean {
  return typeof source === 'string' && new URL(source).searchParams.get('pgbouncer') === 'true'
}
