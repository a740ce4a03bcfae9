import { randomBytes } from 'node:crypto'
import { verifyBcrypt } from '../password-hash/hash-threads.ts'
import type { Secret } from '../secret.ts'
import { type ForeignHash, type HashFamily, type ImportedKeys, refuseCosts } from './family.ts'

const pattern =
  /^(\$bcrypt-peppered)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21})(.)([./A-Za-z0-9]{30})(.)$/

const costs = { from: 4, to: 14 }

/**
 * `$2a$`, `$2b$` and `$2y$`, which mean the same in the systems that write them; and with the prefix
 * `$bcrypt-peppered` those of Devise, which appends its pepper to the password.
 *
 * bcrypt reads 72 bytes. A user with a longer password logs in by those, and the whole password is then hashed anew.
 * A NUL is a byte like any other, as in Go, Rust and Java. If an origin stopped at a NUL, the rest of the password is
 * not known, and the user has to choose another one.
 */
export const bcrypt: HashFamily = {
  parse(text) {
    const [, peppered, beginning, digits, ofSalt, middle, ofHash] = pattern.exec(text) ?? []
    // Only two bits of the salt's last character count, and four of the hash's; some systems set the others.
    const [lastOfSalt, lastOfHash] = [keepBits(ofSalt, 0x30), keepBits(ofHash, 0x3c)]
    if (beginning === undefined || lastOfSalt === null || lastOfHash === null) return null
    const hash = beginning + lastOfSalt + middle + lastOfHash
    const cost = Number(digits)
    const refusal = refuseCosts([[cost, costs]])
    if (refusal) return refusal
    const scheme = `bcrypt/${cost}`
    return peppered === undefined
      ? plain(hash, scheme)
      : withPepper(peppered + hash, { hash, scheme })
  },

  unmatched(scheme) {
    const [, cost] = /^bcrypt\/(\d{1,2})$/.exec(scheme) ?? []
    if (cost === undefined) return null
    const characters = [...randomBytes(51)].map((byte) => alphabet[byte % 64])
    const [salt, digest] = [characters.slice(0, 21), characters.slice(21)]
    return `$2b$${cost.padStart(2, '0')}$${salt.join('')}.${digest.join('')}.`
  },
}

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function keepBits(character = '', mask: number): string | null {
  const value = character === '' ? -1 : alphabet.indexOf(character)
  return value === -1 ? null : (alphabet[value & mask] ?? null)
}

function plain(passwordHash: string, scheme: string): ForeignHash {
  return {
    passwordHash,
    scheme,
    verify: (password) => verifyBcrypt(passwordHash, password.reveal()),
  }
}

function withPepper(
  passwordHash: string,
  { hash, scheme }: { hash: string; scheme: string },
): ForeignHash {
  return {
    passwordHash,
    scheme,
    async verify(password: Secret, { pepper }: ImportedKeys) {
      // SECURITY: without the pepper no password matches, but it takes the same time.
      const matches = await verifyBcrypt(hash, password.reveal() + (pepper ?? ''))
      return matches && pepper !== null
    },
  }
}
