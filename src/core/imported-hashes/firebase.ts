import { createCipheriv, randomBytes } from 'node:crypto'
import { areEqual, decodeBase64, encodeBase64, keyLength, saltLength } from './bytes.ts'
import type { FirebaseKeys, ForeignHash, HashFamily, HashRefusal } from './family.ts'
import { deriveScrypt, refuseScrypt, type ScryptCost } from './scrypt.ts'

const pattern = /^\$firebase-scrypt\$ln=(\d{1,2}),r=(\d{1,2})\$([\w+/-]+={0,2})\$([\w+/-]+={0,2})$/

/**
 * Firebase's own scrypt: the key that is derived from the password encrypts the project's signer key, and the result
 * is the hash. Its parameters `rounds` and `mem_cost` are `r` and `ln` here.
 */
export const firebase: HashFamily = {
  parse(text) {
    const [, logN, blockSize, saltText = '', hashText = ''] = pattern.exec(text) ?? []
    const salt = decodeBase64(toStandard(saltText), saltLength)
    const hash = decodeBase64(toStandard(hashText), keyLength)
    if (!salt || !hash) return null
    return read({ salt, hash, logN: Number(logN), blockSize: Number(blockSize) })
  },

  unmatched(scheme) {
    const [, logN, blockSize] = /^firebase-scrypt\/(\d{1,2}),(\d{1,2})$/.exec(scheme) ?? []
    if (logN === undefined) return null
    const [salt, hash] = [randomBytes(10), randomBytes(64)].map(encodeBase64)
    return `$firebase-scrypt$ln=${logN},r=${blockSize}$${salt}$${hash}`
  },
}

// Google's APIs write Base64 in the URL alphabet, its command-line tool in the standard one.
function toStandard(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/')
}

interface Parts {
  readonly salt: Buffer
  readonly hash: Buffer
  readonly logN: number
  readonly blockSize: number
}

function read({ salt, hash, logN, blockSize }: Parts): ForeignHash | HashRefusal {
  const cost: ScryptCost = { logN, blockSize, parallelism: 1 }
  const refusal = refuseScrypt(cost)
  if (refusal) return refusal
  const parameters = `ln=${logN},r=${blockSize}`
  return {
    passwordHash: `$firebase-scrypt$${parameters}$${encodeBase64(salt)}$${encodeBase64(hash)}`,
    scheme: `firebase-scrypt/${logN},${blockSize}`,
    async verify(password, { firebase: keys }) {
      // SECURITY: without the keys no password matches, but it takes the same time.
      const separated = Buffer.concat([salt, keys?.saltSeparator ?? Buffer.alloc(1)])
      const key = await deriveScrypt(password.reveal(), { salt: separated, cost, length: 32 })
      return keys !== null && areEqual(encrypt(keys, key), hash)
    },
  }
}

function encrypt({ signerKey }: FirebaseKeys, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return Buffer.concat([cipher.update(signerKey), cipher.final()])
}
