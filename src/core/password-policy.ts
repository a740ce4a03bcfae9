import type { EmailAddress } from './email-address.ts'
import { isCommonPassword } from './password-policy/common-passwords.ts'
import { isMadeOf, wordsOf } from './password-policy/context-words.ts'
import { Secret } from './secret.ts'

/** The rules for a new password. */
export interface PasswordPolicy {
  /** The minimum of code points after NFC; at least 8, which is the default. */
  readonly minimumLength: number
  /** Whether common passwords are refused, and those made of `contextWords`; default true. */
  readonly rejectCommon: boolean
  /**
   * Words of which a password must not consist, such as the application's name, each of at least three characters;
   * default none. Those of the user's address are added.
   */
  readonly contextWords: readonly string[]
}

/** The rule that a password breaks. */
export type PasswordProblem =
  | 'blank'
  | 'invalid'
  | 'too_short'
  | 'too_long'
  | 'too_common'
  | 'too_obvious'

/** The maximum of code points after NFC. */
export const maximumPasswordLength = 256

// NFC cannot shorten a longer text to 256 code points, since a character decomposes into at most four.
const maximumCodePoints = maximumPasswordLength * 4

/** The first rule that a new password breaks, or null if it breaks none (ASVS 6.2). */
export function validatePassword(text: string, policy: PasswordPolicy): PasswordProblem | null {
  if (text === '') return 'blank'
  if (!text.isWellFormed()) return 'invalid'
  if (!isBounded(text)) return 'too_long'
  const password = text.normalize('NFC')
  const length = [...password].length
  if (length > maximumPasswordLength) return 'too_long'
  if (length < policy.minimumLength) return 'too_short'
  if (!policy.rejectCommon) return null
  if (isCommonPassword(password)) return 'too_common'
  return isMadeOf(policy.contextWords, password) ? 'too_obvious' : null
}

/** The policy for the password of the owner of an address, which must not consist of its words. */
export function policyFor(emailAddress: EmailAddress, policy: PasswordPolicy): PasswordPolicy {
  return { ...policy, contextWords: [...policy.contextWords, ...wordsOf(emailAddress)] }
}

/** A new password in the form that is hashed, or the first rule that it breaks. */
export function parseNewPassword(text: string, policy: PasswordPolicy): Secret | PasswordProblem {
  return validatePassword(text, policy) ?? normalizePassword(text) ?? 'invalid'
}

/**
 * A password in NFC, in which it is hashed and verified, so that it is the same on every keyboard. Null for a text that
 * cannot be a password, which is refused without a hash.
 */
export function normalizePassword(text: string): Secret | null {
  // SECURITY: a lone surrogate would be encoded as U+FFFD, so that different passwords would match.
  if (text === '' || !isBounded(text) || !text.isWellFormed()) return null
  const password = text.normalize('NFC')
  return [...password].length > maximumPasswordLength ? null : new Secret(password)
}

/** Whether two texts are the same password after NFC; texts that are too long for one are compared as they are. */
export function isSamePassword(one: string, other: string): boolean {
  if (one === other) return true
  return isBounded(one) && isBounded(other) && one.normalize('NFC') === other.normalize('NFC')
}

// SECURITY: checked before the text is normalized. NFC sorts combining marks in quadratic time: a body of 64 KiB full
// of them would block all requests for a second.
function isBounded(text: string): boolean {
  return text.length <= 2 * maximumCodePoints && [...text].length <= maximumCodePoints
}
