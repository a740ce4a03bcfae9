import { AuthError, type InvalidField } from '../core/errors.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
import { describeProblem, passwordMessages } from './messages.ts'
import { type Problem, type Refusal, refuse } from './problems.ts'
import { refuseTooMany } from './rate-limit.ts'

/** The refusal for an error: for an `AuthError` by its code, for anything else a bare 500. */
export function refusalOf(error: unknown, policy: PasswordPolicy): Refusal {
  if (!(error instanceof AuthError)) return refuse('internal_error')
  switch (error.code) {
    case 'overloaded':
      return refuse(error.code, { headers: timeToReturn(error) })
    case 'unavailable':
      return refuse(error.code)
    case 'rate_limited':
      return refuseTooMany(error.retryAfterSeconds, error.limit)
    case 'sign_up_closed':
      return refuse(error.code)
    case 'email_address_unverified':
      return refuse('email_verification_required')
    case 'too_many_api_keys':
      return refuse('validation_failed', { problems: [tooMany] })
    case 'email_address_taken':
      return refuse('validation_failed', { problems: [addressTaken] })
    case 'validation_failed':
      return refuse('validation_failed', {
        problems: error.fields.map((invalid) => explain(invalid, policy)),
      })
  }
}

// If the time is unknown, the default `Retry-After` of a 503 is sent.
function timeToReturn({ retryAfterSeconds }: AuthError): Record<string, string> {
  return retryAfterSeconds === 0 ? {} : { 'retry-after': String(retryAfterSeconds) }
}

const tooMany = {
  field: 'api_keys',
  code: 'too_many',
  message: 'You have as many API keys as you may; revoke one',
}

const addressWords = { taken: 'has already been taken', unchanged: 'is already yours' }
const addressTaken = describeProblem('email_address', 'taken', addressWords.taken)

function explain({ field, code, message }: InvalidField, policy: PasswordPolicy): Problem {
  const words: Partial<Record<string, string>> = { ...addressWords, ...passwordMessages(policy) }
  return describeProblem(ownNames[field] ?? field, code, message ?? words[code] ?? 'is invalid')
}

// The wire names of core's own fields; the fields of an application keep their names.
const ownNames: Partial<Record<string, string>> = {
  emailAddress: 'email_address',
  expiresAt: 'expires_at',
}
