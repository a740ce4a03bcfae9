import { randomBytes } from 'node:crypto'
import { scrypt as derive } from '../password-hash/hash-threads.ts'
import { areEqual, decodeBase64, encodeBase64, keyLength, saltLength } from './bytes.ts'
import { type ForeignHash, type HashFamily, type HashRefusal, refuseCosts } from './family.ts'

/** The cost of scrypt (RFC 7914): N is 2 to the power of `logN`. */
export interface ScryptCost {
  readonly logN: number
  readonly blockSize: number
  readonly parallelism: number
}

const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/

/**
 * PHC strings, as passlib and most libraries write them; and `salt:key` of better-auth, stored as
 * `$better-auth$salt$key`.
 */
export const scrypt: HashFamily = {
  parse: (text) => parsePhc(text) ?? parseBetterAuth(text),

  unmatched(scheme) {
    const [, logN, blockSize, parallelism] =
      /^scrypt\/(\d{1,2}),(\d{1,2}),(\d{1,2})$/.exec(scheme) ?? []
    if (logN === undefined) return null
    const [salt, key] = [randomBytes(16), randomBytes(64)].map(encodeBase64)
    return `$scrypt$ln=${logN},r=${blockSize},p=${parallelism}$${salt}$${key}`
  },
}

function parsePhc(text: string): ForeignHash | HashRefusal | null {
  const [, logN, blockSize, parallelism, saltText = '', keyText = ''] = phc.exec(text) ?? []
  const salt = decodeBase64(saltText, saltLength)
  const key = decodeBase64(keyText, keyLength)
  if (!salt || !key) return null
  const cost = {
    logN: Number(logN),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  }
  const refusal = refuseScrypt(cost)
  if (refusal) return refusal
  return {
    passwordHash: `$scrypt$${parametersOf(cost)}$${encodeBase64(salt)}$${encodeBase64(key)}`,
    scheme: schemeOf(cost),
    async verify(password) {
      const made = await deriveScrypt(password.reveal(), { salt, cost, length: key.length })
      return areEqual(made, key)
    },
  }
}

const betterAuth = /^(?:\$better-auth\$([\da-f]{32})\$|([\da-f]{32}):)([\da-f]{128})$/
const betterAuthCost: ScryptCost = { logN: 14, blockSize: 16, parallelism: 1 }

function parseBetterAuth(text: string): ForeignHash | null {
  const [, kept, given, hex] = betterAuth.exec(text) ?? []
  const salt = kept ?? given
  if (salt === undefined || hex === undefined) return null
  const key = Buffer.from(hex, 'hex')
  return {
    passwordHash: `$better-auth$${salt}$${hex}`,
    scheme: schemeOf(betterAuthCost),
    async verify(password) {
      // The salt is the text itself, not the bytes that it encodes.
      const using = { salt: Buffer.from(salt), cost: betterAuthCost, length: key.length }
      return areEqual(await deriveScrypt(password.reveal().normalize('NFKC'), using), key)
    },
  }
}

/** The refusal if a cost is out of bounds, or null. Memory is 128 bytes times N times r, work is N times r times p. */
export function refuseScrypt({ logN, blockSize, parallelism }: ScryptCost): HashRefusal | null {
  const N = 2 ** logN
  return refuseCosts([
    [logN, { from: 10, to: 17 }],
    [blockSize, { from: 1, to: 16 }],
    [parallelism, { from: 1, to: 4 }],
    [128 * N * blockSize, { from: 0, to: 128 * 1024 * 1024 }],
    [N * blockSize * parallelism, { from: 0, to: 2 ** 21 }],
  ])
}

function parametersOf({ logN, blockSize, parallelism }: ScryptCost): string {
  return `ln=${logN},r=${blockSize},p=${parallelism}`
}

function schemeOf({ logN, blockSize, parallelism }: ScryptCost): string {
  return `scrypt/${logN},${blockSize},${parallelism}`
}

export function deriveScrypt(
  password: string,
  { salt, cost, length }: { salt: Uint8Array; cost: ScryptCost; length: number },
): Promise<Uint8Array> {
  const [N, r, p] = [2 ** cost.logN, cost.blockSize, cost.parallelism]
  // Twice as much as scrypt needs, since Node's default is only 32 MiB.
  const options = { N, r, p, maxmem: 256 * N * r + 1024 * 1024 }
  return derive(password, { salt, length, options })
}
