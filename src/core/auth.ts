import {
  authorize,
  type CreatedApiKey,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  type SubmittedApiKey,
} from './api-keys.ts'
import { type Client, nobody } from './client.ts'
import { type AuthOptions, type Configuration, resolveConfiguration } from './config.ts'
import {
  listSessions,
  renameSession,
  revokeOtherSessions,
  revokeSession,
  rotateToken,
} from './devices.ts'
import {
  isEmailVerificationLive,
  requestEmailChange,
  requestEmailVerification,
  type SubmittedProof,
  type Verified,
  verifyEmailAddress,
} from './email-verifications.ts'
import type { ApiKey, AuditEvent, Authenticated, Authorized, Session, User } from './entities.ts'
import type { EventName } from './event-names.ts'
import { listEvents } from './events.ts'
import { freshen, isFresh, type SubmittedChallenge, verifyChallenge } from './freshness.ts'
import {
  changePassword,
  isPasswordResetLive,
  requestPasswordReset,
  resetPassword,
  type SubmittedPasswordChange,
} from './passwords.ts'
import type { Secret } from './secret.ts'
import {
  authenticate,
  expiresAt,
  type LoggedIn,
  logIn,
  logOut,
  type SubmittedCredentials,
} from './sessions.ts'
import type { OwnApiKey, SessionKey } from './store-transaction.ts'
import {
  banUser,
  createUser,
  deleteUser,
  revokeSessions,
  setPassword,
  signUp,
  unbanUser,
} from './users.ts'

