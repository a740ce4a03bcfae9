import type { EmailAddress } from '../email-address.ts'
import type { Registration } from '../entities.ts'

export interface RegistrationStatements {
  /** The digest is null until the mail of the registration is sent. */
  insertRegistration(registration: Registration, tokenDigest: Uint8Array | null): Promise<void>
  /** @returns whether the registration exists; it is then locked until the transaction ends */
  holdRegistration(id: string): Promise<boolean>
  /**
   * Gives a registration its token, and its new `expiresAt`.
   *
   * @returns false if it already has a token
   */
  giveRegistrationToken(registration: Registration, tokenDigest: Uint8Array): Promise<boolean>
  /** Takes the token of a mail that did not arrive away again, so that another mail can be written. */
  withdrawRegistrationToken(tokenDigest: Uint8Array): Promise<void>
  /**
   * Among those of the same address, deletes earlier ones without a token, and of those with one
   * all but this one and those that got it last, `maximum` in all. A locked row may stay.
   */
  trimRegistrations(registration: Registration, maximum: number): Promise<void>
  /** Whether a registration of this address has no token, and has not expired at `now`. */
  isRegistrationUnmailed(emailAddress: EmailAddress, now: Date): Promise<boolean>
  /**
   * A single conditional statement: of concurrent calls only one consumes a live token.
   *
   * @returns what was consumed, or null
   */
  consumeRegistration(tokenDigest: Uint8Array, at: Date): Promise<Registration | null>
  /** Deletes all registrations of an address; a locked row may stay. */
  deleteRegistrations(emailAddress: EmailAddress): Promise<void>
}
