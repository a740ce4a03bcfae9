import type { Compact } from './compact.ts'
import { parseObject } from './json.ts'
import type { Settings } from './options.ts'

/** The caller, according to a verified access token. */
export interface AccessToken {
  readonly userId: string
  /** An alias of the session. It is not a credential, and no credential can be derived from it. */
  readonly sid: string
  readonly scopes: readonly string[]
  readonly jti: string
  readonly expiresAt: Date
}

/** An access token, with what only its verification needs. */
export interface Claims {
  readonly accessToken: AccessToken
  readonly issuedAtSeconds: number
}

/** By how much the clocks of two machines may differ. */
const toleratedSeconds = 30

/** The API's tokens are valid for 300; one with a longer life than this was made for another purpose. */
const maximumLifeSeconds = 900

/** @returns null unless it is an access token for this audience, valid now */
export function readClaims(
  { typ, payload }: Compact,
  { issuer, audience, clock }: Pick<Settings, 'issuer' | 'audience' | 'clock'>,
): Claims | null {
  const claims = isAccessTokenType(typ) ? parseObject(payload) : null
  if (!claims || claims.get('iss') !== issuer || !isFor(claims.get('aud'), audience)) return null
  const life = readLife(claims, clock().getTime() / 1_000)
  const scopes = parseScope(claims.get('scope'))
  const [userId, sid, jti] = ['sub', 'sid', 'jti'].map((name) => requireText(claims.get(name)))
  if (!life || !scopes || !userId || !sid || !jti) return null
  const expiresAt = new Date(life.expires * 1_000)
  return { accessToken: { userId, sid, scopes, jti, expiresAt }, issuedAtSeconds: life.issued }
}

// SECURITY: tells an access token from all other tokens that the API may ever sign (RFC 9068 §4).
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ)
}

// A single audience: if there were two, one could use the token at the other.
function isFor(aud: unknown, audience: string): boolean {
  return aud === audience || (Array.isArray(aud) && aud.length === 1 && aud[0] === audience)
}

function readLife(
  claims: ReadonlyMap<string, unknown>,
  now: number,
): { issued: number; expires: number } | null {
  const [issued, expires] = [claims.get('iat'), claims.get('exp')]
  if (!isInstant(issued) || !isInstant(expires)) return null
  const starts = claims.has('nbf') ? claims.get('nbf') : issued
  if (!isInstant(starts)) return null
  const isNow =
    Math.max(issued, starts) - toleratedSeconds <= now && now < expires + toleratedSeconds
  const life = expires - issued
  return isNow && life > 0 && life <= maximumLifeSeconds ? { issued, expires } : null
}

function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function parseScope(scope: unknown): readonly string[] | null {
  if (scope === undefined) return []
  const isList = typeof scope === 'string' && /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(scope)
  return isList ? scope.split(' ') : null
}

function requireText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
