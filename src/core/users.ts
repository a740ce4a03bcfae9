// What the verbs here promise is written in verbs/users.ts.
import { type Client, operator } from './client.ts'
import type { Configuration } from './config.ts'
import { parseNewCredentials, type SubmittedCredentials } from './credentials.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Session, User } from './entities.ts'
import { AuthError } from './errors.ts'
import { failuresKeysOf } from './guard/buckets.ts'
import { voidLinks } from './passwords.ts'
import { holdLive } from './sessions.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** Names a user, by id or by address; the address may be in any spelling. */
export type NamedUser = { readonly id: string } | { readonly emailAddress: string }

export async function findUser({ store }: Configuration, named: NamedUser): Promise<User | null> {
  if ('id' in named) return store.findUser(named.id)
  const emailAddress = parseEmailAddress(named.emailAddress)
  const known = emailAddress && (await store.findCredentials(emailAddress))
  return known?.user ?? null
}

export async function banUser(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<User | null> {
  return perform(config, client, async (unit, transaction) => {
    const held = await transaction.holdUser(userId)
    if (!held || held.bannedAt !== null) return held
    const banned = await transaction.setBannedAt(userId, config.clock())
    await transaction.deleteSessions(userId)
    await transaction.deleteApiKeys(userId)
    await voidLinks(transaction, userId)
    await unit.record({ name: 'authn_login_lock', userId, detail: 'banned' })
    return banned
  })
}

export async function unbanUser(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<User | null> {
  return perform(config, client, async (unit, transaction) => {
    const held = await transaction.holdUser(userId)
    if (!held || held.bannedAt === null) return held
    const unbanned = await transaction.setBannedAt(userId, null)
    await unit.record({ name: 'user_updated', userId, detail: 'unbanned' })
    return unbanned
  })
}

export async function deleteUser(
  config: Configuration,
  { id }: User,
  client: Client,
): Promise<void> {
  await perform(config, blankOf(client), async (unit, transaction) => {
    const user = await transaction.holdUser(id)
    if (user) await remove(user, unit)
  })
}

export async function deleteOwnUser(
  config: Configuration,
  session: Session,
  client: Client,
): Promise<boolean> {
  return perform(config, blankOf(client), async (unit, transaction) => {
    const user = await holdLive(transaction, session)
    if (user) await remove(user, unit)
    return user !== null
  })
}

// The event that records the deletion has no addresses either.
function blankOf(client: Client): Client {
  return { ...client, ipAddress: null, userAgent: null }
}

async function remove(user: User, unit: UnitOfWork): Promise<void> {
  const { transaction } = unit
  await unit.tell('onUserDeleted', { user })
  await transaction.deleteFailedAttempts(failuresKeysOf(user))
  await transaction.deleteUser(user.id)
  await transaction.deleteRegistrations(user.emailAddress)
  await transaction.deleteRequestedMessages(user.emailAddress)
  await transaction.blankEvents(user.id)
  await unit.record({ name: 'user_deleted', userId: user.id })
}

export async function createUser(
  config: Configuration,
  credentials: SubmittedCredentials,
): Promise<User> {
  const { emailAddress, password } = parseNewCredentials(config, credentials)
  const passwordHash = await config.passwordHash.hash(password)
  const user = newUser(config, emailAddress)
  await perform(config, operator, async (unit, transaction) => {
    const isFree = await transaction.insertUser(user, passwordHash)
    if (!isFree) throw new AuthError('email_address_taken')
    await config.guard.recover(transaction, user)
    await unit.record({ name: 'user_created', userId: user.id, emailAddress })
    await unit.tell('onUserCreated', { user, fields: null })
  })
  return user
}

/** A user who is not stored yet, and whose address is not verified. */
export function newUser(config: Configuration, emailAddress: EmailAddress): User {
  const createdAt = config.clock()
  const id = config.newId(createdAt)
  const instants = { emailVerifiedAt: null, bannedAt: null, createdAt, updatedAt: createdAt }
  return { id, emailAddress, ...instants }
}
