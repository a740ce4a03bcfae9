import { randomBytes } from 'node:crypto'
import { verify } from '../password-hash/hash-threads.ts'
import { decodeBase64, encodeBase64, keyLength } from './bytes.ts'
import { type HashFamily, refuseCosts } from './family.ts'

const pattern =
  /^\$argon2(id?|d)\$v=(16|19)\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/

// RFC 9106 sets no minimum, but the library throws for a salt of fewer than 8 bytes.
const saltLength = { from: 8, to: 64 }

const mebibyte = 1024

/** The work of Latchkey's own hash; the time of a cheaper one is filled up to it. */
export const ownWork = 47_104

/** Whether a hash is of the kind that Latchkey makes, at whatever cost. */
export function isOwnKind(passwordHash: string): boolean {
  return passwordHash.startsWith('$argon2id$v=19$')
}

/**
 * PHC strings of argon2id, argon2i and argon2d. An argon2id hash of no more work than Latchkey's own counts as an own
 * one from before its cost was raised, and has no scheme.
 */
export const argon2: HashFamily = {
  parse(text) {
    const [, variant = '', version, ...rest] = pattern.exec(text) ?? []
    if (version === undefined) return null
    const [memory = 0, passes = 0, lanes = 0] = rest.slice(0, 3).map(Number)
    const [salt = '', key = ''] = rest.slice(3)
    if (!decodeBase64(salt, saltLength) || !decodeBase64(key, keyLength)) return null
    const refusal = refuseCosts([
      // RFC 9106 §3.1: eight blocks for each lane.
      [memory, { from: Math.max(8 * lanes, mebibyte), to: 256 * mebibyte }],
      [passes, { from: 1, to: 10 }],
      [lanes, { from: 1, to: 16 }],
      [memory * passes, { from: 0, to: 1024 * mebibyte }],
    ])
    if (refusal) return refusal
    const isOwn = isOwnKind(text) && memory * passes <= ownWork
    const scheme = `argon2${variant}/m=${memory},t=${passes},p=${lanes}`
    return {
      passwordHash: text,
      scheme: isOwn ? null : scheme,
      verify: (password) => verify(text, password.reveal()),
    }
  },

  unmatched(scheme) {
    const [, variant, parameters] =
      /^argon2(id?|d)\/(m=\d{1,7},t=\d{1,3},p=\d{1,2})$/.exec(scheme) ?? []
    if (variant === undefined) return null
    const [salt, key] = [randomBytes(16), randomBytes(32)].map(encodeBase64)
    return `$argon2${variant}$v=19$${parameters}$${salt}$${key}`
  },
}
