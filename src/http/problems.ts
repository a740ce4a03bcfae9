/**
 * Every refusal of the HTTP interface: its code, which never changes once released, its status, and its message for
 * people. `docs/reference/errors.md` explains each.
 */
const refusals = {
  invalid_request: [400, 'The request could not be understood'],
  unauthenticated: [401, 'Unauthorized'],
  invalid_token: [401, 'Unauthorized'],
  invalid_credentials: [401, 'Invalid email address or password'],
  invalid_reset_token: [401, 'Password reset link is invalid or has expired.'],
  invalid_verification_token: [401, 'Confirmation link is invalid or has expired.'],
  sign_up_closed: [403, 'Nobody can sign up here'],
  csrf: [
    403,
    'With a cookie only pages of this origin, or of one in CORS_ORIGINS (corsOrigins), may ask for this',
  ],
  insufficient_scope: [403, 'An API key cannot do this; log in'],
  email_verification_required: [403, 'Confirm your email address, and try again'],
  fresh_authentication_required: [403, 'Confirm your password, and try again'],
  not_found: [404, 'Not Found'],
  method_not_allowed: [405, 'Method Not Allowed'],
  payload_too_large: [413, 'The body is larger than 64 KiB'],
  unsupported_media_type: [
    415,
    'Send the body as application/json or application/x-www-form-urlencoded, in UTF-8 and not compressed',
  ],
  validation_failed: [422, 'The input is not valid'],
  rate_limited: [429, 'Too many attempts; try again later'],
  internal_error: [500, 'Internal Server Error'],
  overloaded: [503, 'Too busy; try again'],
  unavailable: [503, 'Not available just now; try again'],
} as const satisfies Record<string, readonly [number, string]>

export type RefusalCode = keyof typeof refusals

/** A field that breaks a rule, with a message in Rails' words if Rails has it. */
export interface Problem {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** An unsuccessful answer: every error body has this one shape. */
export interface Refusal {
  readonly status: number
  readonly code: RefusalCode
  /** The message; on 422 those of all problems. */
  readonly error: string | readonly string[]
  /** The member of the body that holds `error`; under `errors` it is always a list. */
  readonly member: 'error' | 'errors'
  readonly problems: readonly Problem[]
  readonly headers: Readonly<Record<string, string>>
  /** SECURITY: a symbol, so that a request body with the same members cannot pass for a refusal. */
  readonly [refused]: true
}

const refused: unique symbol = Symbol.for('latchkey.refused')

interface Detail {
  readonly error?: string
  readonly problems?: readonly Problem[]
  readonly headers?: Readonly<Record<string, string>>
}

const retryAfterSeconds = '2'

export function refuse(code: RefusalCode, detail: Detail = {}): Refusal {
  const [status, title] = refusals[code]
  const problems = detail.problems ?? []
  const messages = problems.map(({ message }) => message)
  const error = messages.length > 0 ? messages : (detail.error ?? title)
  return {
    status,
    code,
    error,
    member: 'error',
    problems,
    headers: { ...standing(code, status), ...detail.headers },
    [refused]: true,
  }
}

export function isRefusal(value: object): value is Refusal {
  return refused in value
}

/** The codes with their statuses, for the documentation and its test. */
export function listRefusals(): { code: string; status: number }[] {
  return Object.entries(refusals).map(([code, [status]]) => ({ code, status }))
}

function standing(code: RefusalCode, status: number): Record<string, string> {
  if (status === 503) return { 'retry-after': retryAfterSeconds }
  if (code === 'insufficient_scope') return { 'www-authenticate': insufficient }
  if (status !== 401) return {}
  // RFC 9110 §15.5.2: every 401 has a challenge. RFC 6750 §3.1: without an error if no token was sent.
  return {
    'www-authenticate':
      code === 'invalid_token' ? `${challenge}, error="invalid_token"` : challenge,
  }
}

const challenge = 'Bearer realm="api"'

/** The challenge for a valid token that may not do this (RFC 6750 §3.1). */
export const insufficient = `${challenge}, error="insufficient_scope"`
