import pg from 'pg'
import { AuthError } from '../core/errors.ts'
import { DeadlineError } from './deadline.ts'
import { isTableGone } from './tables.ts'

// SQLSTATE classes, and single codes, for which the statement is not to blame:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const away = [
  '08', // connection exceptions
  '28', // who logs in is not let in: a password was changed
  '3D', // there is no such database
  '53', // full: disk, memory, connections
  '57', // shut down, starting up, or cancelled because it took too long
  '58', // the disk fails
  'XX', // what is read is corrupted
  '25006', // it takes no writes: a replica
  '25P03', // a transaction was forgotten
  '40001', // two transactions were in each other's way, and this one gave in
  '40P01',
  '55P03',
]

/**
 * Translates an error to `unavailable` if the database cannot be reached, does not answer in time, cannot do anything
 * at the moment, has lost a table of Latchkey's, or if a concurrent transaction came first; and to
 * `email_address_taken`. Every other error stays as it is.
 */
export function toAuthError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) forgetRow(error)
  if (isAway(error) || isTableGone(error) || isOvertaken(error)) {
    return new AuthError('unavailable', { cause: error })
  }
  if (isTaken(error)) return new AuthError('email_address_taken', { cause: error })
  if (isOutdated(error)) return new AuthError('unavailable', { cause: error })
  return isForgotten(error) ? forgotten(error) : error
}

// SECURITY: in these fields PostgreSQL repeats the row that it refused, with the password hash, and the error may be
// logged.
function forgetRow(error: pg.DatabaseError): void {
  error.detail = undefined
  error.where = undefined
  error.internalQuery = undefined
}

/** Whether an answer did not come in time: PostgreSQL may still be waiting for a lock. */
export function isLate(error: unknown): boolean {
  if (error instanceof AuthError) return isLate(error.cause)
  return error instanceof DeadlineError || (error instanceof Error && late.test(error.message))
}

const late = /^Query read timeout/

/**
 * A failed connection is `unavailable`, whatever the reason: the network, TLS, a changed password, too many
 * connections. Except for a missing password, which is a fault of the configuration.
 */
export function toConnectError(cause: unknown): unknown {
  const isMissing = cause instanceof Error && /password must be a string$/.test(cause.message)
  return isMissing ? cause : new AuthError('unavailable', { cause })
}

function isTaken(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.constraint === 'users_email_address_key'
}

// An equal message was queued meanwhile. Another attempt will see it.
function isOvertaken(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^outbox_open_/.test(error.constraint ?? '')
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? ''
    // A message that PostgreSQL does not understand is our own fault. PgBouncer gives this code to most of what it
    // says itself, such as that PostgreSQL is away; only PostgreSQL says where in its code the error arose.
    if (code === '08P01' && error.routine !== undefined) return false
    return away.some((beginning) => code.startsWith(beginning))
  }
  if (error instanceof DeadlineError) return true
  // The system's errors have a code; pg tells broken connections apart by their messages only.
  return 'syscall' in error || disconnected.test(error.message)
}

const disconnected =
  /^(Connection terminated|Query read timeout|timeout (expired|exceeded)|Client (has encountered|was closed))/

/** Whether a prepared statement is of no more use on its connection. */
export function isStale(error: unknown): boolean {
  return isForgotten(error) || isOutdated(error)
}

// The type of a column was changed under it, or a `*` has other columns now. The code is that of everything that
// PostgreSQL cannot do, and its messages may be in any language; other databases have other routines.
function isOutdated(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code !== '0A000') return false
  const isRevalidating = error.routine === 'RevalidateCachedQuery'
  return isRevalidating || error.message === 'cached plan must not change result type'
}

// It is missing, or exists already: there is a pooler, or its preparation was cancelled.
function isForgotten(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '26000' || error.code === '42P05')
}

function forgotten(cause: unknown): AuthError {
  return new AuthError('unavailable', { cause: new Error(pooled, { cause }) })
}

const pooled =
  'A prepared statement is gone. If a pooler gives every transaction another connection, add pgbouncer=true to the URL, or set statements to unnamed'
