import { createHash } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isSamePassword, normalizePassword, validatePassword } from './password-policy.ts'

const policy = { minimumLength: 8, rejectCommon: true, contextWords: [] }
const validate = (text: string) => validatePassword(text, policy)
const random = (seed: number) => createHash('sha256').update(`password ${seed}`).digest('base64')
const long = random(0).repeat(20)

test.each([
  ['nothing', 'blank', ''],
  ['seven letters', 'too_short', 'kV8!xq2'],
  ['eight letters', null, 'kV8!xq2Z'],
  ['seven emoji, which are fourteen units', 'too_short', '🦊🌵🎻🧊🪁🛶🧭'],
  ['eight emoji', null, '🦊🌵🎻🧊🪁🛶🧭🪗'],
  ['eight accented letters, apart', null, 'éàüñôçêî'.normalize('NFD')],
  ['seven accented letters, apart', 'too_short', 'éàüñôçê'.normalize('NFD')],
  ['256 letters', null, long.slice(0, 256)],
  ['257 letters', 'too_long', long.slice(0, 257)],
  ['256 emoji', null, '🦊🌵🎻🧊'.repeat(64)],
  ['257 emoji', 'too_long', `${'🦊🌵🎻🧊'.repeat(64)}🪁`],
  ['256 letters with two accents each, apart', null, 'ế'.normalize('NFD').repeat(256)],
  ['257 of these', 'too_long', 'ế'.normalize('NFD').repeat(257)],
  ['a megabyte', 'too_long', 'x'.repeat(1_000_000)],
  ['a megabyte of accents', 'too_long', '\u0301'.repeat(1_000_000)],
  ['a high surrogate alone', 'invalid', 'kV8!xq2Z\ud83d'],
  ['a low surrogate alone', 'invalid', '\udc00kV8!xq2Z'],
  ['a NUL within', null, 'kV8!\0xq2Z'],
  ['a word among others', null, 'my password is long'],
  ['a common one with a space around it', null, ' iloveyou '],
])('%s: judged %s', (_name, problem, text) => {
  expect(validate(text)).toBe(problem)
})

test('the minimum is the policy’s', () => {
  expect(validatePassword('kV8!xq2Z', { ...policy, minimumLength: 9 })).toBe('too_short')
  expect(validatePassword('kV8!xq2Z4', { ...policy, minimumLength: 9 })).toBeNull()
})

test.each(['password', 'PASSWORD', 'PassWord', 'iloveyou', 'qwertyuiop', '12345678'])(
  'the common %s is refused, unless the policy lets it through',
  (text) => {
    expect(validate(text)).toBe('too_common')
    expect(validatePassword(text, { ...policy, rejectCommon: false })).toBeNull()
  },
)

test('a hundred passwords that everybody knows are refused', () => {
  const known = commonPasswords.split(/\s+/).filter(Boolean)
  expect(new Set(known).size).toBe(100)
  expect(known.filter((text) => validate(text) !== 'too_common')).toEqual([])
})

test('five hundred random passwords of twelve letters are accepted', () => {
  const texts = Array.from({ length: 500 }, (_, seed) => random(seed).slice(0, 12))
  expect(texts.filter((text) => validate(text) !== null)).toEqual([])
})

test('a password is the same from a keyboard that composes and from one that does not', () => {
  const [composed, apart] = ['Ångström-ế', 'Ångström-ế'.normalize('NFD')]
  expect(apart).not.toBe(composed)
  expect(normalizePassword(apart)?.reveal()).toBe(composed)
  expect(normalizePassword(composed)?.reveal()).toBe(composed)
})

test.each([
  ['spaces at the ends', ' \tkV8!xq2Z\n '],
  ['capitals', 'KV8!XQ2Z'],
  ['compatibility letters', 'ﬁｋＶ８²①'],
  ['a NUL and what follows', 'kV8!\0xq2Z'],
  ['fewer letters than a new one may have', 'x'],
  ['byte 73', long.slice(0, 73)],
  ['all 256 letters', long.slice(0, 256)],
  ['all 256 emoji', '🦊🌵🎻🧊'.repeat(64)],
])('%s are kept', (_name, text) => {
  expect(normalizePassword(text)?.reveal()).toBe(text)
})

test.each([
  ['nothing', ''],
  ['257 letters', long.slice(0, 257)],
  ['a megabyte', 'x'.repeat(1_000_000)],
  ['a lone surrogate', 'kV8!xq2Z\ud83d'],
  ['two surrogates the wrong way round', 'kV8!xq2Z\ude00\ud83d'],
])('nobody can have %s as a password', (_name, text) => {
  expect(normalizePassword(text)).toBeNull()
})

const commonPasswords = `
  password password1 password12 password123 passw0rd 12345678 123456789 1234567890 11111111 00000000
  88888888 87654321 123123123 987654321 qwertyuiop qwerty123 qwerty12 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
  zaq12wsx q1w2e3r4 asdfghjkl asdfasdf zxcvbnm1 abcd1234 abc12345 a1b2c3d4 abcdefgh abcdefg1
  iloveyou iloveyou1 iloveyou2 princess princess1 sunshine sunshine1 football football1 baseball
  baseball1 basketball superman superman1 batman123 starwars pokemon1 liverpool liverpool1 chelsea1
  arsenal1 barcelona juventus manchester michael1 michelle jennifer jessica1 jonathan alexander
  elizabeth danielle samantha nicholas victoria patricia benjamin christopher anthony1 charlie1
  trustno1 whatever computer internet corvette mercedes maverick midnight mountain dolphins
  butterfly chocolate cheesecake blink182 slipknot metallica nirvana1 letmein1 welcome1 welcome123
  monkey123 dragon123 master123 shadow123 killer123 hello123 changeme administrator test1234
  asdf1234
`

test.each([
  ['equal ones', true, 'kV8!xq2Z', 'kV8!xq2Z'],
  ['composed and apart', true, 'Ångström-ế', 'Ångström-ế'.normalize('NFD')],
  ['another letter', false, 'kV8!xq2Z', 'kV8!xq2z'],
  ['too long, equal', true, '\u0301'.repeat(2_000), '\u0301'.repeat(2_000)],
  ['too long, composed and apart', false, 'é'.repeat(2_000), 'é'.normalize('NFD').repeat(2_000)],
])('two passwords, %s: the same is %s', (_name, isSame, one, other) => {
  expect(isSamePassword(one, other)).toBe(isSame)
})

test('the longest that can be a password is normalized, and nothing longer', () => {
  const four = 'ᾂ'.normalize('NFD')
  expect([...four].length).toBe(4)
  expect(validate(four.repeat(256))).toBeNull()
  const normalize = vi.spyOn(String.prototype, 'normalize')
  onTestFinished(() => normalize.mockRestore())
  for (const text of [four.repeat(257), `${'x'.repeat(1_024)}\u0301`]) {
    expect([validate(text), normalizePassword(text)]).toEqual(['too_long', null])
  }
  expect(normalize).not.toHaveBeenCalled()
})
