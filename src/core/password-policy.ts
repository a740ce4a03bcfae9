import type { EmailAddress } from './email-address.ts'
import { isCommonPassword } from './password-policy/common-passwords.ts'
import { isMadeOf, wordsOf } from './password-policy/context-words.ts'
import { Secret } from './secret.ts'

/** What a new password must be. */
export interface PasswordPolicy {
  /** Code points after NFC, at least 8 (the default). */
  readonly minimumLength: number
  /** Whether the passwords that attackers try first are refused, and `contextWords`; default true. */
  readonly rejectCommon: boolean
  /**
   * Words that make no password here, such as the application's name, of three characters and more;
   * default none. The user's own address is always among them.
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

/** Code points after NFC. */
export const maximumPasswordLength = 256

// No 256 code points in NFC come from more than this: a character decomposes into four at most.
const maximumCodePoints = maximumPasswordLength * 4

/** The rule that a new password breaks first, or null where it breaks none (ASVS 6.2). */
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

/** The policy for the password of an address's owner, who may not make it of the address. */
export function policyFor(emailAddress: EmailAddress, policy: PasswordPolicy): PasswordPolicy {
  return { ...policy, contextWords: [...policy.contextWords, ...wordsOf(emailAddress)] }
}

/** A new password in the form that is hashed, or the rule that it breaks first. */
export function parseNewPassword(text: string, policy: PasswordPolicy): Secret | PasswordProblem {
  return validatePassword(text, policy) ?? normalizePassword(text) ?? 'invalid'
}

/**
 * A password in the one form that is hashed and verified: NFC and nothing else, so that it is the
 * same from every keyboard. Null for a text that cannot be a password; it needs no hash to refuse.
 */
export function normalizePassword(text: string): Secret | null {
  // SECURITY: a lone surrogate would be encoded as U+FFFD, and one password would open another's.
  if (text === '' || !isBounded(text) || !text.isWellFormed()) return null
  const password = text.normalize('NFC')
  return [...password].length > maximumPasswordLength ? null : new Secret(password)
}

/** Whether two texts are one password, from whichever keyboard; of those that are too long, whether they are equal. */
export function isSamePassword(one: string, other: string): boolean {
  if (one === other) return true
  return isBounded(one) && isBounded(other) && one.normalize('NFC') === other.normalize('NFC')
}

// SECURITY: asked before anything is normalized. NFC sorts accents one by one, which takes the square of their number:
// a body of 64 KiB with nothing else would stop all requests for a second.
function isBounded(text: string): boolean {
  return text.length <= 2 * maximumCodePoints && [...text].length <= maximumCodePoints
}
