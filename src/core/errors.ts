import type { RateLimit } from './guard/rate-limit.ts'
import { codeOf } from './thrown.ts'

/** Why a verb could not do what was asked. The union is closed and its members never change. */
export type AuthErrorCode =
  /** The input breaks a rule; `fields` says which. */
  | 'validation_failed'
  /** Nobody may sign up. */
  | 'sign_up_closed'
  /** Another user has this address. */
  | 'email_address_taken'
  /** This needs a verified address, and the user's is not verified. */
  | 'email_address_unverified'
  /** The user has as many API keys as a user may have. */
  | 'too_many_api_keys'
  /** Too many attempts: `retryAfterSeconds` says when to try again. */
  | 'rate_limited'
  /** Too many passwords wait to be hashed: `retryAfterSeconds` says when to try again. */
  | 'overloaded'
  /** The database cannot be reached or written to just now: try again. */
  | 'unavailable'

/** A field of the input and the rule that it breaks. */
export interface InvalidField {
  /** In a hook of yours: the name of a field of `signUpFields`. */
  readonly field: string
  /** `blank`, `invalid`, `taken`, …, or a code of your own. */
  readonly code: string
  /** The part of the sentence after the field's name; by default Rails' words for the code. */
  readonly message?: string
}

/** A refusal that the caller should handle; `code` says why. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  readonly fields: readonly InvalidField[]
  /** 0 if no time is known. */
  readonly retryAfterSeconds: number
  /** For `rate_limited`, the limit that was reached. */
  readonly limit: RateLimit | null

  constructor(code: AuthErrorCode, detail: AuthErrorDetail = {}) {
    const fields = detail.fields ?? []
    super([code, ...fields.map(({ field, code }) => `${field} ${code}`)].join(': '), {
      cause: detail.cause,
    })
    this.code = code
    this.fields = fields
    this.retryAfterSeconds = detail.retryAfterSeconds ?? 0
    this.limit = detail.limit ?? null
  }
}

interface AuthErrorDetail {
  readonly fields?: readonly InvalidField[]
  readonly retryAfterSeconds?: number
  readonly limit?: RateLimit
  readonly cause?: unknown
}

/** The error for a database that is unavailable without having reported an error of its own. */
export function unavailable(reason: string): AuthError {
  return new AuthError('unavailable', { cause: new Error(reason) })
}

/** Whether the database could not be reached or written to: trying again may work. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'unavailable'
}

// PostgreSQL's codes for a lock that others hold, a statement cancelled while it waited, and a
// deadlock.
const heldCodes = ['55P03', '57014', '40P01']

/**
 * Whether this is `unavailable` because others hold, or may hold, the rows that were needed: other rows may still be
 * available.
 */
export function isHeld(error: unknown): boolean {
  if (!(error instanceof AuthError) || error.code !== 'unavailable') return false
  const { cause } = error
  const isLate = cause instanceof Error && cause.name === 'DeadlineError'
  return isLate || heldCodes.includes(codeOf(cause) ?? '')
}
