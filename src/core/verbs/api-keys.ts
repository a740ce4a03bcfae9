import type { CreatedApiKey, SubmittedApiKey } from '../api-keys.ts'
import type { Client } from '../client.ts'
import type { ApiKey, Authenticated, Authorized } from '../entities.ts'
import type { Secret } from '../secret.ts'
import type { OwnApiKey } from '../statements/api-keys.ts'
import type { OwnSession } from '../statements/sessions.ts'

/** API keys: tokens for programs, with scopes. */
export interface ApiKeyVerbs {
  /**
   * Creates an API key for a user whose address is proved.
   *
   * @returns null where the session has ended meanwhile
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
   * @throws RangeError for an `after` that is not an id, and a `limit` that is no whole number
   */
  listApiKeys(userId: string, page: { limit: number; after: string | null }): Promise<ApiKey[]>
  /**
   * Without a client it counts as an operator's act.
   *
   * @returns whether the user had such an API key, not yet expired; its token is refused from then on
   */
  revokeApiKey(apiKey: OwnApiKey, client?: Client): Promise<boolean>
  /**
   * The same for users who end one of their own.
   *
   * @param session the one that acts, which must be live
   * @returns null where it has ended meanwhile
   */
  revokeOwnApiKey(session: OwnSession, id: string, client?: Client): Promise<boolean | null>
  /**
   * Ends every API key of every user, in small steps. A key that is created meanwhile stays.
   *
   * @returns how many there were
   * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
   */
  revokeAllApiKeys(client?: Client): Promise<number>
  /**
   * The user in whose name an API key acts, and what it may do. Each use counts.
   *
   * @returns null for a token that is malformed, unknown, revoked or expired, or whose user is banned
   * @throws AuthError `rate_limited`, `unavailable`
   */
  authenticateApiKey(token: string | Secret): Promise<Authorized | null>
}
