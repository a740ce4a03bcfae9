import type { EmailAddress } from './email-address.ts'
import type { GuardStore } from './guard.ts'
import type { Message, MessageStatus, NewMessage } from './mail.ts'

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
  /** What the user calls the device, or null where they have not named it. */
  readonly name: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  /** To five minutes: a use within five minutes of the last one recorded is not. */
  readonly lastUsedAt: Date
  /** When whoever holds the session last proved to know the password. */
  readonly passwordVerifiedAt: Date
}

/** What sessions that are not over were used and begun after. */
export interface SessionHorizon {
  readonly usedAfter: Date
  readonly createdAfter: Date
}

/** Who is behind a request. */
export interface Authenticated {
  readonly session: Session
  readonly user: User
}

/** A link that was mailed: whoever holds its token may choose a new password, once. */
export interface PasswordReset {
  readonly userId: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What a database may answer at once: each promise on the hot path costs more than its digest. */
export type Awaitable<T> = T | Promise<T>

/** An address, and the user who says that it is theirs. */
export interface EmailProof {
  readonly userId: string
  readonly emailAddress: EmailAddress
}

/** A link that was mailed: whoever holds its token reads the mail of the address. */
export interface EmailVerification extends EmailProof {
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The address that a user wants to change to. */
export interface EmailChange extends EmailProof {
  readonly requestedAt: Date
}

/**
 * What the rules ask of a database. What must happen together goes through `transaction`;
 * `runStoreContract()` in `latchkey/testing` says what each method must do.
 *
 * Every method throws `AuthError` `unavailable` when the database is away.
 */
export interface Store extends GuardStore {
  /** The hot look-up: one indexed read. Whether the session has expired is the caller's to judge. */
  findSession(tokenDigest: Uint8Array): Awaitable<Authenticated | null>
  /** Those of a user that are within the limits, newest first. */
  listSessions(userId: string, page: SessionPage): Promise<Session[]>
  /**
   * Moves the last use of sessions forward, never back, in transactions of its own. One that has
   * ended stays ended. The last seconds may be lost in a power cut.
   */
  recordUses(sessionIds: readonly string[], usedAt: Date): Promise<void>
  findUser(id: string): Promise<User | null>
  findCredentials(emailAddress: EmailAddress): Promise<Credentials | null>
  /** One that was not consumed; whether it has expired is the caller's to judge. */
  findPasswordReset(tokenDigest: Uint8Array): Promise<PasswordReset | null>
  /** Those of a user that are neither consumed nor, at `now`, expired. */
  countPasswordResets(user: User, now: Date): Promise<number>
  /** One that was not consumed; whether it has expired is the caller's to judge. */
  findEmailVerification(tokenDigest: Uint8Array): Promise<EmailVerification | null>
  /** Whether this is the address that the user wants to change to. */
  isEmailChangeOpen(proof: EmailProof): Promise<boolean>
  findMessage(id: number): Promise<Message | null>
  /** Newest first; of one status, or of all where it is null. */
  listMessages(status: MessageStatus | null, page: MessagePage): Promise<Message[]>
  /**
   * Deletes what is over among the next few hundred rows of a table, in a transaction of its own; a
   * row that is in somebody's hands may stay.
   */
  sweep(table: SweptTable, part: SweptPart): Promise<SweepStep>
  /** @returns whether the lease was free, had ended, or was the caller's own */
  holdLease(name: 'sweep', lease: Lease): Promise<boolean>
  /** All or nothing: what `work` did is undone when it throws. */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>
  /** Resolves when the database answers a query. */
  ping(): Promise<void>
}

export type SweptTable =
  | 'sessions'
  | 'password_resets'
  | 'email_verifications'
  | 'guard_counts'
  | 'outbox'

/** What is over, and may go. */
export interface SweepHorizon extends SessionHorizon {
  /** Links and counts that have ended by then. */
  readonly overAt: Date
  /** Messages that ended by then. */
  readonly endedAfter: Date
}

export interface SweptPart {
  readonly horizon: SweepHorizon
  /** Where the step before ended; null to begin. */
  readonly from: SweptKey | null
}

/** The key of a row, as its table has it. */
export type SweptKey = string | number | Uint8Array

export interface SweepStep {
  readonly deleted: number
  /** Where the next step begins; null where the table has ended. */
  readonly next: SweptKey | null
}

export interface Lease {
  readonly now: Date
  /** Until when it is held. */
  readonly until: Date
  /** Until when the caller had it last. */
  readonly own: Date
}

export interface MessagePage {
  readonly limit: number
}

export interface SessionPage extends SessionHorizon {
  readonly limit: number
  /** The id of the last session of the page before, or null for the first page. */
  readonly after: string | null
}

/** A store inside a transaction. Others wait for its end: `work` calls these and nothing else. */
export interface StoreTransaction
  extends UserStatements,
    SessionStatements,
    PasswordResetStatements,
    EmailVerificationStatements,
    OutboxStatements {}

export interface SessionStatements {
  insertSession(session: Session, tokenDigest: Uint8Array): Promise<void>
  /** Ends the oldest sessions of a user, but for the newest so many. */
  trimSessions(userId: string, newest: number): Promise<void>
  /** @returns the session with its new name, or null where the user has none with this id */
  renameSession(session: SessionKey, name: string): Promise<Session | null>
  /**
   * The one statement by which a token takes another's place: of any number at once, one finds the
   * old digest.
   *
   * @returns whether it was there
   */
  replaceTokenDigest(from: Uint8Array, to: Uint8Array): Promise<boolean>
  /** Records that whoever holds the session knew the password at this instant. */
  freshenSession(session: SessionKey, at: Date): Promise<void>
  /** @returns the session that ended, or null where the user has none with this id */
  deleteSession(session: SessionKey): Promise<Session | null>
  /** Ends every session of a user. */
  deleteSessions(userId: string): Promise<void>
  /** Ends every session of the user but this one. */
  deleteOtherSessions(session: SessionKey): Promise<Session[]>
  /**
   * Notes that a user logs in from a kind of device.
   *
   * @returns whether it is the first time, and the user has been seen on others before
   */
  seeDevice(device: SeenDevice): Promise<boolean>
}

/** A session, as the user whose it is may name it. */
export type SessionKey = Pick<Session, 'id' | 'userId'>

export interface SeenDevice {
  readonly userId: string
  readonly device: string
  readonly seenAt: Date
}

export interface UserStatements {
  /** Keeps others from changing the user, or holding it, until the transaction ends. */
  holdUser(userId: string): Promise<void>
  /** @returns whether the address was free: the unique index is the judge */
  insertUser(user: User, passwordHash: string): Promise<boolean>
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
  /**
   * The new hash of whoever has proved to read their mail, whatever the old one was. An address
   * that was not verified is now.
   *
   * @returns the user, or null where there is none any more
   */
  resetPasswordHash(userId: string, change: { to: string; at: Date }): Promise<User | null>
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
  /** Takes away the user and every row that refers to them. */
  deleteUser(userId: string): Promise<void>
}

export interface PasswordHashChange {
  readonly from: string
  readonly to: string
  /** What the user's `updatedAt` becomes: the same where only the cost of the hash changed. */
  readonly at: Date
}

export interface PasswordResetStatements {
  /** Also deletes those of the user that are consumed or, at `createdAt`, expired. */
  insertPasswordReset(reset: PasswordReset, tokenDigest: Uint8Array): Promise<void>
  /**
   * One conditional statement: of any number at once, one finds it neither consumed nor expired.
   *
   * @returns what was consumed, or null
   */
  consumePasswordReset(tokenDigest: Uint8Array, at: Date): Promise<PasswordReset | null>
  deletePasswordReset(tokenDigest: Uint8Array): Promise<void>
  /** Those of the user that were not consumed. */
  deletePasswordResets(userId: string): Promise<void>
}

export interface EmailVerificationStatements {
  /** Also deletes those of the user that are, at `createdAt`, expired. */
  insertEmailVerification(verification: EmailVerification, tokenDigest: Uint8Array): Promise<void>
  /**
   * One conditional statement: of any number at once, one finds it not expired.
   *
   * @returns what was consumed, or null
   */
  consumeEmailVerification(tokenDigest: Uint8Array, at: Date): Promise<EmailVerification | null>
  deleteEmailVerification(tokenDigest: Uint8Array): Promise<void>
  deleteEmailVerifications(userId: string): Promise<void>
  /** In the place of the one that the user wanted before. */
  putEmailChange(change: EmailChange): Promise<void>
  /** @returns whether this was the address that the user wanted */
  consumeEmailChange(proof: EmailProof): Promise<boolean>
  deleteEmailChange(userId: string): Promise<void>
}

export interface OutboxStatements {
  /**
   * A reset for an address that has one queued is that one: a second is not queued. So is a
   * confirmation, for the same user and address.
   */
  insertMessage(message: NewMessage): Promise<void>
  /**
   * Takes up the first message that is due, and is due again at `until` if nothing becomes of it.
   * One due later than `latest` got that time from a wrong clock, and is due too.
   */
  claimMessage(claim: { now: Date; until: Date; latest: Date }): Promise<Message | null>
  /** Keeps a message for whoever took it up, for as long as nobody else has. */
  renewClaim(message: Message, until: Date): Promise<void>
  /**
   * Writes what became of an attempt.
   *
   * @returns whether the attempt was still the latest one at this message, and the message open
   */
  updateMessage(message: Message): Promise<boolean>
  deleteMessage(message: Message): Promise<void>
  /** Every message to an address, whatever became of it. */
  deleteMessages(recipient: EmailAddress): Promise<void>
  /**
   * Queues a message again that ended without being sent.
   *
   * @returns false where there is none, or the same reset is queued again already
   */
  retryMessage(id: number, times: { now: Date; giveUpAt: Date }): Promise<boolean>
}
