import { maximumPasswordLength, type PasswordPolicy } from '../core/password-policy.ts'
import type { Problem } from './problems.ts'

/** The message for each problem of a password, in Rails' words if Rails has it. */
export function passwordMessages({ minimumLength }: PasswordPolicy) {
  return {
    blank: "can't be blank",
    invalid: 'is invalid',
    too_short: `is too short (minimum is ${minimumLength} characters)`,
    too_long: `is too long (maximum is ${maximumPasswordLength} characters)`,
    too_common: 'is one that attackers try first; choose another',
    too_obvious: 'is too easy to guess; choose another',
  }
}

/** A problem of a field, whose message is a sentence that begins with the name of the field. */
export function describeProblem(field: string, code: string, words: string): Problem {
  return { field, code, message: `${humanize(field)} ${words}` }
}

// Rails' humanize: email_address and emailAddress become Email address.
function humanize(field: string): string {
  const words = field.replace(/_|(?=[A-Z])/g, ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
