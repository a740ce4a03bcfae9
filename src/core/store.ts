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
  PasswordResetHorizon,
  PasswordSchemeCount,
  Registration,
  Session,
  SessionAlias,
  SessionHorizon,
  SigningKey,
  User,
} from './entities.ts'
import type { EventName } from './event-names.ts'
import type { GuardStore } from './guard/guard-store.ts'
import type { Message, MessageStatus } from './mail.ts'
import type { StoreTransaction } from './store-transaction.ts'

/** A result that may come synchronously: on the hot path a promise costs more than the digest. */
export type Awaitable<T> = T | Promise<T>

/**
 * What the verbs need of a database. Writes that belong together go through `transaction`. `runStoreContract()` in
 * `latchkey/testing` tests what each method must do.
 *
 * Every method throws `AuthError` `unavailable` if the database cannot be reached.
 */
export interface Store extends GuardStore {
  /** Called by every request with a session: one indexed read. The caller checks whether the session has expired. */
  findSession(tokenDigest: Uint8Array): Awaitable<Authenticated | null>
  /** A user's sessions within the horizon, newest first. */
  listSessions(userId: string, page: SessionPage): Promise<Session[]>
  /** The greatest id of any session, or the greatest up to `upTo` if that is given. */
  findLastSessionId(upTo: string | null): Promise<string | null>
  /** Called by every request with an API key: one indexed read. The caller checks whether the key has expired. */
  findApiKey(tokenDigest: Uint8Array): Awaitable<Authorized | null>
  /** Null if the key no longer exists. */
  findApiKeyById(id: string): Promise<ApiKey | null>
  /** A user's API keys that have not expired at `page.now`, newest first. */
  listApiKeys(userId: string, page: ApiKeyPage): Promise<ApiKey[]>
  /** The greatest id of any API key, or the greatest up to `upTo` if that is given. */
  findLastApiKeyId(upTo: string | null): Promise<string | null>
  /** At most a hundred unexpired keys whose `expiryNoticeAt` has been reached at `now`. */
  listDueExpiryNotices(now: Date): Promise<ApiKey[]>
  /**
   * Moves the last use of sessions, or API keys, forward, never back, in transactions of its own. Rows that are gone
   * stay gone. A power cut may lose the last seconds.
   */
  recordUses(of: 'sessions' | 'api_keys', ids: readonly string[], usedAt: Date): Promise<void>
  /** Aliases of ended sessions that have not expired at `now`, the latest issued first. */
  listDeadAliases(now: Date, page: DeadAliasPage): Promise<SessionAlias[]>
  /** All signing keys, the newest generation first; there are few. */
  listSigningKeys(): Promise<SigningKey[]>
  findUser(id: string): Promise<User | null>
  /** Oldest first. */
  listUsers(page: UserPage): Promise<User[]>
  findCredentials(emailAddress: EmailAddress): Promise<Credentials | null>
  /** The same by id, since the user's address may have changed. */
  findCredentialsById(userId: string): Promise<Credentials | null>
  /** The schemes of the imported hashes that users still have, each once; there are few. */
  listPasswordSchemes(): Promise<string[]>
  /** The same, with the number of users of each. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /** The schemes of users with ids from `from` to `to`, by id; users without an imported hash are left out. */
  findPasswordSchemes(range: UserRange): Promise<ReadonlyMap<string, string>>
  /** When sessions with another system's tokens were last imported; null for never. */
  findLastSessionImport(): Promise<Date | null>
  /** A reset that was not consumed; the caller checks whether it has expired. */
  findPasswordReset(tokenDigest: Uint8Array): Promise<PasswordReset | null>
  /** How many resets of the user were not consumed, and were created and expire within the horizon. */
  countPasswordResets(user: User, horizon: PasswordResetHorizon): Promise<number>
  /** A verification that was not consumed; the caller checks whether it has expired. */
  findEmailVerification(tokenDigest: Uint8Array): Promise<EmailVerification | null>
  /** Whether the user has asked to change to this address. */
  isEmailChangeOpen(proof: EmailProof): Promise<boolean>
  /** A registration by the token in its mail; the caller checks whether it has expired. */
  findRegistration(tokenDigest: Uint8Array): Promise<Registration | null>
  /** The newest registration of an address that has not expired at `now`. */
  findNewestRegistration(emailAddress: EmailAddress, now: Date): Promise<Registration | null>
  /**
   * Writes events that belong to no other transaction, without waiting for the disk. If the user has been deleted
   * meanwhile, addresses and user agent are left out.
   */
  recordEvents(events: readonly AuditEvent[]): Promise<void>
  /** Newest first. */
  listEvents(page: EventPage): Promise<AuditEvent[]>
  findMessage(id: number): Promise<Message | null>
  /** Newest first; those with one status, or all if it is null. */
  listMessages(status: MessageStatus | null, page: MessagePage): Promise<Message[]>
  /**
   * Deletes the expired rows among the next few hundred of a table, in a transaction of its own. A locked row may stay.
   */
  sweep(table: SweptTable, part: SweptPart): Promise<SweepStep>
  /** Takes or renews a lease. @returns whether it was free, had ended, or was the caller's own */
  holdLease(name: 'sweep', lease: Lease): Promise<boolean>
  /** All or nothing: if `work` throws, everything that it did is rolled back. */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>
  /** How many messages of the same kind and user were queued after `queuedAfter` and before this one. */
  countLike(message: Message, queuedAfter: Date): Promise<number>
  /**
   * When the longest-waiting message was queued. Resets are left out, since on a quiet server a waiting reset would
   * reveal that its address is known. Null if none waits, or only behind a thousand resets.
   */
  findLongestWait(): Promise<Date | null>
  /** How many messages are queued, counted up to ten thousand, and when the oldest was. */
  findBacklog(): Promise<Backlog>
  /** How busy the connections to the database are; null for a store without a pool. */
  countConnections(): ConnectionLoad | null
  /** Resolves when the database is migrated and answers within a second, even while it is busy. */
  ping(): Promise<void>
}

