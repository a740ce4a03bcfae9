import { createLocalJWKSet, type JWK } from 'jose'
import { isKeyId } from './compact.ts'
import { fetchJson } from './fetch-json.ts'
import type { Settings } from './options.ts'
import { Polled } from './polled.ts'

/** The keys that the API published at one time. */
export interface KeySet {
  readonly kids: ReadonlySet<string>
  readonly find: ReturnType<typeof createLocalJWKSet>
}

export interface PublishedKeys {
  /** The key set that contains this key; null if the API does not publish it. */
  holding(kid: string): Promise<KeySet | null | 'unavailable'>
}

/** How long a withdrawn key is still accepted; the API publishes new ones 15 minutes ahead. */
const maximumAgeSeconds = 600

/** SECURITY: the API is asked at most this often, even if many tokens name made-up keys. */
const unknownKeySeconds = 5

export function publishedKeys(settings: Settings): PublishedKeys {
  const url = `${settings.api}/.well-known/jwks.json`
  const { clock, onFailure } = settings
  const read = async () => parseKeySet(await fetchJson(url, settings.fetch))
  const polled = new Polled({ read, maximumAgeSeconds, clock, onFailure })
  return {
    holding: async (kid) => {
      const known = await polled.fresh()
      if (known?.kids.has(kid)) return known
      const newest = known && (await polled.newerThan(unknownKeySeconds))
      if (!newest) return 'unavailable'
      return newest.kids.has(kid) ? newest : null
    },
  }
}

/**
 * The public keys for ES256. Other keys in the set are for other uses.
 *
 * @throws TypeError if it is not a key set
 */
export function parseKeySet(json: unknown): KeySet {
  const keys: unknown = Object(json).keys
  if (!Array.isArray(keys)) throw new TypeError('A key set has a list of keys')
  const usable = keys.filter(isUsable)
  return { kids: new Set(usable.map(({ kid }) => kid)), find: createLocalJWKSet({ keys: usable }) }
}

// SECURITY: one key, one algorithm (RFC 8725 §3.1): a key without `alg` is not used.
function isUsable(key: unknown): key is JWK & { kid: string } {
  const { kty, crv, alg, kid } = Object(key)
  const isForUs = kty === 'EC' && crv === 'P-256' && alg === 'ES256'
  return isForUs && typeof kid === 'string' && isKeyId(kid)
}
