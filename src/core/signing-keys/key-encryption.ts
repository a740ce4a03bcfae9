import { createSecretKey, type KeyObject } from 'node:crypto'

const keyBytes = 32
// All but a vanishing part of random keys have more.
const leastDifferentBytes = 16

const algorithms = { alg: 'dir', enc: 'A256GCM' } as const

/**
 * Encrypts signing keys, so that a copy of the database can sign nothing. `jose` is loaded at the
 * first use: most servers issue no access tokens.
 */
export class KeyEncryption {
  readonly #key: KeyObject

  /** @throws RangeError for a key that is not 256 bits, or that nobody has drawn at random */
  constructor(key: Uint8Array) {
    if (!isRandomKey(key)) throw new RangeError(`accessTokens.keyEncryptionKey ${randomKeyWanted}`)
    this.#key = createSecretKey(key)
  }

  /** In another row, or with a letter changed, the sealed text cannot be opened. */
  async seal(text: string, kid: string): Promise<string> {
    const { CompactEncrypt } = await import('jose')
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ ...algorithms, kid })
      .encrypt(this.#key)
  }

  /** @throws Error for a text that was sealed with another key, or under another `kid` */
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

/** Follows the name of the setting in an error. */
export const randomKeyWanted = `must be ${keyBytes} random bytes, as openssl rand -base64 ${keyBytes} makes them`

/** Whether these are 256 bits that may have been drawn at random: zeros were not. */
export function isRandomKey(key: unknown): key is Uint8Array {
  const isWhole = key instanceof Uint8Array && key.length === keyBytes
  return isWhole && new Set(key).size >= leastDifferentBytes
}
