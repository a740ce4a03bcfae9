import type { Connection } from './connection.ts'
import type { EmailAddress } from './email-address.ts'
import type {
  ApiKey,
  AuditEvent,
  EmailChange,
  EmailProof,
  EmailVerification,
  PasswordReset,
  Registration,
  Session,
  SessionHorizon,
  User,
} from './entities.ts'
import type { Message, NewMessage } from './mail.ts'

/** A store inside a transaction. Others wait for its end: `work` calls these and nothing else. */
export interface StoreTransaction
  extends UserStatements,
    SessionStatements,
    ApiKeyStatements,
    PasswordResetStatements,
    EmailVerificationStatements,
    GuardStatements,
    RegistrationStatements,
    OutboxStatements,
    EventStatements {
  /** The same transaction, for the application's own tables. */
  readonly connection: Connection
}

export interface SessionStatements {
  insertSession(session: Session, tokenDigest: Uint8Array): Promise<void>
  /**
   * Ends the oldest sessions of a user beside this one, so that so many are left with it, and those
   * that are over.
   *
   * @returns what was ended
   */
  trimSessions(
    session: OwnSession,
    limits: SessionHorizon & { maximum: number },
  ): Promise<Session[]>
  /** @returns the session with its new name, or null where the user has none with this id */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * The one statement by which a token takes another's place: of any number at once, one finds the
   * old digest.
   *
   * @returns whether it was there
   */
  replaceTokenDigest(from: Uint8Array, to: Uint8Array): Promise<boolean>
  /** Records that whoever holds the session knew the password at this instant. */
  freshenSession(session: OwnSession, at: Date): Promise<void>
  /** @returns the session that ended, or null where the user has none with this id */
  deleteSession(session: OwnSession): Promise<Session | null>
  /** Ends every session of a user. */
  deleteSessions(userId: string): Promise<void>
  /**
   * Ends so many sessions at most, whosever, whose ids are not greater than this one. What is in
   * somebody's hands stays: whoever waited for it could wait for whoever waits for them.
   *
   * @returns how many
   */
  deleteSessionsUpTo(id: string, limits: { maximum: number }): Promise<number>
  /** Ends every session of the user but this one. */
  deleteOtherSessions(session: OwnSession): Promise<Session[]>
  /**
   * Notes that a user logs in from a kind of device.
   *
   * @returns whether it is the first time, and the user has been seen on others before
   */
  seeDevice(device: SeenDevice): Promise<boolean>
}

/** A session, as the user whose it is may name it. */
export type OwnSession = Pick<Session, 'id' | 'userId'>

export interface SeenDevice {
  readonly userId: string
  readonly device: string
  readonly seenAt: Date
}

export interface ApiKeyStatements {
  insertApiKey(apiKey: ApiKey, tokenDigest: Uint8Array): Promise<void>
  /** Those of a user that have not expired at `now`. */
  countApiKeys(userId: string, now: Date): Promise<number>
  /**
   * Notes that its user is told that it ends.
   *
   * @returns whether they were not yet
   */
  clearExpiryNotice(apiKey: ApiKey): Promise<boolean>
  /** @returns the API key that ended, or null where the user has none with this id */
  deleteApiKey(apiKey: OwnApiKey): Promise<ApiKey | null>
  /** Ends every API key of a user. */
  deleteApiKeys(userId: string): Promise<void>
}

/** An API key, as the user whose it is may name it. */
export type OwnApiKey = Pick<ApiKey, 'id' | 'userId'>

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
   * @returns whether the user exists, is not banned, and still has this hash
   */
  holdPasswordHash(user: User, passwordHash: string): Promise<boolean>
  /**
   * Replaces the hash where it still is `from`, and the user is not banned.
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
  /**
   * Since when the user is banned; null to let them in again.
   *
   * @returns the user, or null where there is none
   */
  banUser(userId: string, at: Date | null): Promise<User | null>
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

export interface GuardStatements {
  /** Forgets what was counted, so that all of it may be tried again. */
  deleteCounts(keys: readonly string[]): Promise<void>
  deleteFailedAttempts(keys: readonly string[]): Promise<void>
}

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

export interface EventStatements {
  /** There is no statement that changes an event, but for the next one. */
  insertEvent(event: AuditEvent): Promise<void>
  /** Takes the address, the client's address and its agent from all events of a user. */
  blankEvents(userId: string): Promise<void>
}

export interface OutboxStatements {
  /**
   * A reset for an address that has one queued is that one: a second is not queued. So is a
   * registration, and a confirmation for the same user and address.
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
  /**
   * Every reset and registration for an address, whatever became of it: what anybody asked for who typed
   * the address. Other messages go with their user.
   */
  deleteRequestedMessages(recipient: EmailAddress): Promise<void>
  /**
   * Queues a message again that ended without being sent.
   *
   * @returns false where there is none, or the same reset is queued again already
   */
  retryMessage(id: number, times: { now: Date; giveUpAt: Date }): Promise<boolean>
}
