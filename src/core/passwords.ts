import { type Client, operator } from './client.ts'
import type { Configuration } from './config.ts'
import { parseNewCredentials, type SubmittedCredentials } from './credentials.ts'
import { parseEmailAddress } from './email-address.ts'
import type { Authenticated, User } from './entities.ts'
import { AuthError } from './errors.ts'
import { verifyChallenge } from './freshness.ts'
import { type NewMessage, newMessage } from './mail.ts'
import { parseNewPassword, policyFor } from './password-policy.ts'
import { Secret } from './secret.ts'
import { holdLive } from './sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken, parseToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** The outcome of a change: done, or why not. */
export type PasswordChange = 'changed' | 'wrong_password' | 'session_ended'

/** The old password, and the new one. */
export interface SubmittedPasswordChange {
  readonly challenge: string
  readonly password: string
}

/** How many live links a user has at a time; whoever asks for more has three valid ones in the mail. */
export const maximumPasswordResets = 3

/**
 * Queues the mail with the link. No user is looked up here: neither the answer nor its time tells
 * whether the address is known, and nothing waits for the mail server.
 *
 * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
 */
export async function requestPasswordReset(
  config: Configuration,
  emailAddress: string,
  client: Client,
): Promise<void> {
  const recipient = parseEmailAddress(emailAddress)
  if (!recipient) {
    const fields = [{ field: 'emailAddress', code: 'invalid' }] as const
    throw new AuthError('validation_failed', { fields })
  }
  await config.guard.count('password_reset', { account: recipient, client })
  await perform(config, client, (_transaction, unit) =>
    unit.queue(newMessage('password_reset', recipient, config.clock())),
  )
}

/** A new link for a user, as part of the transaction in which its mail leaves. */
export async function issuePasswordReset(
  config: Configuration,
  transaction: StoreTransaction,
  user: User,
): Promise<{ token: Secret; digest: Uint8Array }> {
  const createdAt = config.clock()
  const expiresAt = new Date(createdAt.getTime() + config.resetTokenMinutes * 60_000)
  const { token, digest } = generateToken('passwordReset', config.random)
  await transaction.insertPasswordReset({ userId: user.id, createdAt, expiresAt }, digest)
  return { token, digest }
}

/** Whether a token would be accepted now: asked before a password is judged, let alone hashed. */
export async function isPasswordResetLive(config: Configuration, token: string): Promise<boolean> {
  return (await findLive(config, token)) !== null
}

/**
 * Sets the password for whoever holds a token from the mail. All or nothing: the token is spent,
 * every session and API key of the user ends, other links die, the notice is queued. Nobody is
 * logged in. Reading this mail proves the address.
 *
 * @returns null for a token that is malformed, unknown, spent or expired; nothing is hashed for it
 * @throws AuthError `validation_failed`, which leaves the token valid, `overloaded`, `unavailable`
 */
export async function resetPassword(
  config: Configuration,
  token: string,
  { password, client }: { password: string; client: Client },
): Promise<User | null> {
  const live = await findLive(config, token)
  const user = live && (await config.store.findUser(live.userId))
  if (!user) return null
  const passwordHash = await config.passwordHash.hash(requirePassword(config, user, password))
  return perform(config, client, (transaction, unit) =>
    redeem(config, { transaction, unit }, { ...live, passwordHash }),
  )
}

/**
 * Changes the password for whoever knows the old one. All other sessions of the user end, mailed
 * links die, and the notice is queued. API keys live on: each is revoked by itself.
 *
 * @throws AuthError `validation_failed`, `rate_limited`, `overloaded`, `unavailable`
 */
