import type { Client } from '../client.ts'
import type { Authenticated, PasswordSchemeCount, User } from '../entities.ts'
import type { SubmittedChallenge } from '../freshness.ts'
import type { SubmittedCredentials } from '../log-ins.ts'
import type { PasswordChange, SubmittedPasswordChange } from '../passwords.ts'

/** Passwords, and the links by which they are reset. */
export interface PasswordVerbs {
  /**
   * Whether a text is the user's password. Each try counts.
   *
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  verifyPassword(user: User, submitted: SubmittedChallenge): Promise<boolean>
  /**
   * Changes the password of whoever knows the old one, and ends the user's other sessions.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
   */
  changePassword(
    authenticated: Authenticated,
    change: SubmittedPasswordChange,
  ): Promise<PasswordChange>
  /**
   * Queues the mail with a link; says nothing of whether anybody has the address.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  /** Whether the token of a link would be accepted now. */
  isPasswordResetLive(token: string): Promise<boolean>
  /**
   * Spends the token of a link: sets the password, ends every session and API key of the user,
   * logs nobody in.
   *
   * @returns null for a token that is malformed, unknown, spent or expired
   * @throws AuthError `validation_failed`, which leaves the token good, `overloaded`, `unavailable`
   */
  resetPassword(token: string, password: string, client?: Client): Promise<User | null>
  /**
   * Another password without the old one, for seeds and consoles; sessions live on.
   *
   * @returns null where nobody has the address
   * @throws AuthError `validation_failed`, `overloaded`, `unavailable`
   */
  setPassword(credentials: SubmittedCredentials): Promise<User | null>
  /** How many users still have a hash of another system, by kind and cost. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /**
   * Takes these hashes away: a password is then chosen by a reset mail, and log-in costs no more than
   * a hash of today.
   *
   * @returns how many users there were
   * @throws AuthError `unavailable`, with some of them taken away: asked again, it takes the others
   */
  forgetImportedPasswords(client?: Client): Promise<number>
}
