import type { RateLimit } from './rate-limit.ts'

/** Why a verb could not do what was asked. The union is closed and its members never change. */
export type AuthErrorCode =
  /** The input breaks a rule; `fields` says which. */
  | 'validation_failed'
  /** Nobody may sign up. */
  | 'sign_up_closed'
  /** Another user has this address. */
  | 'email_address_taken'
  /** What asks for a proven address, and the user's is not. */
  | 'email_address_unverified'
  /** The user has as many API keys as may be. */
  | 'too_many_api_keys'
  /** Tried too often: `retryAfterSeconds` says when to try again. */
  | 'rate_limited'
  /** More passwords wait to be hashed than will be soon: `retryAfterSeconds` says when to try again. */
  | 'overloaded'
  /** The database cannot be reached or written to just now: try again. */
  | 'unavailable'

/** A field of the input and the rule that it breaks. */
export interface InvalidField {
  /** In a hook of yours, a field of `signUpFields`, by the name that it has there. */
  readonly field: string
  /** `blank`, `invalid`, `taken`, …, or a code of yours. */
  readonly code: string
  /** What follows the name of the field in the sentence; default what the code says in Rails' words. */
  readonly message?: string
}

/** A refusal that the caller should handle, told apart by `code`. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  readonly fields: readonly InvalidField[]
  /** 0 where no time is known. */
  readonly retryAfterSeconds: number
  /** Of `rate_limited`, what was reached. */
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

/** Whether the database could not be reached or written to: what was tried may be tried again. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'unavailable'
}

// What PostgreSQL calls a lock that others have, a statement that was cancelled while it waited, and two that wait for
// each other.
const heldCodes = ['55P03', '57014', '40P01']

/**
 * Whether it is unavailable since others hold what was asked for, such as a row, or may be: whatever else is asked
 * for may be there.
 */
export function isHeld(error: unknown): boolean {
  const { code, name } = Object(Object(error).cause)
  return isUnavailable(error) && (heldCodes.includes(code) || name === 'DeadlineError')
}
