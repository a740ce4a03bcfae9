import { argon2Sync } from 'node:crypto'
import { verify } from '@node-rs/argon2'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importedKeys, vectors } from '../../../test/imported-people.ts'
import { Secret } from '../secret.ts'
import { parseImportedHash, readForeignHash, unmatchedHash } from './imported-hash.ts'

const [salt, key] = ['c2FsdHNhbHRzYWx0', 'a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U']
const bcryptRest = 'N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'

test.each(Object.entries(vectors))(
  '%s: the password belongs to it, and another does not',
  async (_name, { hash, password }) => {
    const parsed = parseImportedHash(hash)
    if ('refusal' in parsed) throw new Error(parsed.refusal)
    const read = readForeignHash(parsed.passwordHash)
    expect(read?.scheme).toBe(parsed.scheme)
    expect(await read?.verify(new Secret(password), importedKeys)).toBe(true)
    for (const wrong of [`${password} `, password.slice(1), password.toUpperCase(), 'x']) {
      expect([wrong, await read?.verify(new Secret(wrong), importedKeys)]).toEqual([wrong, false])
    }
  },
)

test.each(Object.entries(vectors))('%s: what is kept is read as the same', (_name, { hash }) => {
  const parsed = parseImportedHash(hash)
  if ('refusal' in parsed) throw new Error(parsed.refusal)
  expect(parseImportedHash(parsed.passwordHash)).toEqual(parsed)
})

