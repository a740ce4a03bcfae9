import type { EmailChange, EmailProof, EmailVerification } from '../entities.ts'

export interface EmailVerificationStatements {
  /** Also deletes the user's verifications that have expired at `createdAt`. */
  insertEmailVerification(verification: EmailVerification, tokenDigest: Uint8Array): Promise<void>
  /**
   * A single conditional statement: of concurrent calls only one consumes a live token.
   *
   * @returns what was consumed, or null
   */
  consumeEmailVerification(tokenDigest: Uint8Array, at: Date): Promise<EmailVerification | null>
  deleteEmailVerification(tokenDigest: Uint8Array): Promise<void>
  deleteEmailVerifications(userId: string): Promise<void>
  /** Replaces the change that the user requested before, if any. */
  putEmailChange(change: EmailChange): Promise<void>
  /** @returns whether the user had requested this address */
  consumeEmailChange(proof: EmailProof): Promise<boolean>
  deleteEmailChange(userId: string): Promise<void>
}
