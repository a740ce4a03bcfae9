import type { EmailAddress } from '../email-address.ts'
import type { EmailProof, User } from '../entities.ts'
import type { OwnSession } from './sessions.ts'

export interface UserStatements {
  /**
   * Locks the user's row until the transaction ends, against changes and other holders. Every transaction that needs
   * rows of a user holds the user first, which rules out deadlocks.
   *
   * @returns the user as it is now, or null if there is none
   */
  holdUser(userId: string): Promise<User | null>
  /** @returns whether the session exists; it is then locked until the transaction ends */
  holdSession(session: OwnSession): Promise<boolean>
  /** @returns whether the address was free: the unique index decides */
  insertUser(user: User, passwordHash: string): Promise<boolean>
  /**
   * Locks the user's hash until the transaction ends.
   *
   * @returns the user as it is now; null if there is none, or it is banned or has another hash
   */
  holdPasswordHash(user: User, passwordHash: string): Promise<User | null>
  /**
   * Replaces the hash if it is still `from`, and the user is not banned. It no longer counts as imported.
   *
   * @returns the user as it is now, or null if the hash was not replaced
   */
  replacePasswordHash(user: User, change: PasswordHashChange): Promise<User | null>
  /**
   * Sets the hash of a user, whatever the old one was.
   *
   * @returns the user as it is now, or null if there is none
   */
  setPasswordHash(userId: string, change: { to: string; at: Date }): Promise<User | null>
  /**
   * Replaces at most `maximum` imported hashes with `to`.
   *
   * @returns how many were replaced
   */
  forgetImportedPasswords(change: { to: string; at: Date; maximum: number }): Promise<number>
  /**
   * Marks the user's own address as verified.
   *
   * @returns the user, or null if the address is not the user's
   */
  verifyEmailAddress(proof: EmailProof, at: Date): Promise<User | null>
  /**
   * Gives the user another address, which is verified. The unique index decides whether it is free.
   *
   * @returns the user and the previous address, or null if there is no such user
   * @throws AuthError `email_address_taken`
   */
  replaceEmailAddress(
    proof: EmailProof,
    at: Date,
  ): Promise<{ user: User; previous: EmailAddress } | null>
  /**
   * Bans the user from `at` on; null lifts the ban.
   *
   * @returns the user, or null if there is none
   */
  setBannedAt(userId: string, at: Date | null): Promise<User | null>
  /** Deletes the user and every row that refers to it, except events, and marks it as deleted for imports. */
  deleteUser(userId: string): Promise<void>
}

export interface PasswordHashChange {
  readonly from: string
  readonly to: string
  /** The user's new `updatedAt`; null leaves it as it is, if only the cost of the hash has changed. */
  readonly at: Date | null
}
