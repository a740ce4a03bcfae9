// What the verbs here promise is written in verbs/sessions.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { SubmittedCredentials } from './credentials.ts'
import { deviceName } from './device-name.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Authenticated, Credentials, Session } from './entities.ts'
import { AuthError } from './errors.ts'
import { noteRefusal } from './events.ts'
import type { PasswordAttempt } from './guard.ts'
import { newMessage } from './mail.ts'
import { normalizePassword } from './password-policy.ts'
import type { Secret } from './secret.ts'
import { horizonOf, isLive } from './session-expiry.ts'
import { openSession } from './sessions.ts'
import type { SeenDevice } from './statements/sessions.ts'
import { perform } from './unit-of-work.ts'

/** A new session. The token is stored nowhere: this is the only time that it can be handed out. */
export interface LoggedIn extends Authenticated {
  readonly token: Secret
}

// An unknown address costs the same hash as a wrong password, and has the same result.
export async function logIn(
  config: Configuration,
  credentials: SubmittedCredentials,
  client: Client,
): Promise<LoggedIn | null> {
  const emailAddress = parseEmailAddress(credentials.emailAddress)
  const password = normalizePassword(credentials.password)
  const account = emailAddress ?? credentials.emailAddress
  // Before a place in the queue is taken: a flood of refused attempts must not take the places of others.
  config.guard.refuseKnown('log_in', { account, client })
  // Before anything is written: a caller who is told to come back later must not cost a write.
  return config.passwordHash.admit(account, () =>
    tryToLogIn(config, { account, emailAddress, password, client }),
  )
}

interface Typed {
  /** What the try is counted under: the address, or the submitted text if it is not an address. */
  readonly account: string
  readonly emailAddress: EmailAddress | null
  /** Null if the text cannot be a password. */
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
  return attempt.verify(() => verify(config, { emailAddress, password, attempt, client }))
}

interface Tried {
  readonly emailAddress: EmailAddress | null
  readonly password: Secret
  readonly attempt: PasswordAttempt
  readonly client: Client
}

async function verify(config: Configuration, tried: Tried): Promise<LoggedIn | null> {
  const { emailAddress, password, attempt, client } = tried
  // A second round if a concurrent log-in has just replaced the hash by one of another cost.
  for (let round = 1; round <= 2; round++) {
    const known = emailAddress && (await config.store.findCredentials(emailAddress))
    const verified = await config.passwordHash.verify(known?.passwordHash ?? null, password)
    // SECURITY: checked after the hash, so that the time reveals neither a ban nor a hundred failures.
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

async function beginSession(
  config: Configuration,
  { password, attempt, client }: Tried,
  { user: known, passwordHash: from }: Credentials,
): Promise<LoggedIn | null> {
  const to = await renew(config, { password, from })
  const { session, token, digest } = openSession(config, known, client)
  return perform(config, client, async (unit, transaction) => {
    // SECURITY: no session begins if the password was changed while the old one was being verified, or if the address
    // is no longer the user's: the notice would go to somebody else's mailbox.
    const user =
      to === from
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

// A hash that was made at another cost is replaced now, while the password is known; or at a later log-in, if others
// wait for their hashes: this one has already had its place in the queue. So none is counted as refused.
async function renew(
  { passwordHash }: Pick<Configuration, 'passwordHash'>,
  { password, from }: { password: Secret; from: string },
): Promise<string> {
  if (passwordHash.isCurrent(from) || passwordHash.queue?.isFree === false) return from
  try {
    return await passwordHash.hash(password)
  } catch (error) {
    if (error instanceof AuthError && error.code === 'overloaded') return from
    throw error
  }
}

/** The kind of device that a session began on. */
export function deviceOf({ userId, userAgent, createdAt }: Session): SeenDevice {
  return { userId, device: deviceName(userAgent), seenAt: createdAt }
}
