// What the verbs here promise is written in verbs/sessions.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Authenticated, Session, User } from './entities.ts'
import { importedDigest, type SessionImports } from './imported-tokens.ts'
import type { Secret } from './secret.ts'
import { isLive } from './session-expiry.ts'
import type { OwnSession } from './statements/sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken, parseToken } from './tokens.ts'
import { perform } from './unit-of-work.ts'

// A text that cannot be the token of a session is refused without a query.
export async function authenticate(
  config: Configuration,
  token: string,
): Promise<Authenticated | null> {
  const looked = sessionDigest(config, token)
  // Awaited only if it is a promise: an await costs more than the digest.
  const digest = looked instanceof Promise ? await looked : looked
  const finding = digest && config.store.findSession(digest)
  const found = finding instanceof Promise ? await finding : finding
  if (!found || !isLive(config, found.session) || found.user.bannedAt !== null) return null
  config.sessionUse.note(found.session)
  return found
}

/**
 * The digest by which to look up the token of a session, which may come from another system; null if the text cannot be
 * such a token.
 *
 * @throws AuthError `unavailable`
 */
export function sessionDigest(
  imports: SessionImports,
  text: string,
): Uint8Array | null | Promise<Uint8Array | null> {
  return parseToken('session', text) ?? importedDigest(imports, text)
}

/**
 * Locks the user and then the session until the transaction ends.
 *
 * SECURITY: a reset or a ban may have ended the session since the request was admitted.
 *
 * @returns the user as it is now, or null if the session has ended
 */
export async function holdLive(
  transaction: StoreTransaction,
  session: OwnSession,
): Promise<User | null> {
  const user = await transaction.holdUser(session.userId)
  return user && (await transaction.holdSession(session)) ? user : null
}

export async function logOut(
  config: Configuration,
  { id, userId }: Session,
  client: Client,
): Promise<void> {
  await perform(config, client, async (unit, transaction) => {
    if (!(await transaction.deleteSession({ id, userId }))) return
    await unit.record({ name: 'session_expired', userId, sessionId: id, detail: 'logout' })
  })
}

/** A new session and its token, which are not stored yet. */
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
