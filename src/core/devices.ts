import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { maximumDeviceNameLength } from './device-name.ts'
import type { Session } from './entities.ts'
import { AuthError } from './errors.ts'
import { isName } from './line.ts'
import type { Secret } from './secret.ts'
import { horizonOf, isLive } from './session-expiry.ts'
import { holdLive, sessionDigest } from './sessions.ts'
import type { OwnSession } from './statements/sessions.ts'
import { generateToken } from './tokens.ts'
import { perform } from './unit-of-work.ts'

/** A page of a user's sessions, newest first, without those that are over. */
export async function listSessions(
  config: Configuration,
  userId: string,
  page: { limit: number; after: string | null },
): Promise<Session[]> {
  return config.store.listSessions(userId, { ...horizonOf(config), ...page })
}

/**
 * Gives a session a name that its user will know it by.
 *
 * @returns null where the user has no such session
 * @throws AuthError `validation_failed`, `unavailable`
 */
export async function renameSession(
  config: Configuration,
  session: OwnSession,
  name: string,
): Promise<Session | null> {
  if (!isName(name, maximumDeviceNameLength)) {
    throw new AuthError('validation_failed', { fields: [{ field: 'name', code: 'invalid' }] })
  }
  const renamed = await config.store.transaction((transaction) =>
    transaction.renameSession(session, name),
  )
  return renamed && isLive(config, renamed) ? renamed : null
}

/** Who acts, and by which session; null where nobody's has to live, such as an operator's. */
export interface ActingSession {
  readonly client: Client
  readonly acting: OwnSession | null
}

/**
 * Ends one session of a user: its token is refused from the moment this resolves.
 *
 * @returns whether there was one that was not over; null where the one that acts has ended meanwhile
 */
export async function revokeSession(
  config: Configuration,
  { id, userId }: OwnSession,
  { client, acting }: ActingSession,
): Promise<boolean | null> {
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: of two that end each other one lives, and it is not the one that was ended first.
    if (acting && !(await holdLive(transaction, acting))) return null
    const ended = await transaction.deleteSession({ id, userId })
    if (!ended || !isLive(config, ended)) return false
    await unit.record({ name: 'session_expired', userId, sessionId: id, detail: 'revoked' })
    return true
  })
}

/**
 * Ends every session of a user but this one.
 *
 * @returns how many there were that were not over; null where this one has ended meanwhile
 */
export async function revokeOtherSessions(
  config: Configuration,
  { id, userId }: OwnSession,
  client: Client,
): Promise<number | null> {
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: of two that end each other one lives, and it is not the one that was ended first.
    if (!(await holdLive(transaction, { id, userId }))) return null
    const ended = await transaction.deleteOtherSessions({ id, userId })
    const live = ended.filter((each) => isLive(config, each))
    const about = { name: 'session_expired', userId, detail: 'revoked' } as const
    await unit.record(...live.map((each) => ({ ...about, sessionId: each.id })))
    return live.length
  })
}

/**
 * Gives a session another token; from the moment this resolves, the old one is refused. Of two that
 * ask at once one is given a token, so that nobody holds one that another's has replaced.
 *
 * @returns null where the token is not, or no longer, one of a session
 * @throws AuthError `rate_limited`, `unavailable`
 */
export async function rotateToken(
  config: Configuration,
  { session: { id: sessionId, userId }, token: old }: { session: Session; token: string },
  client: Client,
): Promise<Secret | null> {
  const from = await sessionDigest(config, old)
  if (!from) return null
  await config.guard.count('session_token', { account: userId, client })
  const { token, digest } = generateToken('session', config.random)
  return perform(config, client, async (transaction, unit) => {
    if (!(await transaction.replaceTokenDigest(from, digest))) return null
    await unit.record({ name: 'session_renewed', userId, sessionId, detail: 'token' })
    return token
  })
}
