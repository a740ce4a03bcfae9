import { base64url } from 'jose'
import { parseObject } from './json.ts'

/** A token in the compact form of RFC 7515, not verified yet. */
export interface Compact {
  readonly text: string
  readonly kid: string
  readonly typ: unknown
  readonly payload: Uint8Array
}

/** The API's tokens have some 600 characters. A text longer than this is not parsed. */
const maximumLength = 8_192

/** r and s, of 32 bytes each (RFC 7518 §3.4). */
const signatureBytes = 64

// SECURITY: a token must not contain its own key, or the URL of one (RFC 8725 §3.10). The other parameters mean that
// the token has to be read in another way.
const forbidden = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc']

/** @returns null if it is not such a token, is not signed with ES256, or does not name a key */
export function parseCompact(text: string): Compact | null {
  if (text.length > maximumLength) return null
  const parts = text.split('.')
  const [head, payload, signature] = parts.map(decodeCanonical)
  if (parts.length !== 3 || !head || !payload || signature?.length !== signatureBytes) return null
  const header = parseObject(head)
  if (!header || forbidden.some((name) => header.has(name))) return null
  const kid = header.get('kid')
  // SECURITY: there is one algorithm, and the token does not choose it (RFC 8725 §3.1).
  if (header.get('alg') !== 'ES256' || typeof kid !== 'string') return null
  return isKeyId(kid) ? { text, kid, typ: header.get('typ'), payload } : null
}

/** Whether the text may be the id of a key: it cannot be a path, a query or a list. */
export function isKeyId(kid: string): boolean {
  return /^[\w-]{1,64}$/.test(kid)
}

// Different texts can decode to the same bytes: the last character of a part has two or four unused bits, which
// an encoder sets to zero (RFC 4648 §3.5). Only that text is accepted.
const canonical = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

function decodeCanonical(part: string): Uint8Array | null {
  return canonical.test(part) ? base64url.decode(part) : null
}
