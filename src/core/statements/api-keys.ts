import type { ApiKey } from '../entities.ts'

export interface ApiKeyStatements {
  insertApiKey(apiKey: ApiKey, tokenDigest: Uint8Array): Promise<void>
  /** Those of a user that have not expired at `now`. */
  countApiKeys(userId: string, now: Date): Promise<number>
  /**
   * Notes that its user is told that it ends.
   *
   * @returns whether they were not yet
   */
  clearExpiryNotice(apiKey: ApiKey): Promise<boolean>
  /** @returns the API key that ended, or null where the user has none with this id */
  deleteApiKey(apiKey: OwnApiKey): Promise<ApiKey | null>
  /** Ends every API key of a user. */
  deleteApiKeys(userId: string): Promise<void>
  /**
   * Ends so many API keys at most, whosever, whose ids are not greater than this one. What is in
   * somebody's hands stays, as with sessions.
   *
   * @returns how many
   */
  deleteApiKeysUpTo(id: string, limits: { maximum: number }): Promise<number>
}

/** An API key, as the user whose it is may name it. */
export type OwnApiKey = Pick<ApiKey, 'id' | 'userId'>
