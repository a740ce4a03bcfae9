import { type AuthOptions, type Configuration, resolveConfiguration } from './config.ts'
import { isPasswordResetLive, requestPasswordReset, resetPassword } from './passwords.ts'
import type { Secret } from './secret.ts'
import {
  authenticate,
  type Client,
  expiresAt,
  type LoggedIn,
  logIn,
  logOut,
  type SubmittedCredentials,
} from './sessions.ts'
import type { Authenticated, Session, User } from './store.ts'
import { setPassword, signUp } from './users.ts'

/** The verbs of Latchkey, bound to one configuration. */
export interface Auth {
  readonly config: Configuration
  /** @throws AuthError `validation_failed`, `rate_limited`, `email_address_taken`, `overloaded`, `unavailable` */
  signUp(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn>
  /**
   * @returns null for every pair that is not right
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  /** Ends a session: its token is refused from the moment this resolves. */
  logOut(session: Session): Promise<void>
  /** @returns null for a token that is malformed, unknown, revoked or expired */
  authenticate(token: string | Secret): Promise<Authenticated | null>
  /** When a session that is not used again ends. */
  expiresAt(session: Session): Date
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
  resetPassword(token: string, password: string): Promise<User | null>
  /**
   * Calls back after each commit that queued a message: for the outbox of this process.
   *
   * @returns what ends that
   */
  onMessageQueued(listener: () => void): () => void
}

const unknownClient: Client = { ipAddress: null, userAgent: null }

/**
 * Everything Latchkey does, on the store that it is given: the table of contents of this folder.
 *
 * @throws RangeError for a setting that would switch a protection off
 */
export function createAuth(options: AuthOptions): Auth {
  const listeners = new Set<() => void>()
  const config = resolveConfiguration(options, () => {
    // SECURITY: after the request, whose time and answer are no business of a listener.
    for (const listener of listeners) setImmediate(listener)
  })
  return {
    config,
    signUp: (credentials, client = unknownClient) => signUp(config, credentials, client),
    logIn: (credentials, client = unknownClient) => logIn(config, credentials, client),
    logOut: (session) => logOut(config, session),
    authenticate: (token) =>
      authenticate(config, typeof token === 'string' ? token : token.reveal()),
    expiresAt: (session) => expiresAt(config, session),
    setPassword: (credentials) => setPassword(config, credentials),
    requestPasswordReset: (emailAddress, client = unknownClient) =>
      requestPasswordReset(config, emailAddress, client),
    isPasswordResetLive: (token) => isPasswordResetLive(config, token),
    resetPassword: (token, password) => resetPassword(config, token, password),
    onMessageQueued(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
