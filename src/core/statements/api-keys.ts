import type { ApiKey } from '../entities.ts'

export interface ApiKeyStatements {
  insertApiKey(apiKey: ApiKey, tokenDigest: Uint8Array): Promise<void>
  /** The user's API keys that have not expired at `now`. */
  countApiKeys(userId: string, now: Date): Promise<number>
  /**
   * Notes that the user is told of the key's expiry.
   *
   * @returns whether they had not been told before
   */
  clearExpiryNotice(apiKey: ApiKey): Promise<boolean>
  /** @returns the deleted API key, or null where the user has none with this id */
  deleteApiKey(apiKey: OwnApiKey): Promise<ApiKey | null>
  /** Ends every API key of a user. */
  deleteApiKeys(userId: string): Promise<void>
  /**
   * Ends at most `maximum` API keys, of any user, with ids up to this one. Locked rows are skipped,
   * as with sessions.
   *
   * @returns how many ended
   */
  deleteApiKeysUpTo(id: string, limits: { maximum: number }): Promise<number>
}

/** An API key and its owner: users name only their own. */
export type OwnApiKey = Pick<ApiKey, 'id' | 'userId'>
