import type { EmailAddress } from './email-address.ts'

/** Somebody who can log in. */
export interface User {
  readonly id: string
  readonly emailAddress: EmailAddress
  /** When the user proved to read the mail of this address, or null. */
  readonly emailVerifiedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A user with what a submitted password is verified against. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string
}

/** One log-in on one device: what can be listed and revoked. */
export interface Session {
  readonly id: string
  readonly userId: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date
}

/** Who is behind a request. */
export interface Authenticated {
  readonly session: Session
  readonly user: User
}

/**
 * What the rules ask of a database. What must happen together goes through `transaction`;
 * `runStoreContract()` in `latchkey/testing` says what each method must do.
 *
 * Every method throws `AuthError` `unavailable` when the database is away.
 */
export interface Store {
  /** The hot look-up: one indexed read. Whether the session has expired is the caller's to judge. */
  findSession(tokenDigest: Uint8Array): Promise<Authenticated | null>
  findCredentials(emailAddress: EmailAddress): Promise<Credentials | null>
  /** All or nothing: what `work` did is undone when it throws. */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>
  /** Resolves when the database answers a query. */
  ping(): Promise<void>
}

/** A store inside a transaction. Others wait for its end: `work` calls these and nothing else. */
export interface StoreTransaction {
  /** @returns whether the address was free: the unique index is the judge */
  insertUser(user: User, passwordHash: string): Promise<boolean>
  insertSession(session: Session, tokenDigest: Uint8Array): Promise<void>
  /**
   * Keeps the user's hash as it is until the transaction ends.
   *
   * @returns whether the user exists and still has this hash
   */
  holdPasswordHash(user: User, passwordHash: string): Promise<boolean>
  /**
   * Replaces the hash where it still is `from`.
   *
   * @returns whether it was
   */
  replacePasswordHash(user: User, change: PasswordHashChange): Promise<boolean>
  deleteSession(session: Session): Promise<void>
}

export interface PasswordHashChange {
  readonly from: string
  readonly to: string
  /** What the user's `updatedAt` becomes: the same where only the cost of the hash changed. */
  readonly at: Date
}
