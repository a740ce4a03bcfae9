import type { CryptoKey } from 'jose'
import { CachedRead } from '../cached-read.ts'
import type { SigningKey } from '../entities.ts'
import { AuthError } from '../errors.ts'
import {
  makeFirstSigningKey,
  openSigningKey,
  type PublicKey,
  publishedAt,
  rotateSigningKey,
  type SigningKeysContext,
  signingKeyAt,
  toPublicKey,
} from '../signing-keys.ts'
import type { KeyEncryption } from './key-encryption.ts'

// After this time every process knows of a new or deleted key.
const keptMilliseconds = 60_000
// Before the first key exists, requests for the keys read the database at most this often.
const publishedMilliseconds = 1_000

/** The key that signs now, and its id. */
export interface Signer {
  readonly kid: string
  readonly key: CryptoKey
}

/** The signing keys that this process has read and decrypted, so that it need not do so for each token. */
export class KeyRing {
  readonly #context: SigningKeysContext
  readonly #encryption: KeyEncryption
  readonly #keys: CachedRead<readonly SigningKey[]>
  readonly #published: CachedRead<readonly SigningKey[]>
  readonly #opened = new Map<string, Promise<CryptoKey>>()
  #making: Promise<unknown> | null = null

  constructor(context: SigningKeysContext, encryption: KeyEncryption) {
    this.#context = context
    this.#encryption = encryption
    const { clock } = context
    const read = () => this.#read()
    this.#keys = new CachedRead({ read, clock, milliseconds: keptMilliseconds })
    const publish = () => this.#publish()
    this.#published = new CachedRead({ read: publish, clock, milliseconds: publishedMilliseconds })
  }

  /**
   * The key for the next token. The first call makes the first key.
   *
   * @throws AuthError `unavailable`, also if the key cannot be decrypted
   */
  async signer(): Promise<Signer> {
    const { clock } = this.#context
    if ((await this.#keys.get()).length === 0) await this.#makeFirst()
    const key = signingKeyAt(await this.#keys.get(), clock())
    if (!key) throw new Error('The signing key that was just made is gone')
    return { kid: key.id, key: await this.#open(key) }
  }

  /** @throws AuthError `unavailable` */
  async published(): Promise<PublicKey[]> {
    const keys = await this.#published.get()
    return publishedAt(keys, this.#context.clock()).map(toPublicKey)
  }

  /** @throws AuthError `unavailable` */
  async rotate(when: { signs: 'soon' | 'at_once' }): Promise<SigningKey | null> {
    const key = await rotateSigningKey(this.#context, this.#encryption, when)
    this.forget()
    return key
  }

  /** Makes this process read the keys again, since they have changed. */
  forget(): void {
    this.#keys.forget()
    this.#published.forget()
  }

  async #publish(): Promise<readonly SigningKey[]> {
    const keys = await this.#keys.get()
    // Not kept: another process may be making the first key.
    if (keys.length === 0) this.#keys.forget()
    return keys
  }

  async #read(): Promise<readonly SigningKey[]> {
    const keys = await this.#context.store.listSigningKeys()
    const gone = [...this.#opened.keys()].filter((id) => !keys.some((key) => key.id === id))
    for (const id of gone) this.#opened.delete(id)
    return keys
  }

  // Only one caller in this process makes the key; if several processes do, the database accepts one of the keys.
  #makeFirst(): Promise<unknown> {
    this.#making ??= makeFirstSigningKey(this.#context, this.#encryption).finally(() => {
      this.#making = null
      this.forget()
    })
    return this.#making
  }

  async #open(key: SigningKey): Promise<CryptoKey> {
    const opened = this.#opened.get(key.id) ?? openSigningKey(key, this.#encryption)
    this.#opened.set(key.id, opened)
    try {
      return await opened
    } catch (error) {
      // Read again at the next call, since an operator may be making another key.
      this.#opened.delete(key.id)
      this.forget()
      const cause = new Error(`${unreadable} ${key.id}: ${remedy}`, { cause: error })
      throw new AuthError('unavailable', { cause })
    }
  }
}

const unreadable = 'KEY_ENCRYPTION_KEY does not decrypt the signing key'
const remedy =
  'set the one that it was made with, or make another signing key with latchkey signing-keys rotate --now'
