import { crc32 } from './crc32.ts'
import { Secret } from './secret.ts'
import { digestOfToken } from './token-digest.ts'

/** What a token is for. A token of one kind is never accepted as one of another. */
export type TokenKind = 'session' | 'apiKey' | 'passwordReset' | 'emailVerification'

/** Random bytes from a CSPRNG. */
export type Random = (size: number) => Uint8Array

const prefixes: Record<TokenKind, string> = {
  session: 'lks_',
  apiKey: 'lkk_',
  passwordReset: 'lkr_',
  emailVerification: 'lkv_',
}

// Base58: no 0, O, I and l, which are easily confused, and nothing that a double click would not select.
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const secretLength = 32
const checksumLength = 6
const bodyPattern = new RegExp(`^[${alphabet}]{${secretLength + checksumLength}}$`)
const valueOfLetter = new Uint8Array(128)
for (const [value, letter] of [...alphabet].entries()) valueOfLetter[letter.charCodeAt(0)] = value

/**
 * Generates a token: four characters for its kind, 32 random base58 characters (187 bits), and six for the CRC-32 of
 * those before. Only its digest may be stored.
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
 * The digest by which to look a token up; null if the text cannot be a token of this kind. A mistyped or made-up token
 * fails its checksum here, without a query.
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
      // SECURITY: 232 is the largest multiple of 58 in a byte. Larger values are dropped: otherwise some characters
      // would be more likely than others.
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

// The letters are known to be base58; any other would count as 0.
function numberOf(digits: string): number {
  let number = 0
  for (let index = 0; index < digits.length; index++) {
    number = number * 58 + (valueOfLetter[digits.charCodeAt(index)] ?? 0)
  }
  return number
}
