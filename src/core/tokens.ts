import { crc32 } from './crc32.ts'
import { Secret } from './secret.ts'
import { digestOfToken } from './token-digest.ts'

/** What a token opens. A token of one kind is never accepted where another belongs. */
export type TokenKind = 'session' | 'apiKey' | 'passwordReset' | 'emailVerification'

/** Random bytes from a CSPRNG. */
export type Random = (size: number) => Uint8Array

const prefixes: Record<TokenKind, string> = {
  session: 'lks_',
  apiKey: 'lkk_',
  passwordReset: 'lkr_',
  emailVerification: 'lkv_',
}

// Base58 has no 0, O, I and l, so that a token survives being read aloud and a double click.
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const secretLength = 32
const checksumLength = 6
const bodyPattern = new RegExp(`^[${alphabet}]{${secretLength + checksumLength}}$`)
const valueOfLetter = new Uint8Array(128)
for (const [value, letter] of [...alphabet].entries()) valueOfLetter[letter.charCodeAt(0)] = value

/**
 * A new token: four characters that name its kind, 32 random base58 characters (187 bits), and six
 * that are the CRC-32 of all that stands before. The digest is what a table may hold.
 */
export function generateToken(
  kind: TokenKind,
  random: Random,
): { token: Secret; digest: Uint8Array } {
  const unchecked = prefixes[kind] + randomBase58(random)
  const token = unchecked + checksum(unchecked)
  return { token: new Secret(token), digest: digestOfToken(token) }
}

/**
 * The digest to look a presented token up by, or null where the text cannot be a token of this
 * kind. A mistyped or made-up token fails its checksum here and costs no query.
 */
export function parseToken(kind: TokenKind, text: string): Uint8Array | null {
  const prefix = prefixes[kind]
  if (!text.startsWith(prefix) || !bodyPattern.test(text.slice(prefix.length))) return null
  const unchecked = text.slice(0, -checksumLength)
  return crc32(unchecked) === numberOf(text.slice(-checksumLength)) ? digestOfToken(text) : null
}

function randomBase58(random: Random): string {
  let characters = ''
  while (characters.length < secretLength) {
    for (const byte of random(secretLength)) {
      // SECURITY: 232 is the largest multiple of 58 in a byte; folding the rest back in would
      // make some characters more likely than others.
      if (byte < 232 && characters.length < secretLength) characters += alphabet[byte % 58]
    }
  }
  return characters
}

function checksum(text: string): string {
  let rest = crc32(text)
  let characters = ''
  for (let position = 0; position < checksumLength; position++) {
    characters = alphabet[rest % 58] + characters
    rest = Math.floor(rest / 58)
  }
  return characters
}

// The letters are known to be base58; another one would count as nothing.
function numberOf(digits: string): number {
  let number = 0
  for (let index = 0; index < digits.length; index++) {
    number = number * 58 + (valueOfLetter[digits.charCodeAt(index)] ?? 0)
  }
  return number
}
