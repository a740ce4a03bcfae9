import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Authenticated, PasswordSchemeCount, User } from '../entities.ts'
import type { PasswordChange, SubmittedPasswordChange } from '../passwords.ts'

/** Passwords, and the links by which they are reset. */
export interface PasswordVerbs {
  /**
   * Whether a text is the user's password. Each try counts.
   *
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  verifyPassword(user: User, challenge: string, client?: Client): Promise<boolean>
  /**
   * Changes the password for whoever knows the old one, and ends the user's other sessions.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
   */
  changePassword(
    authenticated: Authenticated,
    change: SubmittedPasswordChange,
    client?: Client,
  ): Promise<PasswordChange>
  /**
   * Queues the mail with a link; does not say whether anybody has the address.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  /** Whether the token of a link would be accepted now. */
  isPasswordResetLive(token: string): Promise<boolean>
  /**
   * Consumes the token of a link: sets the password, ends every session and API key of the user, logs nobody in.
   *
   * @returns null for a token that is malformed, unknown, spent or expired
   * @throws AuthError `validation_failed`, which leaves the token valid, `overloaded`, `unavailable`
   */
  resetPassword(token: string, password: string, client?: Client): Promise<User | null>
  /**
   * Sets a password without the old one, for seeds and consoles; sessions live on.
   *
   * @returns null where nobody has the address
   * @throws AuthError `validation_failed`, `overloaded`, `unavailable`
   */
  setPassword(credentials: SubmittedCredentials): Promise<User | null>
  /** How many users still have an imported hash, by kind and cost. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /**
   * Deletes these hashes: their users choose a password by a reset mail, and log-in costs no more
   * than a hash made today.
   *
   * @returns how many users there were
   * @throws AuthError `unavailable`, perhaps with some of them deleted: call it again for the rest
   */
  forgetImportedPasswords(client?: Client): Promise<number>
}
