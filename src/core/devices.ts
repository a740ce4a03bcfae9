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
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/**
 * Gives a session a name by which its user recognises it.
 *
 * @returns null where the user has no such session, or it has expired
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
 * Ends one session of a user: its token is refused from the moment this resolves.
 *
 * @returns whether there was one that had not expired
 */
export async function revokeSession(
  config: Configuration,
  session: OwnSession,
  client: Client,
): Promise<boolean> {
  return perform(config, client, (transaction, unit) => end(config, { transaction, unit }, session))
}

/**
 * The same for users who end one of their own, perhaps the acting one.
 *
 * @returns null where the acting session has ended meanwhile
 */
export async function revokeOwnSession(
  config: Configuration,
  acting: OwnSession,
  { id, client }: { id: string; client: Client },
): Promise<boolean | null> {
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: where two sessions end each other at once one survives: the one whose call came first.
    if (!(await holdLive(transaction, acting))) return null
    return end(config, { transaction, unit }, { id, userId: acting.userId })
  })
}

async function end(
  config: Configuration,
  { transaction, unit }: { transaction: StoreTransaction; unit: UnitOfWork },
  { id, userId }: OwnSession,
): Promise<boolean> {
  const ended = await transaction.deleteSession({ id, userId })
  if (!ended || !isLive(config, ended)) return false
  await unit.record({ name: 'session_expired', userId, sessionId: id, detail: 'revoked' })
  return true
}

/**
 * Ends every session of a user but this one.
 *
 * @returns how many unexpired ones there were; null where this one has ended meanwhile
 */
export async function revokeOtherSessions(
  config: Configuration,
  { id, userId }: OwnSession,
  client: Client,
): Promise<number | null> {
  return perform(config, client, async (transaction, unit) => {
    // SECURITY: where two sessions end each other at once one survives: the one whose call came first.
    if (!(await holdLive(transaction, { id, userId }))) return null
    const ended = await transaction.deleteOtherSessions({ id, userId })
    const live = ended.filter((each) => isLive(config, each))
    const about = { name: 'session_expired', userId, detail: 'revoked' } as const
    await unit.record(...live.map((each) => ({ ...about, sessionId: each.id })))
    return live.length
  })
}

/**
 * Gives a session another token; from the moment this resolves, the old one is refused. Of two
 * concurrent calls only one gets a token, so that nobody holds a token that is already replaced.
 *
 * @returns null where the token is not, or no longer, that of a session
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
