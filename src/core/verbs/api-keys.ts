import type { CreatedApiKey, SubmittedApiKey } from '../api-keys.ts'
import type { Client } from '../client.ts'
import type { ApiKey, Authenticated, Authorized } from '../entities.ts'
import type { Secret } from '../secret.ts'
import type { OwnApiKey } from '../statements/api-keys.ts'
import type { OwnSession } from '../statements/sessions.ts'

/** API keys: tokens for programs, with scopes. */
export interface ApiKeyVerbs {
  /**
   * Creates an API key for a user whose address is verified, and queues the notice. The key can do what its scopes
   * allow, never more than its user, and cannot change the user or their sessions.
   *
   * @returns null if the session has ended meanwhile
   * @throws AuthError `validation_failed`, `email_address_unverified`, `too_many_api_keys`,
   *   `rate_limited`, `unavailable`
   */
  createApiKey(
    authenticated: Authenticated,
    submitted: SubmittedApiKey,
    client?: Client,
  ): Promise<CreatedApiKey | null>
  /**
   * A page of a user's unexpired API keys, newest first.
   *
   * @throws RangeError if `after` is not an id, or `limit` not a whole number
   */
  listApiKeys(userId: string, page: { limit: number; after: string | null }): Promise<ApiKey[]>
  /**
   * Revokes an API key: its token is refused from the moment this resolves. Without a `client`, the event names
   * an operator.
   *
   * @returns whether the user had such a key, and it had not expired
   */
  revokeApiKey(apiKey: OwnApiKey, client?: Client): Promise<boolean>
  /**
   * The same, for users who revoke a key of their own.
   *
   * @param session the session that acts
   * @returns null if that session has ended meanwhile
   */
  revokeOwnApiKey(session: OwnSession, id: string, client?: Client): Promise<boolean | null>
  /**
   * Revokes every API key of every user, in small steps, so that other writers need not wait. A key that is created
   * meanwhile stays.
   *
   * @returns how many there were, including expired ones that were not swept yet
   * @throws AuthError `unavailable`, possibly after some of them were revoked: call it again for the rest
   */
  revokeAllApiKeys(client?: Client): Promise<number>
  /**
   * The user on whose behalf an API key acts, and what it may do. One indexed read; each use counts against the key's
   * limit, which takes one write per block of uses.
   *
   * @returns null if the token is malformed, unknown, revoked or expired, or its user is banned
   * @throws AuthError `rate_limited`, `unavailable`
   */
  authenticateApiKey(token: string | Secret): Promise<Authorized | null>
}
