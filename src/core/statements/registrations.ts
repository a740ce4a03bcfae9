import type { EmailAddress } from '../email-address.ts'
import type { Registration } from '../entities.ts'

export interface RegistrationStatements {
  /** The digest is null until the registration's mail leaves. */
  insertRegistration(registration: Registration, tokenDigest: Uint8Array | null): Promise<void>
  /** @returns whether the registration exists; it is then locked until the transaction ends */
  holdRegistration(id: string): Promise<boolean>
  /**
   * It then lives until its `expiresAt`.
   *
   * @returns false where it already has a token
   */
  giveRegistrationToken(registration: Registration, tokenDigest: Uint8Array): Promise<boolean>
  /** For a mail that did not arrive: another may be written. */
  withdrawRegistrationToken(tokenDigest: Uint8Array): Promise<void>
  /**
   * Among those of the same address, deletes earlier ones without a token, and of those with one
   * all but this one and those that got it last, `maximum` in all. A locked row may stay.
   */
  trimRegistrations(registration: Registration, maximum: number): Promise<void>
  /** Whether a registration of this address has no token, and has not expired at `now`. */
  isRegistrationUnmailed(emailAddress: EmailAddress, now: Date): Promise<boolean>
  /**
   * One conditional statement: of any number of concurrent calls, only one consumes a live token.
   *
   * @returns what was consumed, or null
   */
  consumeRegistration(tokenDigest: Uint8Array, at: Date): Promise<Registration | null>
  /** Deletes all registrations of an address; a locked row may stay. */
  deleteRegistrations(emailAddress: EmailAddress): Promise<void>
}
