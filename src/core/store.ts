import type { EmailAddress } from './email-address.ts'
import type {
  ApiKey,
  AuditEvent,
  Authenticated,
  Authorized,
  Credentials,
  EmailProof,
  EmailVerification,
  PasswordReset,
  PasswordSchemeCount,
  Registration,
  Session,
  SessionAlias,
  SessionHorizon,
  SigningKey,
  User,
} from './entities.ts'
import type { EventName } from './event-names.ts'
import type { GuardStore } from './guard-store.ts'
import type { Message, MessageStatus } from './mail.ts'
import type { StoreTransaction } from './store-transaction.ts'

/** What a database may answer at once: each promise on the hot path costs more than its digest. */
export type Awaitable<T> = T | Promise<T>

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
  /** The greatest id of a session that there is, up to this one, or at all. */
  findLastSessionId(upTo: string | null): Promise<string | null>
  /** Of every request with an API key: one indexed read. Whether it has expired is the caller's to judge. */
  findApiKey(tokenDigest: Uint8Array): Awaitable<Authorized | null>
  /** Null where there is none any more. */
  findApiKeyById(id: string): Promise<ApiKey | null>
  /** Those of a user that have not expired at `page.now`, newest first. */
  listApiKeys(userId: string, page: ApiKeyPage): Promise<ApiKey[]>
  /** The greatest id of an API key that there is, up to this one, or at all. */
  findLastApiKeyId(upTo: string | null): Promise<string | null>
  /** A hundred at most of those that end after `now`, and whose users are to be told by then. */
  listDueExpiryNotices(now: Date): Promise<ApiKey[]>
  /**
   * Moves the last use of sessions, or API keys, forward, never back, in transactions of its own. One
   * that has ended stays ended. The last seconds may be lost in a power cut.
   */
  recordUses(of: 'sessions' | 'api_keys', ids: readonly string[], usedAt: Date): Promise<void>
  /** Aliases whose session has ended, and that have not expired at `now`: those issued last first. */
  listDeadAliases(now: Date, page: DeadAliasPage): Promise<SessionAlias[]>
  /** All of them, the newest generation first: few. */
  listSigningKeys(): Promise<SigningKey[]>
  findUser(id: string): Promise<User | null>
  /** Oldest first. */
  listUsers(page: UserPage): Promise<User[]>
  findCredentials(emailAddress: EmailAddress): Promise<Credentials | null>
  /** Of a user who is known already, whatever address they have by now. */
  findCredentialsById(userId: string): Promise<Credentials | null>
  /** Of the hashes of other systems that users have: few, each once. */
  listPasswordSchemes(): Promise<string[]>
  /** The same with how many users have each. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /** Of the users whose ids are none before `from` and none behind `to`: those who have one. */
  findPasswordSchemes(range: UserRange): Promise<ReadonlyMap<string, string>>
  /** When sessions with tokens of another system were last imported; null for never. */
  findLastSessionImport(): Promise<Date | null>
  /** One that was not consumed; whether it has expired is the caller's to judge. */
  findPasswordReset(tokenDigest: Uint8Array): Promise<PasswordReset | null>
  /** Those of a user that are neither consumed nor, at `now`, expired. */
  countPasswordResets(user: User, now: Date): Promise<number>
  /** One that was not consumed; whether it has expired is the caller's to judge. */
  findEmailVerification(tokenDigest: Uint8Array): Promise<EmailVerification | null>
  /** Whether this is the address that the user wants to change to. */
  isEmailChangeOpen(proof: EmailProof): Promise<boolean>
  /** One whose mail has left, by the token of its link; whether it has expired is the caller's to judge. */
  findRegistration(tokenDigest: Uint8Array): Promise<Registration | null>
  /** Of those of an address that have not expired at `now`, the one that came last. */
  findNewestRegistration(emailAddress: EmailAddress, now: Date): Promise<Registration | null>
  /**
   * Writes events that no transaction brought about, in transactions of its own that do not wait for the
   * disk: without addresses and agent where the user is gone meanwhile.
   */
  recordEvents(events: readonly AuditEvent[]): Promise<void>
  /** Newest first. */
  listEvents(page: EventPage): Promise<AuditEvent[]>
  findMessage(id: number): Promise<Message | null>
  /** Newest first; of one status, or of all where it is null. */
  listMessages(status: MessageStatus | null, page: MessagePage): Promise<Message[]>
  /**
   * Deletes what is over among the next few hundred rows of a table, in a transaction of its own; a row
   * that is in somebody's hands may stay.
   */
  sweep(table: SweptTable, part: SweptPart): Promise<SweepStep>
  /** @returns whether the lease was free, had ended, or was the caller's own */
  holdLease(name: 'sweep', lease: Lease): Promise<boolean>
  /** All or nothing: what `work` did is undone when it throws. */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>
  /** How many of its kind were queued for the user of a message since then, and before it. */
  countLike(message: Message, queuedAfter: Date): Promise<number>
  /**
   * When the message was queued that waits longest, resets left out: on a quiet server one that waits
   * would tell that its address is known. Null where none waits, and where a thousand resets come first.
   */
  findLongestWait(): Promise<Date | null>
  /** How many messages wait, and the oldest of them, of ten thousand at most. */
  findBacklog(): Promise<Backlog>
  /** How busy the connections to the database are; null where there are none to share. */
  countConnections(): ConnectionLoad | null
  /**
   * Resolves when the database answers, within a second and also where it is busy, and is migrated.
   */
  ping(): Promise<void>
}

