import { randomBytes } from 'node:crypto'
import { pbkdf2 as derive } from '../password-hash/hash-threads.ts'
import { areEqual, decodeBase64, encodeBase64, keyLength, saltLength } from './bytes.ts'
import { type ForeignHash, type HashFamily, type HashRefusal, refuseCosts } from './family.ts'

/** The hash functions, with the size of their output in bytes. */
const digests = { sha1: 20, sha256: 32, sha512: 64 } as const

type Digest = keyof typeof digests

const rounds = { from: 1_000, to: 2_000_000 }

/**
 * PHC strings; hashes of passlib, which have another alphabet and do not name sha1; and of Django, whose salt is a
 * text. All are stored as PHC strings.
 */
export const pbkdf2: HashFamily = {
  parse: (text) => parsePhc(text) ?? parsePasslib(text) ?? parseDjango(text),

  unmatched(scheme) {
    const [, name, iterations, blocks = 1] =
      /^pbkdf2-(sha1|sha256|sha512)\/(\d{1,7})(?:,([2-4]))?$/.exec(scheme) ?? []
    if (!isDigest(name)) return null
    const length = Math.min(digests[name] * Number(blocks), keyLength.to)
    const [salt, key] = [randomBytes(16), randomBytes(length)].map(encodeBase64)
    return `$pbkdf2-${name}$i=${iterations},l=${length}$${salt}$${key}`
  },
}

const phc = /^\$pbkdf2-(sha1|sha256|sha512)\$i=(\d{1,9})(?:,l=(\d{1,3}))?\$([\w+/]+)\$([\w+/]+)$/

function parsePhc(text: string): ForeignHash | HashRefusal | null {
  const [, digest, iterations, length, salt = '', key = ''] = phc.exec(text) ?? []
  const read = readParts({ digest, iterations, salt: decodeSalt(salt), key: decodeKey(key) })
  const isWhole = length === undefined || decodeKey(key)?.length === Number(length)
  return isWhole ? read : null
}

const passlib = /^\$pbkdf2(?:-(sha256|sha512))?\$(\d{1,9})\$([\w./]+)\$([\w./]+)$/

function parsePasslib(text: string): ForeignHash | HashRefusal | null {
  const [whole, digest = 'sha1', iterations, ...rest] = passlib.exec(text) ?? []
  if (whole === undefined) return null
  const [salt = '', key = ''] = rest.map((part) => part?.replaceAll('.', '+'))
  return readParts({ digest, iterations, salt: decodeSalt(salt), key: decodeKey(key) })
}

const django = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$\s]+)\$([\w+/]+={0,2})$/

function parseDjango(text: string): ForeignHash | HashRefusal | null {
  const [, digest, iterations, saltText = '', key = ''] = django.exec(text) ?? []
  const salt = Buffer.from(saltText)
  const isShort = salt.length <= saltLength.to && saltText.isWellFormed()
  return readParts({ digest, iterations, salt: isShort ? salt : null, key: decodeKey(key) })
}

function decodeSalt(text: string): Buffer | null {
  return decodeBase64(text, saltLength)
}

function decodeKey(text: string): Buffer | null {
  return decodeBase64(text, keyLength)
}

interface Parts {
  readonly digest: string | undefined
  readonly iterations: string | undefined
  readonly salt: Buffer | null
  readonly key: Buffer | null
}

function readParts(parts: Parts): ForeignHash | HashRefusal | null {
  const { digest, salt, key } = parts
  if (!isDigest(digest) || !salt || !key) return null
  const iterations = Number(parts.iterations)
  // Each block of the key needs all iterations.
  const blocks = Math.ceil(key.length / digests[digest])
  const work = { from: 0, to: rounds.to }
  const refusal = refuseCosts([
    [iterations, rounds],
    [iterations * blocks, work],
  ])
  if (refusal) return refusal
  const parameters = `i=${iterations},l=${key.length}`
  const scheme = `pbkdf2-${digest}/${iterations}`
  return {
    passwordHash: `$pbkdf2-${digest}$${parameters}$${encodeBase64(salt)}$${encodeBase64(key)}`,
    scheme: blocks === 1 ? scheme : `${scheme},${blocks}`,
    async verify(password) {
      const length = key.length
      const made = await derive(password.reveal(), { salt, iterations, length, digest })
      return areEqual(made, key)
    },
  }
}

function isDigest(name: string | undefined): name is Digest {
  return name !== undefined && Object.hasOwn(digests, name)
}
