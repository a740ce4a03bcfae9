import { AuthError, type InvalidField } from '../core/errors.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
import type { RateLimit } from '../core/rate-limit.ts'
import { describeProblem, passwordMessages } from './messages.ts'
import { type Problem, type Refusal, refuse } from './problems.ts'

/** What an error answers: a refusal by its code, or a bare 500 for what nobody foresaw. */
export function refusalOf(error: unknown, policy: PasswordPolicy): Refusal {
  if (!(error instanceof AuthError)) return refuse('internal_error')
  switch (error.code) {
    case 'overloaded':
    case 'unavailable':
      return refuse(error.code)
    case 'rate_limited':
      return refuseTooMany(error.retryAfterSeconds, error.limit)
    case 'email_address_unverified':
      return refuse('email_verification_required')
    case 'too_many_api_keys':
      return refuse('validation_failed', { problems: [tooMany] })
    case 'email_address_taken':
      return refuse('validation_failed', { problems: [taken] })
    case 'validation_failed':
      return refuse('validation_failed', {
        problems: error.fields.map((invalid) => explain(invalid, policy)),
      })
  }
}

// RateLimit fields: draft-ietf-httpapi-ratelimit-headers-10; the time is that of Retry-After.
function refuseTooMany(seconds: number, limit: RateLimit | null): Refusal {
  const policy = limit && {
    ratelimit: `"${limit.name}";r=0;t=${seconds}`,
    'ratelimit-policy': `"${limit.name}";q=${limit.attempts};w=${limit.windowSeconds}`,
  }
  return refuse('rate_limited', { headers: { 'retry-after': String(seconds), ...policy } })
}

const tooMany = describeProblem('api_keys', 'too_many', 'are as many as may be; revoke one')

const taken = describeProblem('email_address', 'taken', 'has already been taken')

function explain({ field, code }: InvalidField, policy: PasswordPolicy): Problem {
  const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return describeProblem(name, code, passwordMessages(policy)[code])
}