export async function changePassword(
  config: Configuration,
  authenticated: Authenticated,
  { challenge, password, client }: SubmittedPasswordChange & { readonly client: Client },
): Promise<PasswordChange> {
  const { session, user } = authenticated
  const accepted = requirePassword(config, user, password)
  const refusal = 'authn_password_change_fail'
  const from = await verifyChallenge(config, user, { challenge, client, refusal })
  if (from === null) return 'wrong_password'
  const to = await config.passwordHash.hash(accepted)
  const at = config.clock()
  return perform(config, client, async (transaction, unit) => {
    // The address may have changed since the request began: the notice goes to the current one.
    const held = await holdLive(transaction, session)
    if (!held) return 'session_ended'
    const changed = await transaction.replacePasswordHash(held, { from, to, at })
    if (!changed) return 'wrong_password'
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

function requirePassword(config: Configuration, user: User, text: string): Secret {
  const password = parseNewPassword(text, policyFor(user.emailAddress, config.passwords))
  if (password instanceof Secret) return password
  const fields = [{ field: 'password', code: password }] as const
  throw new AuthError('validation_failed', { fields })
}

interface Live {
  readonly digest: Uint8Array
  readonly userId: string
}

async function findLive(config: Configuration, token: string): Promise<Live | null> {
  const digest = parseToken('passwordReset', token)
  const reset = digest && (await config.store.findPasswordReset(digest))
  return reset && config.clock() < reset.expiresAt ? { digest, userId: reset.userId } : null
}

async function redeem(
  config: Configuration,
  { transaction, unit }: { transaction: StoreTransaction; unit: UnitOfWork },
  { digest, userId, passwordHash }: Live & { readonly passwordHash: string },
): Promise<User | null> {
  const at = config.clock()
  const held = await transaction.holdUser(userId)
  if (!held || held.bannedAt !== null) return null
  // SECURITY: the token may have been spent, or have expired, while the password was hashed.
  const reset = await transaction.consumePasswordReset(digest, at)
  const changed = reset && (await transaction.setPasswordHash(userId, { to: passwordHash, at }))
  if (!changed) return null
  const { emailAddress } = changed
  // An address that was proved before keeps the instant of that proof.
  const user = await transaction.verifyEmailAddress({ userId, emailAddress }, at)
  if (!user) return null
  await transaction.deleteSessions(user.id)
  // SECURITY: an intruder may have created one, to stay.
  await transaction.deleteApiKeys(user.id)
  await config.guard.recover(transaction, user)
  await voidLinks(transaction, user.id)
  await unit.queue(noticeOfChange(user, at))
  const about = { userId: user.id, detail: 'reset' }
  await unit.record({ name: 'authn_password_change', ...about })
  await unit.tell('onPasswordChanged', { user })
  if (held.emailVerifiedAt === null) {
    await unit.record({ name: 'user_updated', userId: user.id, detail: 'email_verified' })
    await unit.tell('onEmailAddressVerified', { user, previous: null })
  }
  return user
}

/**
 * Gives a user another password, for seeds and consoles: the old one is not asked for, sessions
 * live on, and mailed links die. Whoever is banned stays banned.
 *
 * @returns the user, or null where nobody has the address
 * @throws AuthError `validation_failed`, `overloaded`, `unavailable`
 */
export async function setPassword(
  config: Configuration,
  credentials: SubmittedCredentials,
): Promise<User | null> {
  const { emailAddress, password } = parseNewCredentials(config, credentials)
  const known = await config.store.findCredentials(emailAddress)
  if (!known) return null
  const to = await config.passwordHash.hash(password)
  return perform(config, operator, async (transaction, unit) => {
    // While the password was hashed, the address may have passed to another user, or to none.
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
 * SECURITY: a new password voids links that choose another one, and a change of address, which an
 * intruder may have begun.
 */
export async function voidLinks(transaction: StoreTransaction, userId: string): Promise<void> {
  await transaction.deletePasswordResets(userId)
  await transaction.deleteEmailChange(userId)
  await transaction.deleteEmailVerifications(userId)
}

function noticeOfChange(user: User, at: Date): NewMessage {
  return { ...newMessage('password_changed', user.emailAddress, at), userId: user.id }
}
