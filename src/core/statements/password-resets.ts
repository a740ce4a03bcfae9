import type { PasswordReset } from '../entities.ts'

export interface PasswordResetStatements {
  /** Also deletes the user's resets that are consumed or have expired at `createdAt`. */
  insertPasswordReset(reset: PasswordReset, tokenDigest: Uint8Array): Promise<void>
  /**
   * A single conditional statement: of concurrent calls only one consumes a live token.
   *
   * @returns what was consumed, or null
   */
  consumePasswordReset(tokenDigest: Uint8Array, at: Date): Promise<PasswordReset | null>
  deletePasswordReset(tokenDigest: Uint8Array): Promise<void>
  /** Deletes the user's resets that were not consumed. */
  deletePasswordResets(userId: string): Promise<void>
}
