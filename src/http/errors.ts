import { AuthError, type InvalidField } from '../core/errors.ts'
import { guardLimit } from '../core/guard.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
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
      return refuseTooMany(error.retryAfterSeconds)
    case 'email_address_taken':
      return refuse('validation_failed', { problems: [taken] })
    case 'validation_failed':
      return refuse('validation_failed', {
        problems: error.fields.map((invalid) => explain(invalid, policy)),
      })
  }
}

// RateLimit fields: draft-ietf-httpapi-ratelimit-headers-10; the time is that of Retry-After.
function refuseTooMany(seconds: number): Refusal {
  const { attempts, windowSeconds } = guardLimit
  return refuse('rate_limited', {
    headers: {
      'retry-after': String(seconds),
      ratelimit: `"attempts";r=0;t=${seconds}`,
      'ratelimit-policy': `"attempts";q=${attempts};w=${windowSeconds}`,
    },
  })
}

const taken = describeProblem('email_address', 'taken', 'has already been taken')

function explain({ field, code }: InvalidField, policy: PasswordPolicy): Problem {
  const name = field === 'emailAddress' ? 'email_address' : field
  return describeProblem(name, code, passwordMessages(policy)[code])
}
