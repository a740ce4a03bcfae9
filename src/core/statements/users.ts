import type { EmailAddress } from '../email-address.ts'
import type { EmailProof, User } from '../entities.ts'
import type { OwnSession } from './sessions.ts'

export interface UserStatements {
  /**
   * Keeps others from changing the user, or holding it, until the transaction ends. Whoever needs rows
   * of a user holds the user first: so nobody waits for each other.
   *
   * @returns the user as it is now, or null where there is none
   */
  holdUser(userId: string): Promise<User | null>
  /** @returns whether the session is there, which it then is until the transaction ends */
  holdSession(session: OwnSession): Promise<boolean>
  /** @returns whether the address was free: the unique index is the judge */
  insertUser(user: User, passwordHash: string): Promise<boolean>
  /**
   * Keeps the user's hash as it is until the transaction ends.
   *
   * @returns the user as it is now; null where there is none, is banned, or has another hash
   */
  holdPasswordHash(user: User, passwordHash: string): Promise<User | null>
  /**
   * Replaces the hash where it still is `from`, and the user is not banned. No other system's is left.
   *
   * @returns the user as it is now, or null where the hash was not replaced
   */
  replacePasswordHash(user: User, change: PasswordHashChange): Promise<User | null>
  /**
   * The new hash of a user, whatever the old one was.
   *
   * @returns the user as it is now, or null where there is none
   */
  setPasswordHash(userId: string, change: { to: string; at: Date }): Promise<User | null>
  /**
   * Puts `to` in the place of so many hashes of other systems at most.
   *
   * @returns how many
   */
  forgetImportedPasswords(change: { to: string; at: Date; maximum: number }): Promise<number>
  /**
   * Notes that the user's own address is proved.
   *
   * @returns the user, or null where the address is not theirs
   */
  verifyEmailAddress(proof: EmailProof, at: Date): Promise<User | null>
  /**
   * Gives the user another address, which is proved: the unique index is the judge.
   *
   * @returns the user, and the address before
   * @throws AuthError `email_address_taken`
   */
  replaceEmailAddress(
    proof: EmailProof,
    at: Date,
  ): Promise<{ user: User; previous: EmailAddress } | null>
  /**
   * Since when the user is banned; null to let them in again.
   *
   * @returns the user, or null where there is none
   */
  setBannedAt(userId: string, at: Date | null): Promise<User | null>
  /** Takes away the user and every row that refers to them. */
  deleteUser(userId: string): Promise<void>
}

export interface PasswordHashChange {
  readonly from: string
  readonly to: string
  /** What the user's `updatedAt` becomes; null where only the cost of the hash changed: it stays. */
  readonly at: Date | null
}
