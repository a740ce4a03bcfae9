import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Registration, User } from './entities.ts'
import { AuthError } from './errors.ts'
import { noteRefusal } from './events.ts'
import { normalizePassword } from './password-policy.ts'
import type { Secret } from './secret.ts'
import { parseToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'
import { newUser } from './users.ts'

/** Whether the token of a link that confirms a sign-up would be accepted now. */
export async function isRegistrationLive(config: Configuration, token: string): Promise<boolean> {
  return (await findLive(config, token)) !== null
}

interface Live {
  readonly digest: Uint8Array
  readonly registration: Registration
}

async function findLive(config: Configuration, token: string): Promise<Live | null> {
  const digest = config.signUp === 'closed' ? null : parseToken('emailVerification', token)
  const registration = digest && (await config.store.findRegistration(digest))
  const isLive = registration && config.clock() < registration.expiresAt
  return isLive ? { digest, registration } : null
}

/** The user whom the confirmed sign-up created, or why it was not confirmed. */
export type Confirmed = User | 'invalid_token' | 'password_required' | 'wrong_password'

/**
 * Consumes the token of a link that confirms a sign-up: it creates the user, with a verified address. Nobody is
 * logged in.
 *
 * SECURITY: opening the link is not enough, or an attacker who signs up with somebody else's address would get a user
 * by the owner's click. The link also needs the password of that sign-up, which the owner of the mailbox does not
 * know: the owner signs up again, and gets a link of their own.
 *
 * @throws AuthError `email_address_taken`, `rate_limited`, `overloaded`, `unavailable`, or what a hook throws, which
 *   leaves the token valid
 */
export async function confirmRegistration(
  config: Configuration,
  token: string,
  { password, client }: { password: string | null; client: Client },
): Promise<Confirmed> {
  const live = await findLive(config, token)
  if (!live) return 'invalid_token'
  if (password === null) return 'password_required'
  if (!(await verify(config, live.registration, { password, client }))) return 'wrong_password'
  const consumed = await perform(config, client, (unit) => consume(config, unit, live))
  // Thrown after the transaction: inside, it would also roll back the deletion of the useless registrations.
  if (consumed === 'taken') throw new AuthError('email_address_taken')
  return consumed ?? 'invalid_token'
}

async function verify(
  config: Configuration,
  registration: Registration,
  { password, client }: { password: string; client: Client },
): Promise<boolean> {
  await config.guard.count('password_challenge', { account: registration.id, client })
  const given = normalizePassword(password)
  if (given && (await isRight(config, registration, given))) return true
  const detail = 'password_challenge'
  noteRefusal(config, client, { name: 'authn_login_fail', userId: null, detail })
  return false
}

async function isRight(
  config: Configuration,
  { id: account, passwordHash }: Registration,
  password: Secret,
): Promise<boolean> {
  const attempt = await config.guard.tryPassword('password_challenge', { account, password })
  return attempt.verify(async () => {
    const isVerified = await config.passwordHash.verify(passwordHash, password)
    if (!isVerified || attempt.isStopped) return false
    await config.store.transaction((transaction) => attempt.succeed(transaction))
    return true
  })
}

async function consume(
  config: Configuration,
  unit: UnitOfWork,
  { digest }: Live,
): Promise<User | 'taken' | null> {
  const { transaction } = unit
  const at = config.clock()
  const registration = await transaction.consumeRegistration(digest, at)
  if (!registration) return null
  const { emailAddress, passwordHash, fields } = registration
  const user = { ...newUser(config, emailAddress), emailVerifiedAt: at }
  const isFree = await transaction.insertUser(user, passwordHash)
  await transaction.deleteRegistrations(emailAddress)
  if (!isFree) return 'taken'
  // Failed attempts from before the address had a user no longer count.
  await config.guard.recover(transaction, user)
  await unit.record({ name: 'user_created', userId: user.id, emailAddress })
  await unit.record({ name: 'user_updated', userId: user.id, detail: 'email_verified' })
  const given = fields === null ? null : JSON.parse(fields)
  await unit.tell('onUserCreated', { user, fields: given })
  await unit.tell('onEmailAddressVerified', { user, previous: null })
  return user
}
