import { z } from 'zod'
import { parseEmailAddress } from '../core/email-address.ts'
import { isLine } from '../core/line.ts'
import {
  isSamePassword,
  maximumPasswordLength,
  type PasswordPolicy,
  policyFor,
  validatePassword,
} from '../core/password-policy.ts'
import { passwordMessages } from './messages.ts'

/** A new email address. */
export const emailAddressField = z
  .string()
  .superRefine((text, context) => {
    if (text.trim() === '') addIssue(context, 'blank', "can't be blank")
    else if (!parseEmailAddress(text)) addIssue(context, 'invalid', 'is invalid')
  })
  .meta({ format: 'email', maxLength: 254 })

/**
 * A text for your own resources that every database can store: at most `maximumLength` code points, and not blank
 * unless `minimumLength`, by default 1, is 0.
 */
export function textField({ minimumLength = 1, maximumLength }: TextLength): z.ZodType<string> {
  // PostgreSQL stores no NUL, and no encoding has a lone surrogate.
  return boundedField(
    { minimumLength, maximumLength },
    (text) => !text.includes('\0') && text.isWellFormed(),
  )
}

/** The same for a name: text of one line. */
export function lineField({ minimumLength = 1, maximumLength }: TextLength): z.ZodType<string> {
  return boundedField({ minimumLength, maximumLength }, isLine)
}

function boundedField(
  { minimumLength, maximumLength }: Required<TextLength>,
  isStorable: (text: string) => boolean,
): z.ZodType<string> {
  return z
    .string()
    .superRefine((text, context) => {
      if (minimumLength > 0 && text.trim() === '') addIssue(context, 'blank', "can't be blank")
      if (!isStorable(text)) addIssue(context, 'invalid', 'is invalid')
      if ([...text].length > maximumLength) {
        addIssue(context, 'too_long', `is too long (maximum is ${maximumLength} characters)`)
      }
    })
    .meta({ minLength: minimumLength, maxLength: maximumLength })
}

interface TextLength {
  readonly minimumLength?: 0 | 1
  readonly maximumLength: number
}

/** A new password. For one that is only verified, any string is accepted. */
export function newPasswordField(policy: PasswordPolicy): z.ZodType<string> {
  const messages = passwordMessages(policy)
  return z
    .string()
    .superRefine((text, context) => {
      const problem = validatePassword(text, policy)
      if (problem) addIssue(context, problem, messages[problem])
    })
    .meta({ minLength: policy.minimumLength, maxLength: maximumPasswordLength, format: 'password' })
}

/** For `refine`: a new password is not made of the address that is sent with it. */
export function passwordIsNotAddress(policy: PasswordPolicy) {
  return {
    holds: ({ email_address, password }: Credentials) => {
      const address = typeof email_address === 'string' && parseEmailAddress(email_address)
      if (!address || typeof password !== 'string') return true
      // If the password breaks another rule, its own field has reported that.
      const isAccepted = validatePassword(password, policy) === null
      return !isAccepted || validatePassword(password, policyFor(address, policy)) === null
    },
    problem: {
      path: ['password'],
      message: passwordMessages(policy).too_obvious,
      params: { code: 'too_obvious' },
      when: () => true,
    },
  }
}

interface Credentials {
  readonly email_address: unknown
  readonly password: unknown
}

/**
 * The current password, to confirm a sensitive act. Every string is accepted here. Null is refused, because in some
 * frameworks null confirms everything.
 */
export const passwordChallengeField = z.string().meta({ format: 'password' })

/** The password, repeated. If it is absent or null, it is not compared. */
export const passwordConfirmationField = z.string().nullish()

/**
 * For `refine`: a confirmation that was sent equals the password. It is checked even if other fields are wrong,
 * unless one of the two is not a string, which is reported anyway.
 */
export const passwordConfirmation = {
  holds: ({ password, password_confirmation }: Confirmed) =>
    typeof password !== 'string' ||
    typeof password_confirmation !== 'string' ||
    isSamePassword(password_confirmation, password),
  problem: {
    path: ['password_confirmation'],
    message: "doesn't match Password",
    params: { code: 'confirmation' },
    when: () => true,
  },
}

interface Confirmed {
  readonly password: unknown
  readonly password_confirmation?: unknown
}

function addIssue(context: z.core.$RefinementCtx, code: string, message: string): void {
  context.addIssue({ code: 'custom', message, params: { code } })
}
