import { AuthError } from '../core/errors.ts'
import { codeOf, messageOf } from '../core/thrown.ts'
import { DatabaseUrlError } from '../storage/database-url-error.ts'
import { MigrationError } from '../storage/migration-error.ts'
import { isBusy } from '../storage/sqlite-errors.ts'
import { MissingTablesError } from '../storage/tables.ts'
import { EnvironmentError } from './environment-reader.ts'

/** Turns a foreseeable error into a sentence; any other is returned as it is, with its stack. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (sentences.some((kind) => error instanceof kind)) return error.message
  if (isReferred(error)) return `${referred}: ${error.message}`
  if (error instanceof DatabaseUrlError) return `DATABASE_URL cannot be used: ${error.message}`
  if (error instanceof AuthError && error.cause instanceof Error) return explainAway(error.cause)
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    const port = otherPort(error)
    return `${error.message}: stop what listens there, or set another port, for example PORT=${port} or, for the pages, WEB_PORT=${port + 1}`
  }
  const call = read(error, 'syscall')
  if (call === 'listen' || call === 'getaddrinfo') {
    return `HOST and PORT cannot be listened on: ${error.message}, for example HOST=127.0.0.1`
  }
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'pg'")) {
    return 'DATABASE_URL names PostgreSQL: install what talks to it, with npm install pg'
  }
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'prom-client'")) {
    return 'METRICS_TOKEN asks for metrics: install what counts, with npm install prom-client'
  }
  if (code === 'MODULE_NOT_FOUND' && error.message.includes("'nodemailer/")) {
    return 'SMTP_URL names a mail server: install what talks to it, with npm install nodemailer'
  }
  return isRefusal(error) ? explainAway(error) : error
}

/** A port to suggest that is not the taken one, and whose successor is not either. */
export function otherPort(taken: Error): number {
  const port = Number(read(taken, 'port'))
  return port >= 3100 && port < 3200 ? 3200 : 3100
}

// Errors whose own message says what to do.
const sentences = [EnvironmentError, MigrationError, MissingTablesError]

const referred =
  'Rows of the application refer to what should be deleted, and their foreign key forbids that; ON DELETE CASCADE would not'

// SQLite's message, and PostgreSQL's for a deletion, which differs from the one for a row that refers to nothing.
function isReferred({ message }: Error): boolean {
  return message === 'FOREIGN KEY constraint failed' || /^update or delete on table /.test(message)
}

// Whether it is a refusal by PostgreSQL, or a password that pg cannot use. Any other error may come from the
// application: if a file is missing, the database is not to blame.
function isRefusal(error: Error): boolean {
  if (passwordless.test(error.message)) return true
  return read(error, 'severity') !== null && findAdvice(error) !== undefined
}

const passwordless = /password must be a string$/

/** Why the database cannot be used, and what to do about it. */
function explainAway(cause: Error): string {
  if (isBusy(cause)) return 'Another process holds the database, or migrates it: try again later'
  const reason = `DATABASE_URL cannot be used: ${sentenceOf(cause)}`
  const advice = findAdvice(cause) ?? (late.test(cause.message) ? lateAdvice : undefined)
  if (advice) return `${reason}: ${advice}`
  const isFile = codeOf(cause) === 'ERR_SQLITE_ERROR' || read(cause, 'path') !== null
  // SECURITY: an example, not the given URL, whose password would end up in every log.
  const example = isFile
    ? 'sqlite:storage/app.sqlite3'
    : 'postgres://user:password@127.0.0.1:5432/app'
  return `${reason}, for example DATABASE_URL=${example}`
}

// A host with several addresses, none of which answered, causes an error without a message.
function sentenceOf(cause: Error): string {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause]
  return causes.map(messageOf).join(', ') || String(codeOf(cause))
}

function findAdvice(error: Error): string | undefined {
  const known = `${codeOf(error)} ${error.message}`
  const [, said] = advices.find(([pattern]) => pattern.test(known)) ?? []
  return said
}

const nameAuthority =
  'add the certificate of the authority that signed it, &sslrootcert=/path/ca.pem'

// What to do, by Node's or PostgreSQL's code, or by pg's message, which has no code.
const advices: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED /, 'start PostgreSQL there, or name the host and port where it listens'],
  [/^(ENOTFOUND|EAI_AGAIN) /, 'name a host that this machine can look up'],
  [/^28P01 /, 'look at user and password, in which what is special in a URL is percent-encoded'],
  [/^28000 .*no encryption/, 'add ?sslmode=verify-full'],
  [/^28000 /, 'look at the user, and at whom pg_hba.conf lets in'],
  [passwordless, 'add the password, as in postgres://user:password@host/database'],
  [/^3D000 /, 'create it, with CREATE DATABASE, or name another'],
  [/^3F000 /, 'create the schema that search_path names'],
  [
    /^42501 /,
    'let a user who may change the tables run latchkey migrate, and grant this one the rest',
  ],
  [/^53300 /, 'end some of its clients, or raise max_connections'],
  [/^57P/, 'try again when it is up'],
  [/^25006 /, 'name the primary, which takes writes'],
  [/does not support SSL/, 'switch TLS on there, or leave sslmode away in a network of your own'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID /, 'name the host as its certificate does'],
  [/^CERT_/, 'renew it, or put the clock of this machine right'],
  // SQLite reports a full disk as an I/O error, too.
  [/^53100 |disk I\/O error$|disk is full$/, 'make room on its disk, or look whether that fails'],
  // SQLite writes beside a file even to read it, and says neither whose it is nor what it lacks.
  [
    /(unable to open database file|readonly database)$/,
    'run this as its owner, in a folder of theirs',
  ],
  [/^(DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_)\w+ /, nameAuthority],
]

// Other libraries use these words, too, so they only count in an error that is known to come from the database.
const late = /timeout|took longer/
const lateAdvice = 'look whether the database is up, and whether a firewall is in between'

function read(error: Error, property: string): unknown {
  return Object(error)[property] ?? null
}
