import { hash, randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestOfToken } from './token-digest.ts'

const hex = (text: string) => Buffer.from(digestOfToken(text)).toString('hex')

const asciiText = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(randomInt(128))).join('')

// FIPS 180-4's one-block example, and NIST's of no bits at all.
test.each([
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
])('the digest of "%s" is the published one', (text, expected) => {
  expect(hex(text)).toBe(expected)
})

test('a digest is what OpenSSL computes, for texts of every length that fits, a thousand of each', () => {
  for (let length = 0; length <= 55; length++) {
    const texts = Array.from({ length: 1_000 }, () => asciiText(length))
    const wrong = texts.filter((text) => hex(text) !== hash('sha256', text, 'hex'))
    expect(wrong).toEqual([])
  }
})

test('every character of ASCII counts, wherever it stands', () => {
  const texts = Array.from({ length: 55 }, (_, place) =>
    Array.from({ length: 128 }, (_, code) => {
      return `${'a'.repeat(place)}${String.fromCharCode(code)}${'a'.repeat(54 - place)}`
    }),
  ).flat()
  const digests = new Set(texts.map(hex))
  // That of nothing but the letter a is the same in every place.
  expect(digests.size).toBe(55 * 127 + 1)
})

test('a digest that was handed out stays as it is when the next is computed', () => {
  const first = digestOfToken('abc')
  const before = Buffer.from(first).toString('hex')
  digestOfToken('abd')
  expect(Buffer.from(first).toString('hex')).toBe(before)
})

test.each([
  ['of 56 characters', 'a'.repeat(56)],
  ['of a megabyte', 'a'.repeat(1_000_000)],
  ['with a letter that is no ASCII', 'é'],
  ['with a character whose low byte is that of a letter', '\u0161'],
  ['with half a character', '\ud800'],
])('a text %s has no digest here, and says so', (_name, text) => {
  expect(() => digestOfToken(text)).toThrow(RangeError)
  expect(hex('abc')).toMatch(/^ba7816bf/)
})
