import type { EmailChange, EmailProof, EmailVerification } from '../entities.ts'

export interface EmailVerificationStatements {
  /** Also deletes those of the user that are, at `createdAt`, expired. */
  insertEmailVerification(verification: EmailVerification, tokenDigest: Uint8Array): Promise<void>
  /**
   * One conditional statement: of any number at once, one finds it not expired.
   *
   * @returns what was consumed, or null
   */
  consumeEmailVerification(tokenDigest: Uint8Array, at: Date): Promise<EmailVerification | null>
  deleteEmailVerification(tokenDigest: Uint8Array): Promise<void>
  deleteEmailVerifications(userId: string): Promise<void>
  /** In the place of the one that the user wanted before. */
  putEmailChange(change: EmailChange): Promise<void>
  /** @returns whether this was the address that the user wanted */
  consumeEmailChange(proof: EmailProof): Promise<boolean>
  deleteEmailChange(userId: string): Promise<void>
}
