import type { IssuedAccessToken, SubmittedAccessToken } from '../access-tokens.ts'
import type { Client } from '../client.ts'
import type { Authenticated } from '../entities.ts'
import type { Revocations } from '../revocations.ts'
import type { ListedSigningKey, PublicKey } from '../signing-keys.ts'

/** Signed tokens for other services, and the keys that sign them. */
export interface AccessTokenVerbs {
  /**
   * Issues a signed token that identifies the user to one other service. It expires with the session, which it names by
   * an alias, and after five minutes at most.
   *
   * @returns null if the session has ended meanwhile
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   * @throws Error if no `accessTokens` are configured
   */
  issueAccessToken(
    authenticated: Authenticated,
    submitted: SubmittedAccessToken,
    client?: Client,
  ): Promise<IssuedAccessToken | null>
  /** The public keys with which services verify access tokens. */
  listPublicKeys(): Promise<PublicKey[]>
  /** The ended sessions whose access tokens have not expired yet; up to a second old. */
  listRevocations(): Promise<Revocations>
  /** All signing keys, the newest first. */
  listSigningKeys(): Promise<ListedSigningKey[]>
  /**
   * Makes another signing key and publishes it at once. It signs `soon`, which is in 15 minutes, or `at_once`.
   *
   * @returns its id, or null if another key was made at the same moment
   */
  rotateSigningKey(when: { signs: 'soon' | 'at_once' }): Promise<string | null>
  /**
   * Revokes a signing key that has leaked: services refuse its tokens as soon as they fetch the keys again. The key that
   * signs now cannot be revoked: rotate first.
   */
  revokeSigningKey(id: string): Promise<'revoked' | 'unknown' | 'signing'>
}
