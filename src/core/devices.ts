// What the verbs here promise is written in verbs/sessions.ts.
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

export async function revokeSession(
  config: Configuration,
  session: OwnSession,
  client: Client,
): Promise<boolean> {
  return perform(config, client, (unit) => revoke(config, unit, session))
}

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
