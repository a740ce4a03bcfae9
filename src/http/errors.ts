import { AuthError, type InvalidField } from '../core/errors.ts'
import type { PasswordPolicy } from '../core/passwords.ts'
import { describeProblem, passwordMessages } from './messages.ts'
import { type Problem, type Refusal, refuse } from './problems.ts'

/** What an error answers: a refusal by its code, or a bare 500 for what nobody foresaw. */
export function refusalOf(error: unknown, policy: PasswordPolicy): Refusal {
  if (!(error instanceof AuthError)) return refuse('internal_error')
  switch (error.code) {
    case 'overloaded':
    case 'unavailable':
      return refuse(error.code)
    case 'email_address_taken':
      return refuse('validation_failed', { problems: [taken] })
    case 'validation_failed':
      return refuse('validation_failed', {
        problems: error.fields.map((invalid) => explain(invalid, policy)),
      })
  }
}

const taken = describeProblem('email_address', 'taken', 'has already been taken')

function explain({ field, code }: InvalidField, policy: PasswordPolicy): Problem {
  const name = field === 'emailAddress' ? 'email_address' : field
  return describeProblem(name, code, passwordMessages(policy)[code])
}
