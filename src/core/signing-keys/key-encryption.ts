import { createSecretKey, type KeyObject } from 'node:crypto'

const keyBytes = 32
// Almost all random keys have more.
const leastDifferentBytes = 16

const algorithms = { alg: 'dir', enc: 'A256GCM' } as const

/**
 * Encrypts signing keys, so that nobody can sign with a copy of the database. `jose` is loaded at the first use, since
 * most servers issue no access tokens.
 */
export class KeyEncryption {
  readonly #key: KeyObject

  /** @throws RangeError for a key that is not 256 bits, or is not random */
  constructor(key: Uint8Array) {
    if (!isRandomKey(key)) throw new RangeError(`accessTokens.keyEncryptionKey ${randomKeyWanted}`)
    this.#key = createSecretKey(key)
  }

  /** Encrypts a text. It cannot be decrypted under another `kid`, or if it was changed. */
  async seal(text: string, kid: string): Promise<string> {
    const { CompactEncrypt } = await import('jose')
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ ...algorithms, kid })
      .encrypt(this.#key)
  }

  /** @throws Error if the text was encrypted with another key, or under another `kid` */
  async open(sealed: string, kid: string): Promise<string> {
    const { compactDecrypt } = await import('jose')
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, this.#key, {
      keyManagementAlgorithms: [algorithms.alg],
      contentEncryptionAlgorithms: [algorithms.enc],
    })
    if (protectedHeader.kid !== kid) throw new Error(`It is that of ${protectedHeader.kid}`)
    return new TextDecoder().decode(plaintext)
  }
}

/** The rule for the key; in a message it follows the name of the setting. */
export const randomKeyWanted = `must be ${keyBytes} random bytes, as openssl rand -base64 ${keyBytes} makes them`

/** Whether these are 256 bits that may be random, unlike zeros. */
export function isRandomKey(key: unknown): key is Uint8Array {
  const isWhole = key instanceof Uint8Array && key.length === keyBytes
  return isWhole && new Set(key).size >= leastDifferentBytes
}
