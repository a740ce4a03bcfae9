import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { SubmittedCredentials } from './credentials.ts'
import { deviceName } from './device-name.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Authenticated, Credentials, Session } from './entities.ts'
import { noteRefusal } from './events.ts'
import type { PasswordAttempt } from './guard.ts'
import { newMessage } from './mail.ts'
import { normalizePassword } from './password-policy.ts'
import type { Secret } from './secret.ts'
import { horizonOf, isLive } from './session-expiry.ts'
import { openSession } from './sessions.ts'
import type { SeenDevice } from './statements/sessions.ts'
import { perform } from './unit-of-work.ts'

/** What the start of a session hands out. The token exists here and nowhere else. */
export interface LoggedIn extends Authenticated {
  readonly token: Secret
}

/**
 * Begins a session for the right address and password. An unknown address costs the same hash as a
 * wrong password and gets the same answer.
 *
 * @returns null for every wrong pair, without saying which part is wrong
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
  // Before a place in the queue is taken: a flood of refused attempts would keep the places from others.
  config.guard.refuseKnown('log_in', { account, client })
  // Before anything is written: a caller who is told to come back must cost the others nothing more.
  return config.passwordHash.admit(account, () =>
    tryToLogIn(config, { account, emailAddress, password, client }),
  )
}

interface Typed {
  /** Under which the try is counted: the address, or the text that is none. */
  readonly account: string
  readonly emailAddress: EmailAddress | null
  /** Null for a text that can be nobody's password. */
  readonly password: Secret | null
  readonly client: Client
}

async function tryToLogIn(
  config: Configuration,
  { account, emailAddress, password, client }: Typed,
): Promise<LoggedIn | null> {
  await config.guard.count('log_in', { account, client })
  if (!password) {
    noteRefusal(config, client, { name: 'authn_login_fail', userId: null })
    return null
  }
  const attempt = await config.guard.tryPassword('log_in', { account, password })
  return attempt.judge(() => judge(config, { emailAddress, password, attempt, client }))
}

interface Tried {
  readonly emailAddress: EmailAddress | null
  readonly password: Secret
  readonly attempt: PasswordAttempt
  readonly client: Client
}

async function judge(config: Configuration, tried: Tried): Promise<LoggedIn | null> {
  const { emailAddress, password, attempt, client } = tried
  // Twice: where another log-in meanwhile replaced the hash by one of a higher cost, that one is verified.
  for (let round = 1; round <= 2; round++) {
    const known = emailAddress && (await config.store.findCredentials(emailAddress))
    const verified = await config.passwordHash.verify(known?.passwordHash ?? null, password)
    // SECURITY: after the hash, so that a ban, or a hundred failures, takes as long as a wrong
    // password and says no more.
    if (!known || !verified || known.user.bannedAt !== null || attempt.isStopped) {
      const name = attempt.isLast ? 'authn_login_lock' : 'authn_login_fail'
      noteRefusal(config, client, { name, userId: known?.user.id ?? null })
      return null
    }
    const begun = await beginSession(config, tried, known)
    if (begun) return begun
  }
  return null
}

// A hash from before the cost was raised is replaced while the password is at hand.
async function beginSession(
  config: Configuration,
  { password, attempt, client }: Tried,
  { user: known, passwordHash: from }: Credentials,
): Promise<LoggedIn | null> {
  const isCurrent = config.passwordHash.isCurrent(from)
  const to = isCurrent ? from : await config.passwordHash.hash(password)
  const { session, token, digest } = openSession(config, known, client)
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: no session opens where the password was changed while this one was being verified,
    // or where the address is no longer the user's: its mailbox would be told of the log-in.
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
