// What the verbs here promise is written in verbs/passwords.ts.
import type { Client } from './client.ts'
import { toleratedSkewMilliseconds } from './clock-skew.ts'
import type { Configuration } from './config.ts'
import { requireNewPassword } from './credentials.ts'
import { parseEmailAddress } from './email-address.ts'
import type { User } from './entities.ts'
import { AuthError } from './errors.ts'
import { newMessage } from './mail.ts'
import { noticeOfChange, voidLinks } from './passwords.ts'
import type { Secret } from './secret.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken, parseToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** How many live reset links a user may have. */
export const maximumPasswordResets = 3

// No user is looked up here, so neither the answer nor its time reveals whether the address is known; and the request
// does not wait for the mail server.
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
  await perform(config, client, (unit) =>
    unit.queue(newMessage('password_reset', recipient, config.clock())),
  )
}

/** Whether a user has as many live reset links as allowed. Then no other is sent: they have three that work. */
export async function hasEveryPasswordReset(config: Configuration, user: User): Promise<boolean> {
  const now = config.clock()
  // Links from before a clock was set back would keep the user from another one until the clock has caught up.
  const createdUntil = new Date(now.getTime() + toleratedSkewMilliseconds)
  const live = await config.store.countPasswordResets(user, { expiresAfter: now, createdUntil })
  return live >= maximumPasswordResets
}

/** Creates a reset token for a user, in the transaction in which its mail is sent. */
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

// Asked before the new password is validated or hashed.
export async function isPasswordResetLive(config: Configuration, token: string): Promise<boolean> {
  return (await findLive(config, token)) !== null
}

// Nothing is hashed for a dead token, and an unacceptable password leaves the token valid.
export async function resetPassword(
  config: Configuration,
  token: string,
  { password, client }: { password: string; client: Client },
): Promise<User | null> {
  const live = await findLive(config, token)
  const user = live && (await config.store.findUser(live.userId))
  if (!user) return null
  const passwordHash = await config.passwordHash.hash(requireNewPassword(config, user, password))
  return perform(config, client, (unit) => consume(config, unit, { ...live, passwordHash }))
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

async function consume(
  config: Configuration,
  unit: UnitOfWork,
  { digest, userId, passwordHash }: Live & { readonly passwordHash: string },
): Promise<User | null> {
  const { transaction } = unit
  const at = config.clock()
  const held = await transaction.holdUser(userId)
  if (!held || held.bannedAt !== null) return null
  // SECURITY: the token may have been consumed, or have expired, while the password was hashed.
  const reset = await transaction.consumePasswordReset(digest, at)
  const changed = reset && (await transaction.setPasswordHash(userId, { to: passwordHash, at }))
  if (!changed) return null
  const { emailAddress } = changed
  // An address that was verified before keeps that instant.
  const user = await transaction.verifyEmailAddress({ userId, emailAddress }, at)
  if (!user) return null
  await transaction.deleteSessions(user.id)
  // SECURITY: an intruder may have created one to keep access.
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
