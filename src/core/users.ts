import { type Client, operator } from './client.ts'
import type { Configuration } from './config.ts'
import { parseNewCredentials, type SubmittedCredentials } from './credentials.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Session, User } from './entities.ts'
import { AuthError } from './errors.ts'
import { failuresKeysOf } from './guard/buckets.ts'
import { voidLinks } from './passwords.ts'
import { holdLive } from './sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** Which user is meant: by id, or by address in whatever spelling it was typed. */
export type NamedUser = { readonly id: string } | { readonly emailAddress: string }

/**
 * Finds a user.
 *
 * @returns null where there is none
 * @throws AuthError `unavailable`
 */
export async function findUser({ store }: Configuration, named: NamedUser): Promise<User | null> {
  if ('id' in named) return store.findUser(named.id)
  const emailAddress = parseEmailAddress(named.emailAddress)
  const known = emailAddress && (await store.findCredentials(emailAddress))
  return known?.user ?? null
}

/**
 * Bans a user: every session and API key ends, links die, and log-ins fail with an answer that says
 * no more than one to a wrong password.
 *
 * @returns the user, or null where there is none
 * @throws AuthError `unavailable`
 */
export async function banUser(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<User | null> {
  return perform(config, client, async (transaction, unit) => {
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

/**
 * Lets a banned user log in again.
 *
 * @returns the user, or null where there is none
 */
export async function unbanUser(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<User | null> {
  return perform(config, client, async (transaction, unit) => {
    const held = await transaction.holdUser(userId)
    if (!held || held.bannedAt === null) return held
    const unbanned = await transaction.setBannedAt(userId, null)
    await unit.record({ name: 'user_updated', userId, detail: 'unbanned' })
    return unbanned
  })
}

/**
 * Deletes a user and all that is theirs: sessions, API keys, links, waiting mails, rows of your
 * tables that refer to the user with ON DELETE CASCADE. The address may sign up again. Events stay,
 * without the address, the client's address and its agent; so do digests of the user's ids, so that
 * no import brings them back.
 *
 * @throws AuthError `unavailable`
 */
export async function deleteUser(
  config: Configuration,
  { id }: User,
  client: Client,
): Promise<void> {
  await perform(config, blankOf(client), async (transaction, unit) => {
    const user = await transaction.holdUser(id)
    if (user) await remove(user, { transaction, unit })
  })
}

/**
 * The same for users who delete themselves.
 *
 * @returns false where the session has ended meanwhile, perhaps by a ban
 * @throws AuthError `unavailable`
 */
export async function deleteOwnUser(
  config: Configuration,
  session: Session,
  client: Client,
): Promise<boolean> {
  return perform(config, blankOf(client), async (transaction, unit) => {
    const user = await holdLive(transaction, session)
    if (user) await remove(user, { transaction, unit })
    return user !== null
  })
}

// Only the user's id stays, and what happened to it.
function blankOf(client: Client): Client {
  return { ...client, ipAddress: null, userAgent: null }
}

async function remove(
  user: User,
  { transaction, unit }: { transaction: StoreTransaction; unit: UnitOfWork },
): Promise<void> {
  await unit.tell('onUserDeleted', { user })
  await transaction.deleteFailedAttempts(failuresKeysOf(user))
  await transaction.deleteUser(user.id)
  await transaction.deleteRegistrations(user.emailAddress)
  await transaction.deleteRequestedMessages(user.emailAddress)
  await transaction.blankEvents(user.id)
  await unit.record({ name: 'user_deleted', userId: user.id })
}

/**
 * Creates a user who has not logged in yet, for consoles.
 *
 * @throws AuthError `validation_failed`, `email_address_taken`, `overloaded`, `unavailable`
 */
export async function createUser(
  config: Configuration,
  credentials: SubmittedCredentials,
): Promise<User> {
  const { emailAddress, password } = parseNewCredentials(config, credentials)
  const passwordHash = await config.passwordHash.hash(password)
  const user = newUser(config, emailAddress)
  await perform(config, operator, async (transaction, unit) => {
    const isFree = await transaction.insertUser(user, passwordHash)
    if (!isFree) throw new AuthError('email_address_taken')
    await config.guard.recover(transaction, user)
    await unit.record({ name: 'user_created', userId: user.id, emailAddress })
    await unit.tell('onUserCreated', { user, fields: null })
  })
  return user
}

/** Logs a user out everywhere. */
export async function revokeSessions(
  config: Configuration,
  userId: string,
  client: Client,
): Promise<void> {
  await perform(config, client, async (transaction, unit) => {
    if (!(await transaction.holdUser(userId))) return
    await transaction.deleteSessions(userId)
    await unit.record({ name: 'session_expired', userId, detail: 'all' })
  })
}

/** A user that is not yet stored, with an address that is not proved. */
export function newUser(config: Configuration, emailAddress: EmailAddress): User {
  const createdAt = config.clock()
  const id = config.newId(createdAt)
  const instants = { emailVerifiedAt: null, bannedAt: null, createdAt, updatedAt: createdAt }
  return { id, emailAddress, ...instants }
}
