import { types } from 'node:util'
import { AuthError } from '../core/errors.ts'
import { DeadlineError } from './deadline.ts'
import { isTableGone } from './tables.ts'

// Primary result codes of SQLite: https://sqlite.org/rescode.html
const busyCodes = [5, 6]
const forbiddenCodes = [8, 14]
const away = [...busyCodes, ...forbiddenCodes, 10, 11, 13, 26]

/** Whether another connection or process holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return busyCodes.includes(primaryCode(error))
}

/** Whether this user may not open or write the file, or one beside it. It may be sound, and in use. */
export function isForbidden(error: unknown): boolean {
  return forbiddenCodes.includes(primaryCode(error))
}

/** An error like SQLite's own for a lock that somebody else holds. */
export function busy(message: string): Error {
  return Object.assign(new Error(message), { errcode: busyCodes[0] })
}

/**
 * Translates an error to `unavailable` for a time-out, a lock, an I/O error (SQLite often calls it corrupt), a full
 * disk, a file that is read-only, cannot be opened, is not a database or has lost a table of Latchkey's; and to
 * `email_address_taken`. Every other error stays as it is.
 */
export function toAuthError(error: unknown): unknown {
  if (error instanceof DeadlineError) return new AuthError('unavailable', { cause: error })
  if (isTaken(error)) return new AuthError('email_address_taken', { cause: error })
  const isAway = away.includes(primaryCode(error)) || isTableGone(error)
  return isAway ? new AuthError('unavailable', { cause: error }) : error
}

function isTaken(error: unknown): boolean {
  return types.isNativeError(error) && /^UNIQUE .*: users\.email_address$/.test(error.message)
}

/** Whether a statement that writes was sent to the connection that only reads. */
export function isWriteToReader(error: unknown): boolean {
  return extendedCode(error) === 8
}

function primaryCode(error: unknown): number {
  return extendedCode(error) & 0xff
}

// Not `instanceof`: Jest runs tests in a realm of their own, and SQLite's errors come from Node's.
function extendedCode(error: unknown): number {
  const known =
    types.isNativeError(error) && 'errcode' in error && typeof error.errcode === 'number'
  return known ? Number(error.errcode) : 0
}
