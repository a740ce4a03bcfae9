import type { Configuration } from './config.ts'
import { maximumDeviceNameLength } from './device-name.ts'
import type { Session } from './entities.ts'
import { AuthError } from './errors.ts'
import { isLine } from './line.ts'
import type { Secret } from './secret.ts'
import { horizonOf, isLive } from './sessions.ts'
import type { SessionKey } from './store-transaction.ts'
import { generateToken, parseToken } from './tokens.ts'

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
  session: SessionKey,
  name: string,
): Promise<Session | null> {
  const isNamed = name.trim() !== '' && [...name].length <= maximumDeviceNameLength
  if (!isNamed || !isLine(name)) {
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
 * @returns whether there was one that was not over
 */
export async function revokeSession(config: Configuration, session: SessionKey): Promise<boolean> {
  const ended = await config.store.transaction((transaction) => transaction.deleteSession(session))
  return ended !== null && isLive(config, ended)
}

/**
 * Ends every session of a user but this one.
 *
 * @returns how many there were that were not over
 */
export async function revokeOtherSessions(
  config: Configuration,
  session: SessionKey,
): Promise<number> {
  const ended = await config.store.transaction((transaction) =>
    transaction.deleteOtherSessions(session),
  )
  return ended.filter((each) => isLive(config, each)).length
}

/**
 * Gives a session another token; from the moment this resolves, the old one is refused. Of two that
 * ask at once one is given a token, so that nobody holds one that another's has replaced.
 *
 * @returns null where the token is not, or no longer, one of a session
 */
export async function rotateToken(config: Configuration, old: Secret): Promise<Secret | null> {
  const from = parseToken('session', old.reveal())
  if (!from) return null
  const { token, digest } = generateToken('session', config.random)
  const replaced = await config.store.transaction((transaction) =>
    transaction.replaceTokenDigest(from, digest),
  )
  return replaced ? token : null
}
