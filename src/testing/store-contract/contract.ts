import { randomBytes, randomUUID } from 'node:crypto'
import { type EmailAddress, parseEmailAddress } from '../../core/email-address.ts'
import type { Session, User } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import type { StoreTransaction } from '../../core/store-transaction.ts'

/** What the contract needs of a test runner and of the store under test. */
export interface StoreContract {
  /** `test` of node:test, Vitest or Jest. */
  readonly test: (name: string, run: () => Promise<void>) => unknown
  /** Opens a migrated store without rows. Each test opens its own, and does not delete its rows. */
  readonly open: () => Promise<Store>
}

/** Runs one statement in a transaction. */
export function run<T>(
  store: Store,
  work: (transaction: StoreTransaction) => Promise<T>,
): Promise<T> {
  return store.transaction(work)
}

/** Inserts a user with a session. */
export async function insert(
  store: Store,
  client: Partial<Session> = {},
): Promise<{ user: User; session: Session; digest: Uint8Array }> {
  const user = newUser()
  const session = { ...newSession(user), ...client }
  const digest = randomBytes(32)
  await store.transaction(async (transaction) => {
    await transaction.insertUser(user, 'hash')
    await transaction.insertSession(session, digest)
  })
  return { user, session, digest }
}

export function newUser(): User {
  const createdAt = noon
  const emailAddress = newEmailAddress()
  const instants = { emailVerifiedAt: null, bannedAt: null, createdAt, updatedAt: createdAt }
  return { id: randomUUID(), emailAddress, ...instants }
}

export function newEmailAddress(): EmailAddress {
  const emailAddress = parseEmailAddress(`${randomUUID()}@example.com`)
  if (!emailAddress) throw new Error('The contract made an address that cannot be parsed')
  return emailAddress
}

export function newSession(user: User): Session {
  return {
    id: randomUUID(),
    userId: user.id,
    name: null,
    ipAddress: '192.0.2.1',
    userAgent: null,
    createdAt: user.createdAt,
    lastUsedAt: user.createdAt,
    passwordVerifiedAt: user.createdAt,
  }
}

/** An instant with milliseconds, so that a store that drops them fails. */
export const noon = new Date('2026-01-01T12:00:00.123Z')

export function later(milliseconds: number): Date {
  return new Date(noon.getTime() + milliseconds)
}
