import { argon2 } from './argon2.ts'
import { bcrypt } from './bcrypt.ts'
import { type ForeignHash, type HashFamily, type HashRefusal, refuseHash } from './family.ts'
import { firebase } from './firebase.ts'
import { pbkdf2 } from './pbkdf2.ts'
import { scrypt } from './scrypt.ts'

/** A password hash of another system, in the form in which `users` stores it. */
export interface ImportedHash {
  readonly passwordHash: string
  /** Its kind and cost, such as `bcrypt/12`; null if it counts as Latchkey's own. */
  readonly scheme: string | null
}

/** The hash of a user without a password, such as one who logged in by a third party. A reset mail gives them one. */
export const noPassword = '!'

/** In characters, longer than any accepted hash. */
const maximumLength = 512

const families: readonly HashFamily[] = [bcrypt, scrypt, pbkdf2, firebase, argon2]

/**
 * Parses a hash of another system in any accepted format, including those in which hashes are stored. Hashes nothing;
 * the time is linear in the text.
 */
export function parseImportedHash(text: string): ImportedHash | HashRefusal {
  if (text === '' || text === noPassword) return { passwordHash: noPassword, scheme: null }
  const parsed = parse(text) ?? refuseHash('unknown_format')
  if ('refusal' in parsed) return parsed
  return { passwordHash: parsed.passwordHash, scheme: parsed.scheme }
}

/** Parses a stored hash, to verify it; null if it cannot be parsed, or has no scheme. */
export function readForeignHash(passwordHash: string): ForeignHash | null {
  const parsed = parse(passwordHash)
  return parsed && !('refusal' in parsed) && parsed.scheme !== null ? parsed : null
}

/** A hash of a scheme that no password matches, to spend the same time on it; null for an unknown scheme. */
export function unmatchedHash(scheme: string): ForeignHash | null {
  for (const family of families) {
    const passwordHash = family.unmatched(scheme)
    if (passwordHash !== null) return readForeignHash(passwordHash)
  }
  return null
}

function parse(text: string): ForeignHash | HashRefusal | null {
  if (text.length > maximumLength) return null
  for (const family of families) {
    const parsed = family.parse(text)
    if (parsed) return parsed
  }
  return null
}
