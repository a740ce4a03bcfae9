// What the verbs here promise is written in verbs/access-tokens.ts.
import type { CryptoKey } from 'jose'
import type { SigningKey } from './entities.ts'
import type { KeyEncryption } from './signing-keys/key-encryption.ts'
import type { Store } from './store.ts'

// Longer than a resource server caches the keys.
const announcedMilliseconds = 15 * 60_000
// Five minutes for the last token that the key signed, one for a process that does not know the next key yet, one for
// differences between clocks, and one to spare.
const retiredMilliseconds = 8 * 60_000

const algorithm = 'ES256'

/** The part of the configuration that signing keys need. */
export interface SigningKeysContext {
  readonly store: Pick<Store, 'listSigningKeys' | 'transaction'>
  readonly clock: () => Date
  readonly newId: (at: Date) => string
}

/** The public part of a signing key (RFC 7517 §4, RFC 7518 §6.2.1). */
export interface PublicKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/**
 * The key that signs now; null if there are none.
 *
 * @param keys all keys, newest first
 */
export function signingKeyAt(keys: readonly SigningKey[], now: Date): SigningKey | null {
  const [first = null] = keys.toSorted(
    (one, other) => Number(one.signsFrom) - Number(other.signsFrom),
  )
  return keys.find(({ signsFrom }) => signsFrom <= now) ?? first
}

/**
 * The keys that are published: those that will sign, the one that signs, and those whose tokens may still be accepted.
 *
 * @param keys all keys, newest first
 */
export function publishedAt(keys: readonly SigningKey[], now: Date): SigningKey[] {
  let takenOverAt = Number.POSITIVE_INFINITY
  return keys.filter(({ signsFrom }) => {
    const isPublished = takenOverAt > now.getTime() - retiredMilliseconds
    takenOverAt = Math.min(takenOverAt, signsFrom.getTime())
    return isPublished
  })
}

// `soon` is when every resource server knows the new key. The first key signs at once, since there is no other.
export async function rotateSigningKey(
  context: SigningKeysContext,
  encryption: KeyEncryption,
  { signs }: { signs: 'soon' | 'at_once' },
): Promise<SigningKey | null> {
  const [newest] = await context.store.listSigningKeys()
  if (!newest) return makeFirstSigningKey(context, encryption)
  const waitMilliseconds = signs === 'soon' ? announcedMilliseconds : 0
  return makeKey(context, encryption, { generation: newest.generation + 1, waitMilliseconds })
}

/**
 * Makes the first key, which signs at once. Only one of several concurrent calls makes it.
 *
 * @returns the key, or null if there is one already
 * @throws AuthError `unavailable`
 */
export function makeFirstSigningKey(
  context: SigningKeysContext,
  encryption: KeyEncryption,
): Promise<SigningKey | null> {
  return makeKey(context, encryption, { generation: 1, waitMilliseconds: 0 })
}

async function makeKey(
  { store, clock, newId }: SigningKeysContext,
  encryption: KeyEncryption,
  { generation, waitMilliseconds }: { generation: number; waitMilliseconds: number },
): Promise<SigningKey | null> {
  const createdAt = clock()
  const id = newId(createdAt)
  const key = {
    id,
    generation,
    algorithm,
    ...(await newKeyPair(id, encryption)),
    createdAt,
    signsFrom: new Date(createdAt.getTime() + waitMilliseconds),
  } as const
  const isNext = await store.transaction((transaction) => transaction.insertSigningKey(key))
  return isNext ? key : null
}

async function newKeyPair(id: string, encryption: KeyEncryption) {
  const { exportJWK, generateKeyPair } = await import('jose')
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const secret = JSON.stringify(await exportJWK(privateKey))
  return {
    publicKey: JSON.stringify(await exportJWK(publicKey)),
    privateKey: await encryption.seal(secret, id),
  }
}

/** A signing key without its key material, and its status. */
export interface ListedSigningKey
  extends Pick<SigningKey, 'id' | 'algorithm' | 'createdAt' | 'signsFrom'> {
  /**
   * `next`: it will sign. `signing`: it signs now. `retiring`: it signs no more, but its tokens may still be accepted.
   * `retired`: its tokens are no longer accepted.
   */
  readonly status: 'next' | 'signing' | 'retiring' | 'retired'
}

export async function listSigningKeys({
  store,
  clock,
}: Pick<SigningKeysContext, 'store' | 'clock'>): Promise<ListedSigningKey[]> {
  const keys = await store.listSigningKeys()
  const now = clock()
  const signing = signingKeyAt(keys, now)
  const published = publishedAt(keys, now)
  return keys.map((key) => {
    const { id, generation, algorithm, createdAt, signsFrom } = key
    const past = published.includes(key) ? 'retiring' : 'retired'
    const isNext = signing !== null && generation > signing.generation
    const status = key === signing ? 'signing' : isNext ? 'next' : past
    return { id, algorithm, createdAt, signsFrom, status }
  })
}

// The key that signs now is not deleted, or an older one would sign again.
export async function revokeSigningKey(
  { store, clock }: Pick<SigningKeysContext, 'store' | 'clock'>,
  id: string,
): Promise<'revoked' | 'unknown' | 'signing'> {
  const now = clock()
  const isGone = await store.transaction((transaction) => transaction.deleteSigningKey(id, now))
  if (isGone) return 'revoked'
  const keys = await store.listSigningKeys()
  return keys.some((key) => key.id === id) ? 'signing' : 'unknown'
}

/** @throws Error if the signing key was encrypted with another key */
export async function openSigningKey(
  { id, privateKey }: SigningKey,
  encryption: KeyEncryption,
): Promise<CryptoKey> {
  const { importJWK } = await import('jose')
  const key = await importJWK(JSON.parse(await encryption.open(privateKey, id)), algorithm)
  if (key instanceof Uint8Array) throw new Error('The signing key is not a private key')
  return key
}

// SECURITY: the members are named one by one, so that no private member can be published.
export function toPublicKey({ id, publicKey }: SigningKey): PublicKey {
  const { x, y } = JSON.parse(publicKey)
  return { kty: 'EC', crv: 'P-256', x, y, kid: id, alg: algorithm, use: 'sig' }
}
