import type { PasswordReset } from '../entities.ts'

export interface PasswordResetStatements {
  /** Also deletes those of the user that are consumed or, at `createdAt`, expired. */
  insertPasswordReset(reset: PasswordReset, tokenDigest: Uint8Array): Promise<void>
  /**
   * One conditional statement: of any number at once, one finds it neither consumed nor expired.
   *
   * @returns what was consumed, or null
   */
  consumePasswordReset(tokenDigest: Uint8Array, at: Date): Promise<PasswordReset | null>
  deletePasswordReset(tokenDigest: Uint8Array): Promise<void>
  /** Those of the user that were not consumed. */
  deletePasswordResets(userId: string): Promise<void>
}