export interface Backlog {
  readonly queued: number
  readonly oldestQueuedAt: Date | null
}

export interface ConnectionLoad {
  readonly total: number
  readonly idle: number
  /** Who waits for one. */
  readonly waiting: number
}

/** Every table that gathers rows of no more use, in the order in which they are swept. */
export const sweptTables = [
  'sessions',
  'api_keys',
  'password_resets',
  'email_verifications',
  'registrations',
  'guard_counts',
  'failed_attempts',
  'session_aliases',
  'signing_keys',
  'outbox',
  'events',
] as const

export type SweptTable = (typeof sweptTables)[number]

/**
 * What is over, and may go.
 *
 * SECURITY: not a session that is yet to begin. By a clock that is behind all of them are, and those of everybody would go.
 */
export interface SweepHorizon extends Omit<SessionHorizon, 'createdUntil'> {
  /** API keys, links and counts that have ended by then. */
  readonly overAt: Date
  /** Messages that ended by then. */
  readonly endedAfter: Date
  /** Events that occurred by then. */
  readonly occurredAfter: Date
}

export interface SweptPart {
  readonly horizon: SweepHorizon
  /** Where the step before ended; null to begin. */
  readonly from: SweptKey | null
  /** How many rows are deleted at most. */
  readonly maximum: number
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
  /** One that ends later than that was given by a wrong clock, and is free. */
  readonly latest: Date
  /** Until when the caller had it last. */
  readonly own: Date
}

export interface DeadAliasPage {
  /** None that was issued last before it has not expired. */
  readonly issuedAfter: Date
  readonly limit: number
}

export interface EventPage {
  /** Whose; null for everybody's. */
  readonly userId: string | null
  /** Which; null for all. */
  readonly name: EventName | null
  readonly limit: number
  /** The id of the last event of the page before, or null for the first page. */
  readonly after: string | null
}

export interface MessagePage {
  readonly limit: number
}

export interface UserPage {
  readonly limit: number
  /** The id of the last user of the page before, or null for the first page. */
  readonly after: string | null
}

export interface UserRange {
  readonly from: string
  readonly to: string
}

export interface ApiKeyPage {
  readonly now: Date
  readonly limit: number
  /** The id of the last API key of the page before, or null for the first page. */
  readonly after: string | null
}

export interface SessionPage extends SessionHorizon {
  readonly limit: number
  /** The id of the last session of the page before, or null for the first page. */
  readonly after: string | null
}
