import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { deviceName } from './device-name.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Authenticated, Credentials, Session, SessionHorizon, User } from './entities.ts'
import { noteRefusal } from './events.ts'
import type { PasswordAttempt } from './guard.ts'
import { sessionDigest } from './imported-tokens.ts'
import { newMessage } from './mail.ts'
import { normalizePassword } from './password-policy.ts'
import type { Secret } from './secret.ts'
import type { OwnSession, SeenDevice } from './statements/sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken } from './tokens.ts'
import { perform } from './unit-of-work.ts'

/** What a person types to sign up or to log in. */
export interface SubmittedCredentials {
  readonly emailAddress: string
  readonly password: string
}

/** What the start of a session hands out. The token exists here and nowhere else. */
export interface LoggedIn extends Authenticated {
  readonly token: Secret
}

/**
 * Begins a session for the right address and password. An unknown address costs the same hash as
 * a wrong password and gets the same answer.
 *
 * @returns null for every pair that is not right, and says no more than that
 * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
 */
export async function logIn(
  config: Configuration,
  credentials: SubmittedCredentials,
  client: Client,
): Promise<LoggedIn | null> {
  const emailAddress = parseEmailAddress(credentials.emailAddress)
  const password = normalizePassword(credentials.password)
  const account = emailAddress ?? credentials.emailAddress
  const tryIt = async () => {
    await config.guard.count('log_in', { account, client })
    if (!password) {
      noteRefusal(config, client, { name: 'authn_login_fail', userId: null })
      return null
    }
    const attempt = await config.guard.tryPassword('log_in', { account, password })
    return attempt.judge(() => judge(config, { emailAddress, password, attempt, client }))
  }
  // Not for a place among those who wait: whoever floods would keep it from others.
  config.guard.refuseKnown('log_in', { account, client })
  const { queue } = config.passwordHash
  // Before anything is written: whoever is told to come back is to cost everybody else nothing but that.
  return queue?.admit ? queue.admit(account, tryIt) : tryIt()
}

interface Tried {
  readonly emailAddress: EmailAddress | null
  readonly password: Secret
  readonly attempt: PasswordAttempt
  readonly client: Client
}

async function judge(config: Configuration, tried: Tried): Promise<LoggedIn | null> {
  const { emailAddress, password, attempt, client } = tried
  // Twice: a hash that another log-in replaced meanwhile, at a higher cost, is verified again.
  for (let round = 1; round <= 2; round++) {
    const known = emailAddress && (await config.store.findCredentials(emailAddress))
    const verified = await config.passwordHash.verify(known?.passwordHash ?? null, password)
    // SECURITY: behind the hash, so that a ban, or a hundred failures, takes as long as a wrong password
    // and says no more.
    if (!known || !verified || known.user.bannedAt !== null || attempt.isStopped) {
      const name = attempt.isLast ? 'authn_login_lock' : 'authn_login_fail'
      noteRefusal(config, client, { name, userId: known?.user.id ?? null })
      return null
    }
    const begun = await beginSession(config, { known, password, attempt, client })
    if (begun) return begun
  }
  return null
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
  const looked = sessionDigest(config, token)
  // Not awaited where it is there: a promise costs more than the digest.
  const digest = looked instanceof Promise ? await looked : looked
  const finding = digest && config.store.findSession(digest)
  const found = finding instanceof Promise ? await finding : finding
  if (!found || !isLive(config, found.session) || found.user.bannedAt !== null) return null
  config.sessionUse.note(found.session)
  return found
}

/**
 * SECURITY: a reset, or a ban, may have ended a session since its request was let in. Holds its user, and
 * then the session, until the transaction ends.
 *
 * @returns the user as they are now, or null where the session has ended
 */
export async function holdLive(
  transaction: StoreTransaction,
  session: OwnSession,
): Promise<User | null> {
  const user = await transaction.holdUser(session.userId)
  return user && (await transaction.holdSession(session)) ? user : null
}

/** Ends a session: its token is refused from the moment this resolves. */
export async function logOut(
  config: Configuration,
  { id, userId }: Session,
  client: Client,
): Promise<void> {
  await perform(config, client, async (transaction, unit) => {
    if (!(await transaction.deleteSession({ id, userId }))) return
    await unit.record({ name: 'session_expired', userId, sessionId: id, detail: 'logout' })
  })
}

