// What the verbs here promise is written in verbs/api-keys.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { ApiKey, Authenticated, Authorized, User } from './entities.ts'
import { AuthError, type InvalidField, isHeld } from './errors.ts'
import { isName } from './line.ts'
import { type NewMessage, newMessage } from './mail.ts'
import type { Secret } from './secret.ts'
import { holdLive } from './sessions.ts'
import type { OwnApiKey } from './statements/api-keys.ts'
import type { OwnSession } from './statements/sessions.ts'
import { generateToken, parseToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** The longest name of an API key, in code points. */
export const maximumApiKeyNameLength = 100

// How long before a key expires its user is told to replace it.
const noticeDays = 7

/** What a user wants of a new API key. */
export interface SubmittedApiKey {
  readonly name: string
  readonly scopes: readonly string[]
  /** Null for the default of the configuration. */
  readonly expiresAt: Date | null
}

/** A new API key. The token is stored nowhere: this is the only time that it can be shown. */
export interface CreatedApiKey {
  readonly apiKey: ApiKey
  readonly token: Secret
}

export async function createApiKey(
  config: Configuration,
  { session, user }: Authenticated,
  { submitted, client }: { submitted: SubmittedApiKey; client: Client },
): Promise<CreatedApiKey | null> {
  const apiKey = newApiKey(config, user, submitted)
  await config.guard.count('api_key', { account: user.id, client })
  const { token, digest } = generateToken('apiKey', config.random)
  return perform(config, client, async (unit, transaction) => {
    const held = await holdLive(transaction, session)
    if (!held) return null
    if (held.emailVerifiedAt === null) throw new AuthError('email_address_unverified')
    const others = await transaction.countApiKeys(user.id, apiKey.createdAt)
    if (others >= config.apiKeys.maximumPerUser) throw new AuthError('too_many_api_keys')
    await transaction.insertApiKey(apiKey, digest)
    await unit.queue(messageAbout(apiKey, held, { kind: 'api_key_created', at: apiKey.createdAt }))
    const about = { userId: user.id, sessionId: session.id, apiKeyId: apiKey.id }
    await unit.record({ name: 'authn_token_created', ...about, detail: apiKey.scopes.join(' ') })
    return { apiKey, token }
  })
}

export async function revokeApiKey(
  config: Configuration,
  apiKey: OwnApiKey,
  client: Client,
): Promise<boolean> {
  return perform(config, client, (unit) => revoke(config, unit, apiKey))
}

export async function revokeOwnApiKey(
  config: Configuration,
  acting: OwnSession,
  { id, client }: { id: string; client: Client },
): Promise<boolean | null> {
  return perform(config, client, async (unit, transaction) => {
    // SECURITY: a session that has ended may not revoke anything.
    if (!(await holdLive(transaction, acting))) return null
    return revoke(config, unit, { id, userId: acting.userId })
  })
}

async function revoke(
  config: Configuration,
  unit: UnitOfWork,
  { id, userId }: OwnApiKey,
): Promise<boolean> {
  const revoked = await unit.transaction.deleteApiKey({ id, userId })
  if (!revoked || !isLive(config, revoked)) return false
  await unit.record({ name: 'authn_token_revoked', userId, apiKeyId: id })
  return true
}

export async function authenticateApiKey(
  config: Configuration,
  token: string,
): Promise<Authorized | null> {
  const digest = parseToken('apiKey', token)
  const found = digest && (await config.store.findApiKey(digest))
  if (!found || !isLive(config, found.apiKey) || found.user.bannedAt !== null) return null
  await config.apiKeyLimit.count(found.apiKey)
  config.apiKeyUse.note(found.apiKey)
  return found
}

/**
 * Queues a notice for each API key that expires within a week; if several processes try at once, only one
 * queues it. The outbox calls this before it sends.
 *
 * @throws AuthError `unavailable`
 */
export async function queueExpiryNotices(config: Configuration): Promise<void> {
  // A user whose row is locked must not hold up the notices of others.
  const held = new Map<string, unknown>()
  for (const apiKey of await config.store.listDueExpiryNotices(config.clock())) {
    const { userId } = apiKey
    if (held.has(userId)) continue
    await queueExpiryNotice(config, apiKey).catch((error) => {
      // Each locked user costs a wait; if there are more of them, the database itself is slow.
      if (!isHeld(error) || held.size === mostHeld) throw error
      held.set(userId, error)
    })
  }
  for (const error of held.values()) throw error
}

const mostHeld = 3

async function queueExpiryNotice(config: Configuration, apiKey: ApiKey): Promise<void> {
  await config.store.transaction(async (transaction) => {
    const user = await transaction.holdUser(apiKey.userId)
    if (user && (await transaction.clearExpiryNotice(apiKey))) {
      const about = { kind: 'api_key_expiring', at: config.clock() } as const
      await transaction.insertMessage(messageAbout(apiKey, user, about))
    }
  })
}

function isLive({ clock }: Configuration, { expiresAt }: ApiKey): boolean {
  return clock() < expiresAt
}

function newApiKey(config: Configuration, user: User, submitted: SubmittedApiKey): ApiKey {
  const { defaultDays } = config.apiKeys
  const createdAt = config.clock()
  const expiresAt = submitted.expiresAt ?? addDays(createdAt, defaultDays)
  requireValid(config, { ...submitted, createdAt, expiresAt })
  const noticeAt = addDays(expiresAt, -noticeDays)
  return {
    id: config.newId(createdAt),
    userId: user.id,
    name: submitted.name,
    scopes: [...new Set(submitted.scopes)],
    createdAt,
    expiresAt,
    lastUsedAt: null,
    expiryNoticeAt: noticeAt > createdAt ? noticeAt : null,
  }
}

function requireValid(
  { apiKeys }: Configuration,
  {
    name,
    scopes,
    createdAt,
    expiresAt,
  }: Pick<ApiKey, 'name' | 'scopes' | 'createdAt' | 'expiresAt'>,
): void {
  const fields: InvalidField[] = []
  if (!isName(name, maximumApiKeyNameLength)) fields.push({ field: 'name', code: 'invalid' })
  const isDeclared = scopes.every((scope) => apiKeys.scopes.includes(scope))
  if (scopes.length === 0 || !isDeclared) fields.push({ field: 'scopes', code: 'invalid' })
  const latest = addDays(createdAt, apiKeys.maximumDays)
  // SECURITY: written so that an invalid Date fails.
  const isWithin = expiresAt > createdAt && expiresAt <= latest
  if (!isWithin) fields.push({ field: 'expiresAt', code: 'invalid' })
  if (fields.length > 0) throw new AuthError('validation_failed', { fields })
}

function addDays(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * 86_400_000)
}

function messageAbout(
  apiKey: ApiKey,
  user: User,
  about: { kind: 'api_key_created' | 'api_key_expiring'; at: Date },
): NewMessage {
  const message = newMessage(about.kind, user.emailAddress, about.at)
  return { ...message, userId: user.id, apiKeyId: apiKey.id }
}