export interface Backlog {
  readonly queued: number
  readonly oldestQueuedAt: Date | null
}

export interface ConnectionLoad {
  readonly total: number
  readonly idle: number
  /** How many callers wait for one. */
  readonly waiting: number
}

/** Every table with rows that expire, in the order in which they are swept. */
export const sweptTables = [
  'sessions',
  'api_keys',
  'password_resets',
  'email_verifications',
  'email_changes',
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
 * The limits beyond which rows have expired, and may be deleted.
 *
 * SECURITY: sessions that begin in the future are not deleted: to a clock that is behind, all of them do.
 */
export interface SweepHorizon extends Omit<SessionHorizon, 'createdUntil'> {
  /** API keys, links and counts that expired by then are deleted. */
  readonly overAt: Date
  /** Messages that ended by then are deleted. */
  readonly endedAfter: Date
  /** Events that occurred by then are deleted. */
  readonly occurredAfter: Date
  /** Changes of address that were asked for by then. */
  readonly changeAskedAfter: Date
}

export interface SweptPart {
  readonly horizon: SweepHorizon
  /** Where the previous step ended; null for the first step. */
  readonly from: SweptKey | null
  /** How many rows are deleted at most. */
  readonly maximum: number
}

/** The primary key of a row. */
export type SweptKey = string | number | Uint8Array

export interface SweepStep {
  readonly deleted: number
  /** Where the next step begins; null at the end of the table. */
  readonly next: SweptKey | null
}

export interface Lease {
  readonly now: Date
  /** When the lease ends. */
  readonly until: Date
  /** A lease that ends later than this was taken by a wrong clock, and counts as free. */
  readonly latest: Date
  /** When the lease that the caller took last ends. */
  readonly own: Date
}

export interface DeadAliasPage {
  /** All aliases that were last issued before this have expired. */
  readonly issuedAfter: Date
  readonly limit: number
}

export interface EventPage {
  /** Only events of this user; null for everybody's. */
  readonly userId: string | null
  /** Only events of this name; null for all. */
  readonly name: EventName | null
  readonly limit: number
  /** The id of the last event of the page before, or null for the first page. */
  readonly after: string | null
}

export interface MessagePage {
  readonly limit: number
  /** The id of the last message of the page before; without it, or null, the first page. */
  readonly after?: number | null
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
