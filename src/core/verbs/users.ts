import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Session, User } from '../entities.ts'
import type { SignedUp, SubmittedSignUp } from '../sign-ups.ts'
import type { UserPage } from '../store.ts'
import type { NamedUser } from '../users.ts'

/** Who can log in. */
export interface UserVerbs {
  /**
   * Signs somebody up. If the option `signUp` is `confirm`, no user exists until the link in the mail is opened, and
   * the caller does not learn whether the address is taken.
   *
   * @throws AuthError `sign_up_closed`, `validation_failed`, `rate_limited`, `email_address_taken`, `overloaded`,
   *   `unavailable`
   */
  signUp(submitted: SubmittedSignUp, client?: Client): Promise<SignedUp>
  /**
   * Creates a user without a session, for seeds and consoles. It counts against no limit.
   *
   * @throws AuthError `validation_failed`, `email_address_taken`, `overloaded`, `unavailable`
   */
  createUser(credentials: SubmittedCredentials): Promise<User>
  /**
   * @returns the user, or null if there is none
   * @throws AuthError `unavailable`
   */
  findUser(named: NamedUser): Promise<User | null>
  /**
   * A page of all users, oldest first.
   *
   * @throws RangeError if `after` is not an id, or `limit` not a whole number
   * @throws AuthError `unavailable`
   */
  listUsers(page: UserPage): Promise<User[]>
  /**
   * Bans a user from the next request on: every session and API key is revoked, mailed links are voided, and log-ins
   * fail as if the password were wrong.
   *
   * @returns the user, or null if there is none
   */
  banUser(userId: string, client?: Client): Promise<User | null>
  /** @returns the user, who may log in again, or null if there is none */
  unbanUser(userId: string, client?: Client): Promise<User | null>
  /**
   * Deletes a user and everything that belongs to them: sessions, API keys, links, queued mails, and rows of your tables
   * that refer to the user with ON DELETE CASCADE. The address may sign up again. Events stay, without email addresses,
   * IP addresses and user agents; and digests of the user's ids, so that no import brings the user back. Without a
   * `client`, the event names an operator.
   */
  deleteUser(user: User, client?: Client): Promise<void>
  /**
   * The same, for users who delete themselves.
   *
   * @returns false if the session has ended meanwhile
   */
  deleteOwnUser(session: Session, client?: Client): Promise<boolean>
}
