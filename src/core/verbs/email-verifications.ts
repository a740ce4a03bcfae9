import type { Client } from '../client.ts'
import type { SubmittedProof, Verified } from '../email-verifications.ts'
import type { Authenticated } from '../entities.ts'

/** Proofs of an address, and changes to another one. */
export interface EmailVerificationVerbs {
  /**
   * Queues the mail with a link that proves the user's address; does nothing where it is proved.
   *
   * @returns false where the session has ended meanwhile
   * @throws AuthError `rate_limited`, `unavailable`
   */
  requestEmailVerification(authenticated: Authenticated, client?: Client): Promise<boolean>
  /**
   * Queues the mail with a link that gives the user another address. The caller does not learn
   * whether somebody has that address; its owner does.
   *
   * @returns false where the session has ended meanwhile
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
   * Consumes the token of such a link, for whoever is logged in as its user or knows the password; or that of a waiting
   * sign-up, for whoever knows its password, which creates the user.
   *
   * @throws AuthError `email_address_taken`, `validation_failed` by a hook, `rate_limited`, `overloaded`, `unavailable`
   */
  verifyEmailAddress(submitted: SubmittedProof, client?: Client): Promise<Verified>
}
