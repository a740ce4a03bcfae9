import type { IssuedAccessToken, SubmittedAccessToken } from './access-tokens.ts'
import type { CreatedApiKey, SubmittedApiKey } from './api-keys.ts'
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Count, CountedSubject } from './counts.ts'
import type { SubmittedProof, Verified } from './email-verifications.ts'
import type {
  ApiKey,
  AuditEvent,
  Authenticated,
  Authorized,
  PasswordSchemeCount,
  Session,
  User,
} from './entities.ts'
import type { EventName } from './event-names.ts'
import type { SubmittedChallenge } from './freshness.ts'
import type { PasswordChange, SubmittedPasswordChange } from './passwords.ts'
import type { Revocations } from './revocations.ts'
import type { Secret } from './secret.ts'
import type { LoggedIn, SubmittedCredentials } from './sessions.ts'
import type { SignedUp } from './sign-ups.ts'
import type { ListedSigningKey, PublicKey } from './signing-keys.ts'
import type { OwnApiKey } from './statements/api-keys.ts'
import type { OwnSession } from './statements/sessions.ts'

/** The verbs of Latchkey, bound to one configuration. */
export interface Auth {
  readonly config: Configuration
  /**
   * Where `signUp` is `confirm`, no user is there before the link in the mail is opened; nothing tells
   * whether the address is taken.
   *
   * @param fields what `signUpFields` made of the rest of the body, for `onUserCreated`; default null
   * @throws AuthError `sign_up_closed`, `validation_failed`, `rate_limited`, `email_address_taken`,
   *   `overloaded`, `unavailable`
   */
  signUp(credentials: SubmittedCredentials, client?: Client, fields?: unknown): Promise<SignedUp>
  /**
   * @returns null for every pair that is not right
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  /** Ends a session: its token is refused from the moment this resolves. */
  logOut(session: Session, client?: Client): Promise<void>
  /** A page of a user's sessions, newest first: those that are not over. */
  listSessions(userId: string, page: { limit: number; after: string | null }): Promise<Session[]>
  /**
   * @returns null where the user has no such session
   * @throws AuthError `validation_failed` for a name that is blank or longer than 100 code points
   */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * Without a client it counts as an act of an operator.
   *
   * @returns whether the user had such a session; its token is refused from then on
   */
  revokeSession(session: OwnSession, client?: Client): Promise<boolean>
  /** Ends every session of a user. */
  revokeSessions(userId: string, client?: Client): Promise<void>
  /**
   * Ends every session there is, of everybody, in small steps. Who logs in meanwhile stays.
   *
   * @returns how many there were
   * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
   */
  revokeAllSessions(client?: Client): Promise<number>
  /** Ends all sessions of the user but this one, and says how many there were. */
  revokeOtherSessions(session: OwnSession, client?: Client): Promise<number>
  /**
   * Another token for the same session; the old one is refused from the moment this resolves.
   *
   * @returns null where the token is not that of a session any more
   * @throws AuthError `rate_limited`, `unavailable`
   */
  rotateToken(holder: { session: Session; token: Secret }, client?: Client): Promise<Secret | null>
  /** @returns null for a token that is malformed, unknown, revoked or expired */
  authenticate(token: string | Secret): Promise<Authenticated | null>
  /**
   * Creates an API key for a user whose address is proved.
   *
   * @returns null where the session has ended meanwhile
   * @throws AuthError `validation_failed`, `email_address_unverified`, `too_many_api_keys`,
   *   `rate_limited`, `unavailable`
   */
  createApiKey(
    authenticated: Authenticated,
    submitted: SubmittedApiKey,
    client?: Client,
  ): Promise<CreatedApiKey | null>
  /** A page of a user's API keys, newest first: those that are not over. */
  listApiKeys(userId: string, page: { limit: number; after: string | null }): Promise<ApiKey[]>
  /**
   * Without a client it counts as an act of an operator.
   *
   * @returns whether the user had such an API key; its token is refused from then on
   */
  revokeApiKey(apiKey: OwnApiKey, client?: Client): Promise<boolean>
  /**
   * Ends every API key there is, of everybody, in small steps. One that is created meanwhile stays.
   *
   * @returns how many there were
   * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
   */
  revokeAllApiKeys(client?: Client): Promise<number>
  /**
   * In whose name the holder of an API key acts, and what it may do. Each use counts.
   *
   * @returns null for a token that is malformed, unknown, revoked or expired, or whose user is banned
   * @throws AuthError `rate_limited`, `unavailable`
   */
  authenticateApiKey(token: string | Secret): Promise<Authorized | null>
  /**
   * A signed token for another service, where `accessTokens` are configured.
   *
   * @returns null where the session has ended meanwhile
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  issueAccessToken(
    authenticated: Authenticated,
    submitted: SubmittedAccessToken,
    client?: Client,
  ): Promise<IssuedAccessToken | null>
  /** What access tokens are verified with. */
  listPublicKeys(): Promise<PublicKey[]>
  /** Whose access tokens are refused before they expire, as it was a second ago. */
  listRevocations(): Promise<Revocations>
  listSigningKeys(): Promise<ListedSigningKey[]>
  /**
   * Makes another signing key, published at once: it signs in a quarter of an hour, or at once.
   *
   * @returns its id, or null where another was made in the same moment
   */
  rotateSigningKey(when: { signs: 'soon' | 'at_once' }): Promise<string | null>
  /** Takes a signing key away that somebody else has; the one that signs stays. */
  revokeSigningKey(id: string): Promise<'revoked' | 'unknown' | 'signing'>
  /** What is counted of somebody just now, by an address that is typed, a user's id, or where they are. */
  listCounts(subject: CountedSubject): Promise<Count[]>
  /** Lets somebody try again; a process that refused them just now follows within five seconds. */
  clearCounts(subject: CountedSubject, client?: Client): Promise<void>
  /** A page of events, newest first: of a user, of one name, or all where those are null. */
  listEvents(
    of: { userId: string | null; name: EventName | null },
    page: { limit: number; after: string | null },
  ): Promise<AuditEvent[]>
  /** When a session that is not used again ends. */
  expiresAt(session: Session): Date
  /** Whether a session may do what is sensitive: its password was verified within ten minutes. */
  isFresh(session: Session): boolean
  /**
   * Makes a session fresh again.
   *
   * @returns until when, or why not
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  freshen(
    authenticated: Authenticated,
    submitted: SubmittedChallenge,
  ): Promise<Date | 'wrong_password' | 'session_ended'>
  /**
   * Whether a text is the user's password. Each try counts.
   *
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  verifyPassword(user: User, submitted: SubmittedChallenge): Promise<boolean>
  /**
   * Changes the password of whoever knows the old one, and ends the user's other sessions.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
   */
  changePassword(
    authenticated: Authenticated,
    change: SubmittedPasswordChange,
  ): Promise<PasswordChange>
  /**
   * Queues the mail with a link that proves the user's address; nothing where it is proved.
   *
   * @returns false where the session has ended meanwhile
   * @throws AuthError `rate_limited`, `unavailable`
   */
  requestEmailVerification(authenticated: Authenticated, client?: Client): Promise<boolean>
  /**
   * Queues the mail with a link that gives the user another address. Whether somebody has it is not
   * said; whoever has it is told.
   *
   * @returns false where the session has ended meanwhile
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestEmailChange(
    authenticated: Authenticated,
    emailAddress: string,
    client?: Client,
  ): Promise<boolean>
  /** Whether the token of such a link would be accepted now. */
  isEmailVerificationLive(token: string): Promise<boolean>
  /**
   * Spends the token of such a link, for whoever is logged in as its user or knows the password; or that
   * of a sign-up that waits, for whoever knows its password: there the user begins.
   *
   * @throws AuthError `email_address_taken`, `validation_failed` by a hook, `rate_limited`, `overloaded`, `unavailable`
   */
  verifyEmailAddress(submitted: SubmittedProof): Promise<Verified>
  /**
   * Keeps a user out, from the next request on: every session and API key ends.
   *
   * @returns the user, or null where there is none
   */
  banUser(userId: string, client?: Client): Promise<User | null>
  /** @returns the user, who may log in again, or null where there is none */
  unbanUser(userId: string, client?: Client): Promise<User | null>
  /**
   * Takes a user away with everything that is theirs; the address may sign up again. Without a client
   * it counts as an act of an operator.
   */
  deleteUser(user: User, client?: Client): Promise<void>
  /**
   * The same for whoever takes themselves away.
   *
   * @returns false where the session has ended meanwhile
   */
  deleteOwnUser(session: Session, client?: Client): Promise<boolean>
  /**
   * A user who has not logged in yet, for seeds and consoles: no limit counts it.
   *
   * @throws AuthError `validation_failed`, `email_address_taken`, `overloaded`, `unavailable`
   */
  createUser(credentials: SubmittedCredentials): Promise<User>
  /**
   * Another password without the old one, for seeds and consoles; sessions live on.
   *
   * @returns null where nobody has the address
   * @throws AuthError `validation_failed`, `overloaded`, `unavailable`
   */
  setPassword(credentials: SubmittedCredentials): Promise<User | null>
  /** How many users still have a hash of another system, by kind and cost. */
  countPasswordSchemes(): Promise<PasswordSchemeCount[]>
  /**
   * Takes these hashes away: a password is then chosen by a reset mail, and log-in costs no more than
   * a hash of today.
   *
   * @returns how many users there were
   * @throws AuthError `unavailable`, with some of them taken away: asked again, it takes the others
   */
  forgetImportedPasswords(client?: Client): Promise<number>
  /**
   * Queues the mail with a link; says nothing of whether anybody has the address.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  /**
   * Ends every link that is in a mail: resets, proofs and changes of an address, and sign-ups that
   * nobody has confirmed.
   *
   * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
   */
  revokeOneTimeTokens(): Promise<void>
  /** Whether the token of a link would be accepted now. */
  isPasswordResetLive(token: string): Promise<boolean>
  /**
   * Spends the token of a link: sets the password, ends every session and API key of the user,
   * logs nobody in.
   *
   * @returns null for a token that is malformed, unknown, spent or expired
   * @throws AuthError `validation_failed`, which leaves the token good, `overloaded`, `unavailable`
   */
  resetPassword(token: string, password: string, client?: Client): Promise<User | null>
  /**
   * Calls back after each commit that queued a message: for the outbox of this process.
   *
   * @returns what ends that
   */
  onMessageQueued(listener: () => void): () => void
  /**
   * Writes at once what is otherwise written a second later: when sessions and API keys were last used, and who
   * was refused.
   */
  flush(): Promise<void>
}
