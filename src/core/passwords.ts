// What the verbs here promise is written in verbs/passwords.ts.
import { type Client, operator } from './client.ts'
import type { Configuration } from './config.ts'
import {
  parseNewCredentials,
  requireNewPassword,
  type SubmittedCredentials,
} from './credentials.ts'
import type { Authenticated, User } from './entities.ts'
import { verifyChallenge } from './freshness.ts'
import { type NewMessage, newMessage } from './mail.ts'
import type { Secret } from './secret.ts'
import { holdLive } from './sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { perform } from './unit-of-work.ts'

/** The outcome of a change of password. */
export type PasswordChange = 'changed' | 'wrong_password' | 'session_ended'

/** The old password as `challenge`, and the new one. */
export interface SubmittedPasswordChange {
  readonly challenge: string
  readonly password: string
}

export async function changePassword(
  config: Configuration,
  authenticated: Authenticated,
  { challenge, password, client }: SubmittedPasswordChange & { readonly client: Client },
): Promise<PasswordChange> {
  const accepted = requireNewPassword(config, authenticated.user, password)
  const change = () => replacePassword(config, authenticated, { challenge, accepted, client })
  const first = await change()
  const outcome = first === 'overtaken' ? await change() : first
  return outcome === 'overtaken' ? 'wrong_password' : outcome
}

interface AcceptedChange {
  readonly challenge: string
  readonly accepted: Secret
  readonly client: Client
}

// Overtaken if a concurrent log-in has just replaced the hash by one of another cost.
async function replacePassword(
  config: Configuration,
  { session, user }: Authenticated,
  { challenge, accepted, client }: AcceptedChange,
): Promise<PasswordChange | 'overtaken'> {
  const refusal = 'authn_password_change_fail'
  const from = await verifyChallenge(config, user, { challenge, client, refusal })
  if (from === null) return 'wrong_password'
  const to = await config.passwordHash.hash(accepted)
  const at = config.clock()
  return perform(config, client, async (unit, transaction) => {
    // The address may have changed since the request began: the notice goes to the current one.
    const held = await holdLive(transaction, session)
    if (!held) return 'session_ended'
    const changed = await transaction.replacePasswordHash(held, { from, to, at })
    if (!changed) return 'overtaken'
    await transaction.deleteOtherSessions(session)
    await transaction.freshenSession(session, at)
    await config.guard.recover(transaction, changed)
    await voidLinks(transaction, user.id)
    await unit.queue(noticeOfChange(changed, at))
    const about = { userId: user.id, sessionId: session.id }
    await unit.record({ name: 'authn_password_change', ...about })
    await unit.tell('onPasswordChanged', { user: changed })
    return 'changed'
  })
}

export async function setPassword(
  config: Configuration,
  credentials: SubmittedCredentials,
): Promise<User | null> {
  const { emailAddress, password } = parseNewCredentials(config, credentials)
  const known = await config.store.findCredentials(emailAddress)
  if (!known) return null
  const to = await config.passwordHash.hash(password)
  return perform(config, operator, async (unit, transaction) => {
    // The user may have changed their address, or been deleted, while the password was hashed.
    const held = await transaction.holdUser(known.user.id)
    if (held?.emailAddress !== emailAddress) return null
    const user = await transaction.setPasswordHash(held.id, { to, at: config.clock() })
    if (!user) return null
    await config.guard.recover(transaction, user)
    await voidLinks(transaction, user.id)
    await unit.record({ name: 'authn_password_change', userId: user.id })
    await unit.tell('onPasswordChanged', { user })
    return user
  })
}

/**
 * Voids a user's mailed links.
 *
 * SECURITY: after a new password, or a ban, neither a reset link nor a change of address that an intruder requested may
 * still work.
 */
export async function voidLinks(transaction: StoreTransaction, userId: string): Promise<void> {
  await transaction.deletePasswordResets(userId)
  await transaction.deleteEmailChange(userId)
  await transaction.deleteEmailVerifications(userId)
}

/** The mail that tells a user that their password was changed. */
export function noticeOfChange(user: User, at: Date): NewMessage {
  return { ...newMessage('password_changed', user.emailAddress, at), userId: user.id }
}
