import type { ApiKey } from '../entities.ts'

export interface ApiKeyStatements {
  insertApiKey(apiKey: ApiKey, tokenDigest: Uint8Array): Promise<void>
  /** The user's API keys that have not expired at `now`. */
  countApiKeys(userId: string, now: Date): Promise<number>
  /**
   * Records that the user was notified of the key's expiry.
   *
   * @returns whether they had not been notified before
   */
  clearExpiryNotice(apiKey: ApiKey): Promise<boolean>
  /** @returns the deleted API key, or null if the user has none with this id */
  deleteApiKey(apiKey: OwnApiKey): Promise<ApiKey | null>
  /** Deletes every API key of a user. */
  deleteApiKeys(userId: string): Promise<void>
  /**
   * Deletes at most `maximum` API keys, of all users, with ids up to this one. Locked rows are skipped, as with
   * sessions.
   *
   * @returns how many were deleted
   */
  deleteApiKeysUpTo(id: string, limits: { maximum: number }): Promise<number>
}

/** Names an API key of a user: a user cannot name another one's. */
export type OwnApiKey = Pick<ApiKey, 'id' | 'userId'>
