import type { EmailAddress } from '../email-address.ts'
import type { Registration } from '../entities.ts'

export interface RegistrationStatements {
  /** With the digest of its token where its mail is leaving, else without. */
  insertRegistration(registration: Registration, tokenDigest: Uint8Array | null): Promise<void>
  /** @returns whether the registration is there, which it then is until the transaction ends */
  holdRegistration(id: string): Promise<boolean>
  /**
   * From now on it lives until `expiresAt`.
   *
   * @returns false where it has a token already
   */
  giveRegistrationToken(registration: Registration, tokenDigest: Uint8Array): Promise<boolean>
  /** Its mail did not arrive, and may be written anew. */
  withdrawRegistrationToken(tokenDigest: Uint8Array): Promise<void>
  /**
   * Of the same address, deletes those that came before and have no token, and of those that have one
   * all but so many that were given one last. One that is in somebody's hands may stay.
   */
  trimRegistrations(registration: Registration, maximum: number): Promise<void>
  /** Whether one waits for this address that has no token, and has not expired at `now`. */
  isRegistrationUnmailed(emailAddress: EmailAddress, now: Date): Promise<boolean>
  /**
   * One conditional statement: of any number at once, one finds it not expired.
   *
   * @returns what was consumed, or null
   */
  consumeRegistration(tokenDigest: Uint8Array, at: Date): Promise<Registration | null>
  /** All of an address; one that is in somebody's hands may stay. */
  deleteRegistrations(emailAddress: EmailAddress): Promise<void>
}
