import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { generateToken, parseToken, type TokenKind } from './tokens.ts'

const kinds = ['session', 'apiKey', 'passwordReset', 'emailVerification'] as const
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const newToken = (kind: TokenKind) => generateToken(kind, randomBytes).token.reveal()

// Made with another language's zlib and hashlib from 32 zero bytes of randomness.
test.each([
  ['session', 'lks_111111111111111111111111111111114KUEFY', '216597e0b950d438'],
  ['apiKey', 'lkk_111111111111111111111111111111113KxKec', 'f345269d95f5cad7'],
  ['passwordReset', 'lkr_111111111111111111111111111111115E61nQ', 'cf4c988f748b4d56'],
  ['emailVerification', 'lkv_111111111111111111111111111111112R4UiC', '0018f58a8a159b1e'],
] as const)('a %s token is the one that the contract describes', (kind, expected, digestStart) => {
  const { token, digest } = generateToken(kind, (size) => new Uint8Array(size))
  expect(token.reveal()).toBe(expected)
  expect(Buffer.from(digest).toString('hex').slice(0, 16)).toBe(digestStart)
})

test('a hundred thousand tokens are distinct, well formed, and have every letter as often in every place', () => {
  const tokens = Array.from({ length: 100_000 }, () => newToken('session'))
  expect(new Set(tokens).size).toBe(tokens.length)
  expect(tokens.filter((token) => !/^lks_[1-9A-HJ-NP-Za-km-z]{38}$/.test(token))).toEqual([])
  // Pearson's chi-square with 57 degrees of freedom: chance goes beyond 160 once in 10^11 times.
  const expected = tokens.length / alphabet.length
  for (let place = 4; place < 36; place++) {
    const counts = new Map([...alphabet].map((letter) => [letter, 0]))
    for (const token of tokens) {
      const letter = token.charAt(place)
      counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    const squares = [...counts.values()].map((count) => (count - expected) ** 2 / expected)
    expect(counts.size).toBe(alphabet.length)
    expect(squares.reduce((sum, each) => sum + each)).toBeLessThan(160)
  }
})

test('every letter comes from exactly four byte values, and the other 24 are drawn again', () => {
  const counts = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const draws = [byte]
    const random = (size: number) => new Uint8Array(size).fill(draws.shift() ?? 57)
    const body = generateToken('session', random).token.reveal().slice(4, 36)
    expect(new Set(body).size).toBe(1)
    const letter = byte < 232 ? body.charAt(0) : `again ${body.charAt(0)}`
    counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  const expected = [...alphabet].map((letter) => [letter, 4] as const)
  expect(counts).toEqual(new Map([...expected, ['again z', 24]]))
})

test('the letters after a skipped byte move up, and none is lost', () => {
  const draws = [Uint8Array.from({ length: 32 }, (_, index) => (index % 2 ? 255 : index / 2))]
  const random = (size: number) => draws.shift() ?? new Uint8Array(size).fill(57)
  const body = generateToken('session', random).token.reveal().slice(4, 36)
  expect(body).toBe(alphabet.slice(0, 16) + 'z'.repeat(16))
})

test('the last six letters are the CRC-32 of all before, padded with the letter for zero', () => {
  const tokens = Array.from({ length: 500 }, () => newToken('apiKey'))
  const expected = tokens.map((token) => token.slice(0, -6) + base58(crc32(token.slice(0, -6))))
  expect(tokens).toEqual(expected)
  expect(tokens.some((token) => token.charAt(36) === '1')).toBe(true)
})

test.each(kinds)('a %s token is read back as the SHA-256 of the whole of it', (kind) => {
  const { token, digest } = generateToken(kind, randomBytes)
  const sha256 = createHash('sha256').update(token.reveal()).digest('hex')
  expect(Buffer.from(digest).toString('hex')).toBe(sha256)
  expect(parseToken(kind, token.reveal())).toEqual(digest)
})

test('a token with one character changed is refused, wherever and as whatever kind', () => {
  const token = newToken('session')
  const changed = [...token].flatMap((original, position) =>
    [...alphabet, '0', 'O', 'I', 'l', '_', ' ', '\n', 'é']
      .filter((letter) => letter !== original)
      .map((letter) => token.slice(0, position) + letter + token.slice(position + 1)),
  )
  expect(changed.length).toBeGreaterThan(42 * 64)
  const accepted = changed.filter((text) => kinds.some((kind) => parseToken(kind, text)))
  expect(accepted).toEqual([])
  expect(parseToken('session', token)).not.toBeNull()
})

test('two neighbours that change places are noticed', () => {
  const { token } = generateToken('session', (size) =>
    Uint8Array.from({ length: size }, (_, i) => i),
  )
  const text = token.reveal()
  const swapped = text.slice(0, 10) + text.charAt(11) + text.charAt(10) + text.slice(12)
  expect(swapped).not.toBe(text)
  expect(parseToken('session', swapped)).toBeNull()
})

test.each(kinds)('a %s token is refused as every other kind', (kind) => {
  const token = newToken(kind)
  expect(kinds.filter((other) => parseToken(other, token))).toEqual([kind])
})

const whole = newToken('session')
const sign = (text: string) => text + base58(crc32(text))

test.each([
  ['nothing', ''],
  ['a prefix alone', 'lks_'],
  ['a megabyte', 'lks_'.padEnd(1_000_000, '1')],
  ['a token and a megabyte', whole.padEnd(1_000_000, '1')],
  ['a lone surrogate', '\ud800'],
  ['a token that ends in a lone surrogate', `${whole.slice(0, -1)}\udc00`],
  ['a NUL after it', `${whole}\0`],
  ['a NUL within', `${whole.slice(0, 20)}\0${whole.slice(21)}`],
  ['a line break after it', `${whole}\n`],
  ['a space before it', ` ${whole}`],
  ['a character too few', whole.slice(0, -1)],
  ['a character too many', `${whole}1`],
  ['two tokens', whole + whole],
  ['a random part of 31, with its checksum', sign(`lks_${'1'.repeat(31)}`)],
  ['a random part of 33, with its checksum', sign(`lks_${'1'.repeat(33)}`)],
  ['a letter that is no base58, with its checksum', sign(`lks_0${'1'.repeat(31)}`)],
  ['a line after it, with their checksum', sign(`${whole}\n`)],
  ['a line before it, with their checksum', sign(`lks_\n${whole.slice(4)}`)],
  ['a kind that nobody knows, with its checksum', sign(`lkx_${'1'.repeat(32)}`)],
  ['no prefix', whole.slice(4)],
  ['a prefix in capitals', whole.replace('lks_', 'LKS_')],
  ['a property of every object', '__proto__'],
])('%s is no token, and no error', (_name, text) => {
  expect(kinds.filter((kind) => parseToken(kind, text))).toEqual([])
})

function base58(number: number): string {
  const digits: string[] = []
  for (let rest = BigInt(number); rest > 0n; rest /= 58n) {
    digits.unshift(alphabet.charAt(Number(rest % 58n)))
  }
  return digits.join('').padStart(6, '1')
}
