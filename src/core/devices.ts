import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { maximumDeviceNameLength } from './device-name.ts'
import type { Session } from './entities.ts'
import { AuthError } from './errors.ts'
import { isName } from './line.ts'
import type { Secret } from './secret.ts'
import { isLive } from './session-expiry.ts'
import { holdLive, sessionDigest } from './sessions.ts'
import type { OwnSession } from './statements/sessions.ts'
import { generateToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/**
 * Names a session, so that its user recognizes the device.
 *
 * @returns null if the user has no such session, or it has expired
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

/**
 * Revokes a session of a user: its token is refused from the moment this resolves.
 *
 * @returns whether the user had such a session, and it had not expired
 */
export async function revokeSession(
  config: Configuration,
  session: OwnSession,
  client: Client,
): Promise<boolean> {
  return perform(config, client, (unit) => revoke(config, unit, session))
}

/**
 * The same, for users who revoke a session of their own, which may be the acting one.
 *
 * @returns null if the acting session has ended meanwhile
 */
export async function revokeOwnSession(
  config: Configuration,
  acting: OwnSession,
  { id, client }: { id: string; client: Client },
): Promise<boolean | null> {
  return perform(config, client, async (unit, transaction) => {
    // SECURITY: if two sessions revoke each other at once, the one whose call came first survives.
    if (!(await holdLive(transaction, acting))) return null
    return revoke(config, unit, { id, userId: acting.userId })
  })
}

async function revoke(
  config: Configuration,
  unit: UnitOfWork,
  { id, userId }: OwnSession,
): Promise<boolean> {
  const revoked = await unit.transaction.deleteSession({ id, userId })
  if (!revoked || !isLive(config, revoked)) return false
  await unit.record({ name: 'session_expired', userId, sessionId: id, detail: 'revoked' })
  return true
}

/** Revokes every session of a user. */
export async function revokeSessions(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<void> {
  await perform(config, client, async (unit, transaction) => {
    if (!(await transaction.holdUser(userId))) return
    await transaction.deleteSessions(userId)
    await unit.record({ name: 'session_expired', userId, detail: 'all' })
  })
}

/**
 * Revokes every session of a user except this one.
 *
 * @returns how many had not expired; null if this session has ended meanwhile
 */
export async function revokeOtherSessions(
  config: Configuration,
  { id, userId }: OwnSession,
  client: Client,
): Promise<number | null> {
  return perform(config, client, async (unit, transaction) => {
    // SECURITY: if two sessions revoke each other at once, the one whose call came first survives.
    if (!(await holdLive(transaction, { id, userId }))) return null
    const revoked = await transaction.deleteOtherSessions({ id, userId })
    const live = revoked.filter((each) => isLive(config, each))
    const about = { name: 'session_expired', userId, detail: 'revoked' } as const
    await unit.record(...live.map((each) => ({ ...about, sessionId: each.id })))
    return live.length
  })
}

/**
 * Replaces the token of a session: the old one is refused from the moment this resolves. Of two concurrent calls
 * only one gets a new token: the other's would have been replaced at once.
 *
 * @returns null if the token is not, or no longer, that of a session
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
  return perform(config, client, async (unit, transaction) => {
    if (!(await transaction.replaceTokenDigest(from, digest))) return null
    await unit.record({ name: 'session_renewed', userId, sessionId, detail: 'token' })
    return token
  })
}
