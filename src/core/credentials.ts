import type { Configuration } from './config.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { User } from './entities.ts'
import { AuthError, type InvalidField } from './errors.ts'
import { parseNewPassword, policyFor } from './password-policy.ts'
import { Secret } from './secret.ts'

/** What a person types to sign up or to log in. */
export interface SubmittedCredentials {
  readonly emailAddress: string
  readonly password: string
}

/** An address and a password that meet every rule. */
export interface NewCredentials {
  readonly emailAddress: EmailAddress
  readonly password: Secret
}

/** @throws AuthError `validation_failed` with every field that breaks a rule */
export function parseNewCredentials(
  config: Configuration,
  credentials: SubmittedCredentials,
): NewCredentials {
  const emailAddress = parseEmailAddress(credentials.emailAddress)
  const policy = emailAddress ? policyFor(emailAddress, config.passwords) : config.passwords
  const password = parseNewPassword(credentials.password, policy)
  const isAccepted = password instanceof Secret
  if (emailAddress && isAccepted) return { emailAddress, password }
  const fields: InvalidField[] = []
  if (!emailAddress) fields.push({ field: 'emailAddress', code: 'invalid' })
  if (!isAccepted) fields.push({ field: 'password', code: password })
  throw new AuthError('validation_failed', { fields })
}

/** @throws AuthError `validation_failed` for a text that may not be the password of this user */
export function requireNewPassword(config: Configuration, user: User, text: string): Secret {
  const password = parseNewPassword(text, policyFor(user.emailAddress, config.passwords))
  if (password instanceof Secret) return password
  const fields = [{ field: 'password', code: password }] as const
  throw new AuthError('validation_failed', { fields })
}
