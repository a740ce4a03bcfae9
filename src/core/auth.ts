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
  signUp(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn>
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  logOut(session: Session): Promise<void>
  authenticate(token: string | Secret): Promise<Authenticated | null>
  expiresAt(session: Session): Date
  setPassword(credentials: SubmittedCredentials): Promise<User | null>
  requestPasswordReset(emailAddress: string, client?: Client): Promise<void>
  isPasswordResetLive(token: string): Promise<boolean>
  resetPassword(token: string, password: string): Promise<User | null>
  /** Calls back after each commit that queued a message: for the outbox of this process. */
  onMessageQueued(listener: () => void): void
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
    for (const listener of listeners) listener()
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
    onMessageQueued: (listener) => void listeners.add(listener),
  }
}
