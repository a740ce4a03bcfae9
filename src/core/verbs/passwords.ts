import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Authenticated, PasswordSchemeCount, User } from '../entities.ts'
import type { PasswordChange, SubmittedPasswordChange } from '../passwords.ts'

/** Passwords, and the links by which they are reset. */
export interface PasswordVerbs {
  /**
   * Whether a text is the user's password. Each try counts against the limits.
   *
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  verifyPassword(user: User, challenge: string, client?: Client): Promise<boolean>
  /**
   * Changes the password of a user who knows the old one. Their other sessions are revoked, mailed links are voided, and
   * the notice is queued. API keys stay.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
   */
  changePassword(
    authenticated: Authenticated,
    change: SubmittedPasswordChange,
    client?: Client,
  ): Promise<PasswordChange>
  /**
   * Queues the mail with a reset link. The caller does not learn whether anybody has the address.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  /** Whether the token of a reset link would be accepted now. */
  isPasswordResetLive(token: string): Promise<boolean>
  /**
   * Consumes the token of a reset link: sets the password, revokes every session and API key of the user, voids other
   * links, and queues the notice. The address becomes verified, since its owner has read the mail. It logs nobody in.
   *
   * @returns null if the token is malformed, unknown, consumed or expired
   * @throws AuthError `validation_failed`, which leaves the token valid, `overloaded`, `unavailable`
   */
  resetPassword(token: string, password: string, client?: Client): Promise<User | null>
  /**
   * Sets a password without asking for the old one, for seeds and consoles. Sessions stay, mailed links are voided, and
   * a banned user stays banned.
   *
   * @returns the user, or null if nobody has the address
   * @throws AuthError `validation_failed`, `overloaded`, `unavailable`
   */
  setPassword(credentials: SubmittedCredentials): Promise<User | null>
  /** How many users still have an imported hash, by scheme. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /**
   * Deletes the imported hashes that no log-in has replaced, in small steps: their users choose a password by a reset
   * mail, and a log-in costs only a hash of our own again. Sessions stay.
   *
   * @returns how many users there were
   * @throws AuthError `unavailable`, possibly after some of them were deleted: call it again for the rest
   */
  forgetImportedPasswords(client?: Client): Promise<number>
}