/** The verbs of Latchkey, bound to one configuration. */
export interface Auth {
  readonly config: Configuration
  /**
   * @param fields what `signUpFields` made of the rest of the body, for `onUserCreated`; default null
   * @throws AuthError `validation_failed`, `rate_limited`, `email_address_taken`, `overloaded`,
   *   `unavailable`
   */
  signUp(credentials: SubmittedCredentials, client?: Client, fields?: unknown): Promise<LoggedIn>
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
  renameSession(session: SessionKey, name: string): Promise<Session | null>
  /** @returns whether the user had such a session; its token is refused from then on */
  revokeSession(session: SessionKey, client?: Client): Promise<boolean>
  /** Ends every session of a user. */
  revokeSessions(userId: string, client?: Client): Promise<void>
  /** Ends all sessions of the user but this one, and says how many there were. */
  revokeOtherSessions(session: SessionKey, client?: Client): Promise<number>
  /**
   * Another token for the same session; the old one is refused from the moment this resolves.
   *
   * @returns null where the token is not that of a session any more
   */
  rotateToken(token: Secret, client?: Client): Promise<Secret | null>
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
  /** @returns whether the user had such an API key; its token is refused from then on */
  revokeApiKey(apiKey: OwnApiKey, client?: Client): Promise<boolean>
  /**
   * In whose name the holder of an API key acts, and what it may do. Each use counts.
   *
   * @returns null for a token that is malformed, unknown, revoked or expired
   * @throws AuthError `rate_limited`, `unavailable`
   */
  authorize(token: string | Secret): Promise<Authorized | null>
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
   * @returns until when, or null where the challenge is not the user's password
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  freshen(authenticated: Authenticated, submitted: SubmittedChallenge): Promise<Date | null>
  /**
   * Whether a text is the user's password. Each try counts.
   *
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  verifyPassword(user: User, submitted: SubmittedChallenge): Promise<boolean>
  /**
   * Changes the password of whoever knows the old one, and ends the user's other sessions.
   *
   * @returns false where the challenge is not the password
   * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
   */
  changePassword(authenticated: Authenticated, change: SubmittedPasswordChange): Promise<boolean>
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
   * Spends the token of such a link, for whoever is logged in as its user or knows the password.
   *
   * @throws AuthError `email_address_taken`, `rate_limited`, `overloaded`, `unavailable`
   */
  verifyEmailAddress(submitted: SubmittedProof): Promise<Verified>
  /**
   * Keeps a user out, from the next request on.
   *
   * @returns the user, or null where there is none
   */
  banUser(userId: string, client?: Client): Promise<User | null>
  /** @returns the user, who may log in again, or null where there is none */
  unbanUser(userId: string, client?: Client): Promise<User | null>
  /** Takes a user away with everything that is theirs; the address may sign up again. */
  deleteUser(user: User, client?: Client): Promise<void>
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
  /**
   * Queues the mail with a link; says nothing of whether anybody has the address.
   *
   * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
   */
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  /** Whether the token of a link would be accepted now. */
  isPasswordResetLive(token: string): Promise<boolean>
  /**
   * Spends the token of a link: sets the password, ends every session of the user, logs nobody in.
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

/**
 * Everything Latchkey does, on the store that it is given: the table of contents of this folder.
 *
 * @throws RangeError for a setting that would switch a protection off
 */
export function createAuth<Fields = unknown>(options: AuthOptions<Fields>): Auth {
  const listeners = new Set<() => void>()
  const config = resolveConfiguration(options, () => {
    // SECURITY: after the request, whose time and answer are no business of a listener.
    for (const listener of listeners) setImmediate(listener)
  })
  return {
    config,
    signUp: (credentials, client = nobody, fields = null) =>
      signUp(config, credentials, { client, fields }),
    logIn: (credentials, client = nobody) => logIn(config, credentials, client),
    logOut: (session, client = nobody) => logOut(config, session, client),
    listSessions: (userId, page) => listSessions(config, userId, page),
    renameSession: (session, name) => renameSession(config, session, name),
    revokeSession: (session, client = nobody) => revokeSession(config, session, client),
    revokeSessions: (userId, client = nobody) => revokeSessions(config, userId, client),
    revokeOtherSessions: (session, client = nobody) => revokeOtherSessions(config, session, client),
    rotateToken: (token, client = nobody) => rotateToken(config, token, client),
    authenticate: (token) => authenticate(config, textOf(token)),
    createApiKey: (authenticated, submitted, client = nobody) =>
      createApiKey(config, authenticated, { submitted, client }),
    listApiKeys: (userId, page) => listApiKeys(config, userId, page),
    revokeApiKey: (apiKey, client = nobody) => revokeApiKey(config, apiKey, client),
    authorize: (token) => authorize(config, textOf(token)),
    listEvents: (of, page) => listEvents(config, of, page),
    expiresAt: (session) => expiresAt(config, session),
    isFresh: (session) => isFresh(config, session),
    freshen: (authenticated, submitted) => freshen(config, authenticated, submitted),
    verifyPassword: async (user, submitted) =>
      (await verifyChallenge(config, user, submitted)) !== null,
    changePassword: (authenticated, change) => changePassword(config, authenticated, change),
    requestEmailVerification: (authenticated, client = nobody) =>
      requestEmailVerification(config, authenticated, client),
    requestEmailChange: (authenticated, emailAddress, client = nobody) =>
      requestEmailChange(config, authenticated, { emailAddress, client }),
    isEmailVerificationLive: (token) => isEmailVerificationLive(config, token),
    verifyEmailAddress: (submitted) => verifyEmailAddress(config, submitted),
    banUser: (userId, client = nobody) => banUser(config, userId, client),
    unbanUser: (userId, client = nobody) => unbanUser(config, userId, client),
    deleteUser: (user, client = nobody) => deleteUser(config, user, client),
    createUser: (credentials) => createUser(config, credentials),
    setPassword: (credentials) => setPassword(config, credentials),
    requestPasswordReset: (emailAddress, client = nobody) =>
      requestPasswordReset(config, emailAddress, client),
    isPasswordResetLive: (token) => isPasswordResetLive(config, token),
    resetPassword: (token, password, client = nobody) =>
      resetPassword(config, token, { password, client }),
    onMessageQueued(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async flush() {
      const { apiKeyUse, failures, sessionUse } = config
      await Promise.all([sessionUse.flush(), apiKeyUse.flush(), failures.flush()])
    },
  }
}

function textOf(token: string | Secret): string {
  return typeof token === 'string' ? token : token.reveal()
}
