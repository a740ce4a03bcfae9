import { type AuthOptions, type Configuration, resolveConfiguration } from './config.ts'
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
}

const unknownClient: Client = { ipAddress: null, userAgent: null }

/**
 * Everything Latchkey does, on the store that it is given: the table of contents of this folder.
 *
 * @throws RangeError for a setting that would switch a protection off
 */
export function createAuth(options: AuthOptions): Auth {
  const config = resolveConfiguration(options)
  return {
    config,
    signUp: (credentials, client = unknownClient) => signUp(config, credentials, client),
    logIn: (credentials, client = unknownClient) => logIn(config, credentials, client),
    logOut: (session) => logOut(config, session),
    authenticate: (token) =>
      authenticate(config, typeof token === 'string' ? token : token.reveal()),
    expiresAt: (session) => expiresAt(config, session),
    setPassword: (credentials) => setPassword(config, credentials),
  }
}
