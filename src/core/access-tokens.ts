// What the verbs here promise is written in verbs/access-tokens.ts.
import { type AccessTokens, accessTokenSeconds, toleratedSeconds } from './access-token-policy.ts'
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Authenticated, Session } from './entities.ts'
import { AuthError, type InvalidField } from './errors.ts'
import { Secret } from './secret.ts'
import { expiresAt } from './session-expiry.ts'
import type { Random } from './tokens.ts'

/** What a client wants an access token for. */
export interface SubmittedAccessToken {
  /** One of `accessTokens.audiences`. */
  readonly audience: string
  /** Some of `apiKeys.scopes`, or null for all of them. */
  readonly scopes: readonly string[] | null
}

/** A token for another service, which verifies it without asking us. It is stored nowhere. */
export interface IssuedAccessToken {
  readonly token: Secret
  readonly expiresInSeconds: number
}

export async function issueAccessToken(
  config: Configuration,
  { session, user }: Authenticated,
  { submitted, client }: { submitted: SubmittedAccessToken; client: Client },
): Promise<IssuedAccessToken | null> {
  const { issuer, audiences, keyRing } = requireAccessTokens(config)
  const { audience: aud } = submitted
  const scopes = submitted.scopes ?? config.apiKeys.scopes
  requireValid(config, audiences, submitted)
  await config.guard.count('access_token', { account: user.id, client })
  // First, so that nothing is written if there is no key to sign with.
  const { kid, key } = await keyRing.signer()
  const { issuedAt, iat, exp } = lifeOf(config, session)
  const alias = {
    sid: randomName(config.random),
    issuedAt,
    expiresAt: new Date((exp + toleratedSeconds) * 1_000),
  }
  // SECURITY: the alias is stored before the token is signed: a token without one could not be revoked.
  const sid = await config.store.transaction((transaction) =>
    transaction.putSessionAlias(session, alias),
  )
  if (sid === null) return null
  const scope = scopes.length > 0 ? { scope: [...new Set(scopes)].join(' ') } : {}
  const jti = randomName(config.random)
  const claims = { iss: issuer, aud, sub: user.id, sid, ...scope, jti, iat, exp }
  const { SignJWT } = await import('jose')
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .sign(key)
  return { token: new Secret(token), expiresInSeconds: exp - iat }
}

/** @throws Error if no access tokens are issued, which is a mistake of the caller */
export function requireAccessTokens({ accessTokens }: Configuration): AccessTokens {
  if (accessTokens) return accessTokens
  throw new Error('Pass accessTokens with audiences and a keyEncryptionKey to createAuth()')
}

function requireValid(
  { apiKeys }: Configuration,
  audiences: readonly string[],
  { audience, scopes }: SubmittedAccessToken,
): void {
  const fields: InvalidField[] = []
  if (!audiences.includes(audience)) fields.push({ field: 'audience', code: 'inclusion' })
  const isDeclared = scopes?.every((scope) => apiKeys.scopes.includes(scope)) ?? true
  if (scopes?.length === 0 || !isDeclared) fields.push({ field: 'scope', code: 'inclusion' })
  if (fields.length > 0) throw new AuthError('validation_failed', { fields })
}

// A token expires with its session, in whole seconds, rounded up. RFC 7519 §2 would allow fractions.
function lifeOf(config: Configuration, session: Session) {
  const issuedAt = config.clock()
  const iat = Math.floor(issuedAt.getTime() / 1_000)
  const end = Math.ceil(expiresAt(config, session).getTime() / 1_000)
  return { issuedAt, iat, exp: Math.max(iat + 1, Math.min(iat + accessTokenSeconds, end)) }
}

// 128 random bits: a name can neither be guessed nor occur twice.
function randomName(random: Random): string {
  return Buffer.from(random(16)).toString('base64url')
}