/** When a session that is not used again ends: idle too long, or simply old. */
export function expiresAt(config: Configuration, session: Session): Date {
  return new Date(expiry(config, session))
}

/** When a session ends, however much it is used. */
export function endsAt({ sessions }: Configuration, { createdAt }: Session): Date {
  return new Date(createdAt.getTime() + sessions.maximumHours * 3_600_000)
}

/** Whether a session is not over at this instant. */
export function isLive(config: Configuration, session: Session): boolean {
  const now = config.clock().getTime()
  return now < expiry(config, session) && session.createdAt.getTime() <= now + aheadOf(config)
}

/**
 * SECURITY: how far a session may begin in the future, in milliseconds. Further, a clock that was wrong began
 * it, and would have it live as much longer than the maximum. Not nearer: a machine that wakes up hours
 * behind, or with its hour in another zone, would log out everybody who logged in since.
 */
function aheadOf({ sessions }: Pick<Configuration, 'sessions'>): number {
  return Math.min(toleratedHours, sessions.maximumHours) * 3_600_000
}

const toleratedHours = 24

/** The same, for a database that is asked for sessions. */
export function horizonOf(config: Configuration): SessionHorizon {
  const { clock, sessions } = config
  const now = clock().getTime()
  return {
    usedAfter: new Date(now - sessions.idleHours * 3_600_000),
    createdAfter: new Date(now - sessions.maximumHours * 3_600_000),
    createdUntil: new Date(now + aheadOf(config)),
  }
}

function expiry({ sessions }: Configuration, { lastUsedAt, createdAt }: Session): number {
  const { idleHours, maximumHours } = sessions
  return Math.min(
    lastUsedAt.getTime() + idleHours * 3_600_000,
    createdAt.getTime() + maximumHours * 3_600_000,
  )
}

/** A session and its token, not yet stored. */
export function openSession(
  config: Configuration,
  user: User,
  client: Client,
): { session: Session; token: Secret; digest: Uint8Array } {
  const createdAt = config.clock()
  const id = config.newId(createdAt)
  const instants = { createdAt, lastUsedAt: createdAt, passwordVerifiedAt: createdAt }
  const { ipAddress, userAgent } = client
  const session = { id, userId: user.id, name: null, ipAddress, userAgent, ...instants }
  return { session, ...generateToken('session', config.random) }
}

interface Verified {
  readonly known: Credentials
  readonly password: Secret
  readonly attempt: PasswordAttempt
  readonly client: Client
}

// A hash from before the cost was raised is replaced while the password is at hand.
async function beginSession(
  config: Configuration,
  { known: { user: known, passwordHash: from }, password, attempt, client }: Verified,
): Promise<LoggedIn | null> {
  const isCurrent = config.passwordHash.isCurrent(from)
  const to = isCurrent ? from : await config.passwordHash.hash(password)
  const { session, token, digest } = openSession(config, known, client)
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: a password changed while this one was being verified opens no session, and nor does an
    // address that is not the user's any more: its mailbox would be told of the log-in.
    const user = isCurrent
      ? await transaction.holdPasswordHash(known, from)
      : await transaction.replacePasswordHash(known, { from, to, at: null })
    if (user?.emailAddress !== known.emailAddress) return null
    await attempt.succeed(transaction)
    await transaction.insertSession(session, digest)
    const limits = { ...horizonOf(config), maximum: config.sessions.maximumPerUser }
    const ended = await transaction.trimSessions(session, limits)
    if (await transaction.seeDevice(deviceOf(session))) {
      const message = newMessage('new_sign_in', user.emailAddress, session.createdAt)
      await unit.queue({ ...message, userId: user.id })
    }
    const about = { userId: user.id, sessionId: session.id }
    await unit.record({ name: 'authn_login_success', ...about })
    if (ended.some((each) => isLive(config, each))) {
      await unit.record({ name: 'excess_sessions_exceeded', ...about })
    }
    await unit.tell('onSessionCreated', { user, session })
    return { user, session, token }
  })
}

/** The kind of device that a session began on. */
export function deviceOf({ userId, userAgent, createdAt }: Session): SeenDevice {
  return { userId, device: deviceName(userAgent), seenAt: createdAt }
}
