import { base64url } from 'jose'
import { parseObject } from './json.ts'

/** A token in the compact form of RFC 7515, of which nothing is believed yet. */
export interface Compact {
  readonly text: string
  readonly kid: string
  readonly typ: unknown
  readonly payload: Uint8Array
}

/** Ours are some 600 characters long. Nothing longer is looked into. */
const maximumLength = 8_192

/** r and s, of 32 bytes each (RFC 7518 §3.4). */
const signatureBytes = 64

// SECURITY: a key, or where to find one, never comes with the token (RFC 8725 §3.10). The others say
// that the rest is to be read in another way than here.
const forbidden = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc']

/** @returns null for what is no such token, is not signed with ES256, or names no key */
export function parseCompact(text: string): Compact | null {
  if (text.length > maximumLength) return null
  const parts = text.split('.')
  const [head, payload, signature] = parts.map(decodeCanonical)
  if (parts.length !== 3 || !head || !payload || signature?.length !== signatureBytes) return null
  const header = parseObject(head)
  if (!header || forbidden.some((name) => header.has(name))) return null
  const kid = header.get('kid')
  // SECURITY: one algorithm, and it is not the token that says which (RFC 8725 §3.1).
  if (header.get('alg') !== 'ES256' || typeof kid !== 'string') return null
  return isKeyId(kid) ? { text, kid, typ: header.get('typ'), payload } : null
}

/** What a key may be called: nothing that could be a path, a query or a list of names. */
export function isKeyId(kid: string): boolean {
  return /^[\w-]{1,64}$/.test(kid)
}

// What decodes to the same bytes is not the same text: the last character of a part has two or four
// bits that say nothing, and only zeros are what an encoder writes (RFC 4648 §3.5).
const canonical = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

function decodeCanonical(part: string): Uint8Array | null {
  return canonical.test(part) ? base64url.decode(part) : null
}