test.each([
  ['', '!', null],
  ['!', '!', null],
  [`$2b$12$${bcryptRest}`, `$2b$12$${bcryptRest}`, 'bcrypt/12'],
  [`$bcrypt-peppered$2y$10$${bcryptRest}`, `$bcrypt-peppered$2y$10$${bcryptRest}`, 'bcrypt/10'],
  [
    `pbkdf2_sha256$600000$seasalt$${key}=`,
    `$pbkdf2-sha256$i=600000,l=32$c2Vhc2FsdA$${key}`,
    'pbkdf2-sha256/600000',
  ],
  [
    `$pbkdf2-sha1$i=1000$${salt}$${key}`,
    `$pbkdf2-sha1$i=1000,l=32$${salt}$${key}`,
    'pbkdf2-sha1/1000,2',
  ],
  [
    `${'0a'.repeat(16)}:${'0b'.repeat(64)}`,
    `$better-auth$${'0a'.repeat(16)}$${'0b'.repeat(64)}`,
    'scrypt/14,16,1',
  ],
  [
    `$firebase-scrypt$ln=14,r=8$-_-_$${key}=`,
    `$firebase-scrypt$ln=14,r=8$+/+/$${key}`,
    'firebase-scrypt/14,8',
  ],
  [
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${key}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${key}`,
    null,
  ],
  // Surplus bits, which some libraries set.
  [`$2b$10$${bcryptRest.slice(0, -1)}r`, `$2b$10$${bcryptRest.slice(0, -1)}q`, 'bcrypt/10'],
  [
    `$2y$10$${bcryptRest.slice(0, 21)}f${bcryptRest.slice(22)}`,
    `$2y$10$${bcryptRest.slice(0, 21)}e${bcryptRest.slice(22)}`,
    'bcrypt/10',
  ],
])('%s is kept as %s, of the scheme %s', (text, passwordHash, scheme) => {
  expect(parseImportedHash(text)).toEqual({ passwordHash, scheme })
})

test.each([
  ['a word', 'password'],
  ['a digest without a salt', '5f4dcc3b5aa765d61d8327deb882cf99'],
  ['MD5 of crypt', '$1$O3JMY.Tw$AdLnLjQ/5jXF9.MTp3gHv/'],
  ['bcrypt of a fault of PHP', `$2x$10$${bcryptRest}`],
  ['bcrypt behind a name of Spring’s', `{bcrypt}$2a$10$${bcryptRest}`],
  ['bcrypt that is cut off', `$2b$10$${bcryptRest}`.slice(0, -1)],
  ['bcrypt with more behind it', `$2b$10$${bcryptRest}q`],
  ['bcrypt with a line behind it', `$2b$10$${bcryptRest}\n`],
  ['bcrypt with a space before it', ` $2b$10$${bcryptRest}`],
  ['a pepper before what is no bcrypt', `$bcrypt-peppered$scrypt$ln=14,r=8,p=1$${salt}$${key}`],
  ['better-auth in capitals', `${'0A'.repeat(16)}:${'0b'.repeat(64)}`],
  ['better-auth with a short key', `${'0a'.repeat(16)}:${'0b'.repeat(63)}`],
  ['scrypt without a salt', `$scrypt$ln=14,r=8,p=1$$${key}`],
  ['scrypt with a key of fifteen bytes', `$scrypt$ln=14,r=8,p=1$${salt}$${key.slice(0, 20)}`],
  ['scrypt with a salt of 65 bytes', `$scrypt$ln=14,r=8,p=1$${'a'.repeat(87)}$${key}`],
  ['scrypt with a name unknown', `$scrypt$ln=14,r=8,q=1$${salt}$${key}`],
  ['PBKDF2 whose length is another', `$pbkdf2-sha256$i=1000,l=20$${salt}$${key}`],
  ['PBKDF2 with a digest unknown', `$pbkdf2-md5$i=1000$${salt}$${key}`],
  ['PBKDF2 of a half surrogate', `pbkdf2_sha256$1000$\ud800$${key}=`],
  ['Firebase in half an alphabet', `$firebase-scrypt$ln=14,r=8$ab$${key}.`],
  ['argon2 with a salt of seven bytes', `$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbA$${key}`],
  ['argon2 of another version', `$argon2id$v=20$m=65536,t=3,p=4$${salt}$${key}`],
  ['half a megabyte', `$2b$10$${'a'.repeat(500_000)}`],
])('%s is in no known format', (_what, text) => {
  expect(parseImportedHash(text)).toEqual({ refusal: 'unknown_format' })
})

test.each([
  [`$2b$14$${bcryptRest}`, `$2b$15$${bcryptRest}`],
  [`$2b$04$${bcryptRest}`, `$2b$31$${bcryptRest}`],
  [`$scrypt$ln=17,r=8,p=1$${salt}$${key}`, `$scrypt$ln=18,r=1,p=1$${salt}$${key}`],
  [`$scrypt$ln=16,r=16,p=1$${salt}$${key}`, `$scrypt$ln=17,r=9,p=1$${salt}$${key}`],
  [`$scrypt$ln=10,r=16,p=4$${salt}$${key}`, `$scrypt$ln=10,r=17,p=1$${salt}$${key}`],
  [`$scrypt$ln=17,r=4,p=4$${salt}$${key}`, `$scrypt$ln=17,r=8,p=3$${salt}$${key}`],
  [`$scrypt$ln=10,r=8,p=4$${salt}$${key}`, `$scrypt$ln=10,r=8,p=5$${salt}$${key}`],
  [`$pbkdf2-sha256$i=2000000$${salt}$${key}`, `$pbkdf2-sha256$i=2000001$${salt}$${key}`],
  [`$pbkdf2-sha1$i=1000000$${salt}$${key}`, `$pbkdf2-sha1$i=1000001$${salt}$${key}`],
  [`$pbkdf2-sha256$1000$${salt}$${key}`, `$pbkdf2-sha256$999999999$${salt}$${key}`],
  [`$firebase-scrypt$ln=14,r=8$${salt}$${key}`, `$firebase-scrypt$ln=99,r=8$${salt}$${key}`],
  [
    `$argon2id$v=19$m=262144,t=4,p=4$${salt}$${key}`,
    `$argon2i$v=19$m=262145,t=1,p=1$${salt}$${key}`,
  ],
  [
    `$argon2d$v=19$m=104857,t=10,p=1$${salt}$${key}`,
    `$argon2d$v=19$m=1024,t=11,p=1$${salt}$${key}`,
  ],
  [
    `$argon2id$v=19$m=65536,t=3,p=16$${salt}$${key}`,
    `$argon2id$v=19$m=65536,t=3,p=17$${salt}$${key}`,
  ],
  [
    `$argon2id$v=19$m=209715,t=5,p=1$${salt}$${key}`,
    `$argon2id$v=19$m=209716,t=5,p=1$${salt}$${key}`,
  ],
])('%s is taken over, and %s costs too much', (taken, refused) => {
  expect(parseImportedHash(taken)).toMatchObject({ passwordHash: expect.any(String) })
  expect(parseImportedHash(refused)).toEqual({ refusal: 'too_expensive' })
})

test.each([
  `$2b$03$${bcryptRest}`,
  `$scrypt$ln=9,r=8,p=1$${salt}$${key}`,
  `$scrypt$ln=14,r=0,p=1$${salt}$${key}`,
  `$pbkdf2-sha256$i=999$${salt}$${key}`,
  `pbkdf2_sha256$1$seasalt$${key}=`,
  `$firebase-scrypt$ln=1,r=8$${salt}$${key}`,
  `$argon2id$v=19$m=512,t=3,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=4096,t=0,p=1$${salt}$${key}`,
])('%s costs too little', (text) => {
  expect(parseImportedHash(text)).toEqual({ refusal: 'too_weak' })
})

test('without its pepper, or its keys of Firebase, a hash is nobody’s password', async () => {
  const without = { pepper: null, firebase: null }
  for (const name of ['Devise with its pepper', 'scrypt of Firebase']) {
    const { hash = '', password = '' } = vectors[name] ?? {}
    const read = readForeignHash(hash)
    expect(read?.scheme).toMatch(/^(bcrypt|firebase)/)
    expect(await read?.verify(new Secret(password), without)).toBe(false)
  }
})

test('whoever types the pepper behind the password is let in by no server that has none', async () => {
  const { hash = '', password } = vectors['Devise with its pepper'] ?? {}
  const both = new Secret(`${password}${importedKeys.pepper}`)
  const read = readForeignHash(hash)
  expect(await read?.verify(both, { pepper: null, firebase: null })).toBe(false)
  // The hash was made of this whole text.
  expect(await read?.verify(both, { pepper: '', firebase: null })).toBe(true)
})

test('bcrypt reads 72 bytes, and a NUL among them is one', async () => {
  // libxcrypt, of 80 x.
  const long = readForeignHash('$2b$04$N9qo8uLOickgx2ZMRZoMyedlslr.Jty7xCSm4JGSxc8PDTmSzo582')
  const matches = (text: string) => long?.verify(new Secret(text), importedKeys)
  expect(await matches('x'.repeat(80))).toBe(true)
  expect(await matches('x'.repeat(72))).toBe(true)
  expect(await matches('x'.repeat(71))).toBe(false)
  // libxcrypt stops at a NUL: this is its hash of both "before" and "before\0after".
  const cut = readForeignHash('$2b$04$N9qo8uLOickgx2ZMRZoMye4SMKMfQ.UCHjJiPP7iNoqMud9BBYgGG')
  expect(await cut?.verify(new Secret('before'), importedKeys)).toBe(true)
  expect(await cut?.verify(new Secret('before\0after'), importedKeys)).toBe(false)
})

test.each(Object.entries(vectors))(
  '%s: its scheme makes a hash of the same work, that is nobody’s',
  async (_name, { hash, password }) => {
    const parsed = parseImportedHash(hash)
    const scheme = 'scheme' in parsed ? (parsed.scheme ?? '') : ''
    const made = unmatchedHash(scheme)
    expect(made?.scheme).toBe(scheme)
    expect(made?.passwordHash).not.toBe(unmatchedHash(scheme)?.passwordHash)
    expect(await made?.verify(new Secret(password), importedKeys)).toBe(false)
  },
)

test.each([
  '',
  'x',
  'bcrypt/31',
  'bcrypt/',
  'scrypt/30,99,99',
  'md5/1',
  'pbkdf2-sha256/99',
  'bcrypt/12 ',
])('a scheme that is none costs nothing: %j', (scheme) => {
  expect(unmatchedHash(scheme)).toBeNull()
})

// Pieces of hashes, in any order; and whole hashes, of which a part is replaced.
const piece = fc.oneof(
  fc.constantFrom(
    '$2b$',
    '04',
    '10',
    '$',
    '$scrypt',
    '$pbkdf2',
    '-sha256',
    '$argon2id',
    '$v=19',
    ':',
  ),
  fc.constantFrom(
    'ln=10',
    'r=8',
    'p=1',
    'i=1000',
    'l=32',
    'm=1024',
    't=1',
    ',',
    '=',
    bcryptRest,
    salt,
  ),
  fc.base64String({ maxLength: 90 }),
  fc.stringMatching(/^[\da-f]{0,128}$/),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc
    .tuple(fc.constantFrom(...Object.values(vectors).map(({ hash }) => hash)), fc.nat(), piece)
    .map(([hash, at, other]) => {
      const place = at % hash.length
      return hash.slice(0, place) + other + hash.slice(place + other.length)
    }),
)

test('no text makes it throw, and what is read once is read again as the same', () => {
  fc.assert(
    fc.property(text, (text) => {
      const parsed = parseImportedHash(text)
      if ('refusal' in parsed) return
      expect(parseImportedHash(parsed.passwordHash)).toEqual(parsed)
      expect(parsed.scheme === null || unmatchedHash(parsed.scheme) !== null).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})

test('what is read can be verified: nothing throws, whatever the hash', async () => {
  const seen = { read: 0 }
  await fc.assert(
    fc.asyncProperty(text, async (text) => {
      const parsed = parseImportedHash(text)
      const read = 'refusal' in parsed ? null : readForeignHash(parsed.passwordHash)
      // Only the cheap ones are verified, which are as many as the others.
      if (!read || !/\/(m=1024|4$|10,|1000$)/.test(read.scheme ?? '')) return
      seen.read += 1
      expect(await read.verify(new Secret('nobody'), importedKeys)).toBe(false)
    }),
    { numRuns: 2_000 },
  )
  expect(seen.read).toBeGreaterThan(20)
})

test('a long text is refused without a look at all of it', () => {
  // If any of the patterns took more than linear time, this would not end.
  for (const part of ['$', 'a', '1', '$2b$10$', '$pbkdf2-sha256$i=1', 'pbkdf2_sha256$1000$x']) {
    expect(parseImportedHash(part.repeat(200_000))).toEqual({ refusal: 'unknown_format' })
  }
})

// Node's own argon2 is that of OpenSSL; the library that verifies is written in Rust.
test.each([8, 16, 48, 49, 63, 64])('argon2 with a salt of %i bytes is verified', async (length) => {
  const salt = Buffer.alloc(length, 7)
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  for (const variant of ['argon2id', 'argon2i', 'argon2d'] as const) {
    const cost = { memory: 1_024, passes: 2, parallelism: 2 }
    const made = argon2Sync(variant, { message: 'right', nonce: salt, tagLength: 64, ...cost })
    const text = `$${variant}$v=19$m=1024,t=2,p=2$${unpadded(salt)}$${unpadded(made)}`
    expect(parseImportedHash(text)).toMatchObject({ passwordHash: text })
    expect(await verify(text, 'right')).toBe(true)
    expect(await verify(text, 'wrong')).toBe(false)
  }
  const longer = `$argon2id$v=19$m=1024,t=2,p=2$${unpadded(Buffer.alloc(65, 7))}$${key}`
  expect(parseImportedHash(longer)).toEqual({ refusal: 'unknown_format' })
})
