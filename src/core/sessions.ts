import { v7 } from 'uuid'
import type { Configuration } from './config.ts'
import { parseEmailAddress } from './email-address.ts'
import { normalizePassword } from './passwords.ts'
import type { Secret } from './secret.ts'
import type { Authenticated, Credentials, Session, Transaction, User } from './store.ts'
import { generateToken, parseToken } from './tokens.ts'

/** What a person types to sign up or to log in. */
export interface SubmittedCredentials {
  readonly emailAddress: string
  readonly password: string
}

/** What the start of a session hands out. The token exists here and nowhere else. */
export interface LoggedIn extends Authenticated {
  readonly token: Secret
}

/** Where a request comes from, as far as the server can tell. */
export interface Client {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/**
 * Begins a session for the right address and password. An unknown address costs the same hash as
 * a wrong password and gets the same answer.
 *
 * @returns null for every pair that is not right, and says no more than that
 * @throws AuthError `overloaded`, `unavailable`
 */
export async function logIn(
  config: Configuration,
  credentials: SubmittedCredentials,
  client: Client,
): Promise<LoggedIn | null> {
  const emailAddress = parseEmailAddress(credentials.emailAddress)
  const password = normalizePassword(credentials.password)
  if (!password) return null
  const known = emailAddress && (await config.store.findCredentials(emailAddress))
  const verified = await config.passwordHash.verify(known?.passwordHash ?? null, password)
  if (!known || !verified) return null

  const keepPasswordHash = await passwordHashKeeper(config, known, password)
  const { session, token, digest } = openSession(config, known.user, client)
  const begun = await config.store.transaction(async (transaction) => {
    // SECURITY: a password changed while this one was being verified opens no session.
    if (!(await keepPasswordHash(transaction))) return false
    await transaction.insertSession(session, digest)
    return true
  })
  return begun ? { user: known.user, session, token } : null
}

/**
 * Who a token belongs to. One indexed read and no write; a text that cannot be a session's token
 * costs not even that.
 *
 * @returns null for a token that is malformed, unknown, revoked or expired
 * @throws AuthError `unavailable`
 */
export async function authenticate(
  config: Configuration,
  token: string,
): Promise<Authenticated | null> {
  const digest = parseToken('session', token)
  const found = digest && (await config.store.findSession(digest))
  return found && config.clock() < expiresAt(config, found.session) ? found : null
}

/** Ends a session: its token is refused from the moment this resolves. */
export async function logOut(config: Configuration, session: Session): Promise<void> {
  await config.store.transaction((transaction) => transaction.deleteSession(session))
}

/** When a session that is not used again ends: idle too long, or simply old. */
export function expiresAt(config: Configuration, session: Session): Date {
  const { idleHours, maximumHours } = config.sessions
  return new Date(
    Math.min(
      session.lastUsedAt.getTime() + idleHours * 3_600_000,
      session.createdAt.getTime() + maximumHours * 3_600_000,
    ),
  )
}

/** A session and its token, not yet stored. */
export function openSession(
  config: Configuration,
  user: User,
  client: Client,
): { session: Session; token: Secret; digest: Uint8Array } {
  const createdAt = config.clock()
  const id = v7({ msecs: createdAt.getTime(), random: config.random(16) })
  const session = { id, userId: user.id, ...client, createdAt, lastUsedAt: createdAt }
  return { session, ...generateToken('session', config.random) }
}

// What a log-in does to the stored hash: nothing, or, where the cost was raised since, replace it
// while the password is at hand. Hashing happens here, before the transaction.
async function passwordHashKeeper(
  config: Configuration,
  { user, passwordHash }: Credentials,
  password: Secret,
): Promise<(transaction: Transaction) => Promise<boolean>> {
  if (config.passwordHash.isCurrent(passwordHash)) {
    return (transaction) => transaction.holdPasswordHash(user, passwordHash)
  }
  const to = await config.passwordHash.hash(password)
  const change = { from: passwordHash, to, at: config.clock() }
  return (transaction) => transaction.replacePasswordHash(user, change)
}
