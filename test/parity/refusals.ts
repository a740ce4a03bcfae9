// How Latchkey says no: bodies in full, so that a change of a word is seen.
import type { JsonObject } from './row.ts'

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly body: JsonObject
}

export const unauthenticated = refusal(401, 'unauthenticated', { error: 'Unauthorized' })
export const invalidToken = refusal(401, 'invalid_token', { error: 'Unauthorized' })
export const wrongCredentials = refusal(401, 'invalid_credentials', {
  error: 'Invalid email address or password',
})
export const deadLink = refusal(401, 'invalid_reset_token', {
  errors: ['Password reset link is invalid or has expired.'],
})
export const brokenJson = refusal(400, 'invalid_request', {
  error: 'The body is not valid json in UTF-8',
})
export const brokenForm = refusal(400, 'invalid_request', {
  error: 'The body is not valid form in UTF-8',
})
export const noObject = refusal(400, 'invalid_request', {
  error: 'The body must be a JSON object',
})
export const twoHeaders = refusal(400, 'invalid_request', {
  error: 'Send one Authorization header',
})
export const noHost = refusal(400, 'invalid_request', { error: 'Send one Host header' })
export const notFound = refusal(404, 'not_found', { error: 'Not Found' })
export const methodNotAllowed = refusal(405, 'method_not_allowed', {
  error: 'Method Not Allowed',
})
export const tooLarge = refusal(413, 'payload_too_large', {
  error: 'The body is larger than 64 KiB',
})
export const unsupportedType = refusal(415, 'unsupported_media_type', {
  error:
    'Send the body as application/json or application/x-www-form-urlencoded, in UTF-8 and not compressed',
})

export interface Problem extends JsonObject {
  readonly field: string
  readonly code: string
  readonly message: string
}

export const addressBlank = problem('email_address', 'blank', "Email address can't be blank")
export const addressInvalid = problem('email_address', 'invalid', 'Email address is invalid')
export const addressNoText = problem(
  'email_address',
  'invalid_type',
  'Email address must be a string',
)
export const addressTaken = problem(
  'email_address',
  'taken',
  'Email address has already been taken',
)
export const passwordBlank = problem('password', 'blank', "Password can't be blank")
export const passwordNoText = problem('password', 'invalid_type', 'Password must be a string')
export const passwordShort = problem(
  'password',
  'too_short',
  'Password is too short (minimum is 8 characters)',
)
export const confirmationDiffers = problem(
  'password_confirmation',
  'confirmation',
  "Password confirmation doesn't match Password",
)
export const confirmationNoText = problem(
  'password_confirmation',
  'invalid_type',
  'Password confirmation must be a string',
)

function refusal(status: number, code: string, words: JsonObject): Refusal {
  return { status, code, body: { ...words, code, request_id: '<request id>' } }
}

function problem(field: string, code: string, message: string): Problem {
  return { field, code, message }
}
