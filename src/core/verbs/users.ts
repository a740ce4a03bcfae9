import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Session, User } from '../entities.ts'
import type { SignedUp, SubmittedSignUp } from '../sign-ups.ts'
import type { UserPage } from '../store.ts'
import type { NamedUser } from '../users.ts'

/** Who can log in. */
export interface UserVerbs {
  /**
   * Where `signUp` is `confirm`, no user exists before the link in the mail is opened; nothing tells whether the
   * address is taken.
   *
   * @throws AuthError `sign_up_closed`, `validation_failed`, `rate_limited`, `email_address_taken`, `overloaded`,
   *   `unavailable`
   */
  signUp(submitted: SubmittedSignUp, client?: Client): Promise<SignedUp>
  /**
   * Creates a user without a session, for seeds and consoles: no limit counts it.
   *
   * @throws AuthError `validation_failed`, `email_address_taken`, `overloaded`, `unavailable`
   */
  createUser(credentials: SubmittedCredentials): Promise<User>
  /**
   * @returns the user, or null where there is none
   * @throws AuthError `unavailable`
   */
  findUser(named: NamedUser): Promise<User | null>
  /**
   * Oldest first.
   *
   * @throws RangeError for an `after` that is not an id, and a `limit` that is no whole number
   * @throws AuthError `unavailable`
   */
  listUsers(page: UserPage): Promise<User[]>
  /**
   * Bans a user from the next request on: every session and API key ends.
   *
   * @returns the user, or null where there is none
   */
  banUser(userId: string, client?: Client): Promise<User | null>
  /** @returns the user, who may log in again, or null where there is none */
  unbanUser(userId: string, client?: Client): Promise<User | null>
  /**
   * Deletes a user and everything that is theirs; of events, only addresses and agents. The address
   * may sign up again. Without a client it counts as an operator's act.
   */
  deleteUser(user: User, client?: Client): Promise<void>
  /**
   * The same for users who delete themselves.
   *
   * @returns false where the session has ended meanwhile
   */
  deleteOwnUser(session: Session, client?: Client): Promise<boolean>
}
