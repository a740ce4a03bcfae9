import type { Client } from '../client.ts'
import type { SubmittedProof, Verified } from '../email-verifications.ts'
import type { Authenticated } from '../entities.ts'

/** Verifying an address, and changing it. */
export interface EmailVerificationVerbs {
  /**
   * Queues the mail with a link that verifies the user's address; does nothing if it is verified already.
   *
   * @returns false if the session has ended meanwhile
   * @throws AuthError `rate_limited`, `unavailable`
   */
  requestEmailVerification(authenticated: Authenticated, client?: Client): Promise<boolean>
  /**
   * Queues the mail with a link that changes the user's address. Nothing else changes until the link is used; the link
   * of an earlier request becomes useless. Only the mail says whether the new address is taken: the caller does not
   * learn it.
   *
   * @returns false if the session has ended meanwhile
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestEmailChange(
    authenticated: Authenticated,
    emailAddress: string,
    client?: Client,
  ): Promise<boolean>
  /** Whether the token of such a link would be accepted now. */
  isEmailVerificationLive(token: string): Promise<boolean>
  /**
   * Consumes the token of such a link, for somebody who is logged in as its user or knows the password: the address
   * becomes verified. If it was requested as a new address, it becomes the user's, and the previous address is notified.
   * The token of a waiting sign-up needs that sign-up's password, and creates the user.
   *
   * @throws AuthError `email_address_taken`, `rate_limited`, `overloaded`, `unavailable`, or what a hook throws
   */
  verifyEmailAddress(submitted: SubmittedProof, client?: Client): Promise<Verified>
}
