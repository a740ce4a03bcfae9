import type { IssuedAccessToken, SubmittedAccessToken } from '../access-tokens.ts'
import type { Client } from '../client.ts'
import type { Authenticated } from '../entities.ts'
import type { Revocations } from '../revocations.ts'
import type { ListedSigningKey, PublicKey } from '../signing-keys.ts'

/** Signed tokens for other services, and the keys that sign them. */
export interface AccessTokenVerbs {
  /**
   * Issues a signed token for another service, where `accessTokens` are configured.
   *
   * @returns null where the session has ended meanwhile
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  issueAccessToken(
    authenticated: Authenticated,
    submitted: SubmittedAccessToken,
    client?: Client,
  ): Promise<IssuedAccessToken | null>
  /** The public keys that verify access tokens. */
  listPublicKeys(): Promise<PublicKey[]>
  /** The sessions whose access tokens are refused before they expire, as of a second ago. */
  listRevocations(): Promise<Revocations>
  listSigningKeys(): Promise<ListedSigningKey[]>
  /**
   * Makes another signing key, published at once: it signs in a quarter of an hour, or at once.
   *
   * @returns its id, or null where another key was made at the same moment
   */
  rotateSigningKey(when: { signs: 'soon' | 'at_once' }): Promise<string | null>
  /** Revokes a signing key that has leaked; the key that signs now stays. */
  revokeSigningKey(id: string): Promise<'revoked' | 'unknown' | 'signing'>
}
