import type { CachedRead } from './cached-read.ts'
import { keepRevocations, type Revocations } from './revocations.ts'
import { KeyEncryption } from './signing-keys/key-encryption.ts'
import { KeyRing } from './signing-keys/key-ring.ts'
import type { SigningKeysContext } from './signing-keys.ts'
import type { Store } from './store.ts'

/** The issuer and audiences of access tokens, and the key that encrypts their signing keys. */
export interface AccessTokenPolicy {
  /** `iss` of every token: an http or https URL without user, `?` and `#`, as resource servers know it. */
  readonly issuer: string
  /** Each `aud` that may be requested, such as `https://files.example.com`; if empty, no tokens are issued. */
  readonly audiences: readonly string[]
  /** 32 random bytes that encrypt the private keys in the database; if null, no tokens are issued. */
  readonly keyEncryptionKey: Uint8Array | null
}

/** The policy of an application that issues tokens, with the keys that sign them. */
export interface AccessTokens extends Pick<AccessTokenPolicy, 'issuer' | 'audiences'> {
  /** @internal */
  readonly keyRing: KeyRing
  /** @internal */
  readonly revocations: CachedRead<Revocations>
}

/** How long a token is valid, unless its session ends earlier. */
export const accessTokenSeconds = 300

/** How long after its expiry a server whose clock is behind may still accept a token. */
export const toleratedSeconds = 60

interface Context extends SigningKeysContext {
  readonly store: Store
}

/**
 * @returns null if no access tokens are issued
 * @throws RangeError for an invalid issuer or audience, or a key that could be guessed
 */
export function resolveAccessTokens(
  context: Context,
  policy: AccessTokenPolicy | undefined,
): AccessTokens | null {
  if (!policy) return null
  const { issuer, audiences, keyEncryptionKey } = policy
  const wrong = audiences.find((audience) => !isAudience(audience))
  if (wrong !== undefined)
    throw new RangeError(`accessTokens.audiences ${audienceWanted}, not ${wrong}`)
  const encryption = keyEncryptionKey && new KeyEncryption(keyEncryptionKey)
  if (audiences.length === 0 || !encryption) return null
  if (!isIssuer(issuer)) throw new RangeError(`accessTokens.issuer ${issuerWanted}, not ${issuer}`)
  const keyRing = new KeyRing(context, encryption)
  const lifeMilliseconds = (accessTokenSeconds + toleratedSeconds) * 1_000
  const revocations = keepRevocations(context, lifeMilliseconds)
  return { issuer, audiences: [...audiences], keyRing, revocations }
}

export const issuerWanted =
  'must be an http or https URL of 255 characters at most, without user, ? and #'
export const audienceWanted =
  'must be URLs or names of 1 to 255 characters, without spaces and commas'

export function isIssuer(text: string): boolean {
  if (!/^https?:\/\/[^\s?#"\\]{1,247}$/.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

export function isAudience(text: string): boolean {
  return /^[\w!#$%&'()*+./:;<=>?@[\]^`{|}~-]{1,255}$/.test(text)
}
