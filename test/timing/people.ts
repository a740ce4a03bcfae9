import { randomBytes } from 'node:crypto'
import {
  type Argon2idCost,
  argon2id,
  createAuth,
  createStore,
  type Database,
  type LoggedIn,
  type PasswordHash,
  Secret,
} from 'latchkey/server'
import { generateToken } from '../../src/core/tokens.ts'

/** How many addresses, or tokens, a class has. */
const size = 200

export const password = 'correct horse battery'
/** As long as the right one. */
export const wrongPassword = 'correct horse buttery'

/** Addresses of one class, as long as those of every other: nobody's, until somebody signs up. */
export function addresses(letter: string): string[] {
  return Array.from({ length: size }, (_, index) => `${letter}${index + 100}@example.com`)
}

/** The letters of those who are somebody's. */
export const known = {
  proved: 'w',
  banned: 'b',
  unproven: 'p',
  olderHash: 'o',
  imported: 'i',
  native: 'n',
  forgetful: 'r',
  expired: 'e',
  revoked: 'd',
}

/** The cost of a hash from before it was raised. */
const olderCost: Argon2idCost = { memoryKibibytes: 23_552, passes: 1 }

/** Tokens that are no good any more. */
export interface DeadTokens {
  readonly expiredSessions: readonly string[]
  readonly revokedSessions: readonly string[]
  readonly expiredResets: readonly string[]
}

/** Signs all of them up, and lets their tokens die. */
export async function createPeople(database: Database): Promise<DeadTokens> {
  const today = await argon2id().hash(new Secret(password))
  const older = await argon2id({ cost: olderCost }).hash(new Secret(password))
  const { proved, banned, unproven, olderHash, forgetful, expired, revoked, native } = known
  for (const letter of [proved, unproven, forgetful, native]) await signUp(database, letter, today)
  await signUp(database, olderHash, older)
  await importPeople(database)
  const auth = authWith(database, today)
  for (const { user } of await signUp(database, banned, today)) await auth.banUser(user.id)
  const expiredHolders = await signUp(database, expired, today, 100)
  const revokedHolders = await signUp(database, revoked, today)
  for (const { session } of revokedHolders) await auth.logOut(session)
  await database.transaction((each) =>
    each.query(`UPDATE users SET email_verified_at = $1 WHERE email_address NOT LIKE $2`, [
      new Date(),
      `${unproven}%`,
    ]),
  )
  return {
    expiredSessions: expiredHolders.map(({ token }) => token.reveal()),
    revokedSessions: revokedHolders.map(({ token }) => token.reveal()),
    expiredResets: await createExpiredResets(database, expiredHolders),
  }
}

// Of a wrong password every hash is as good as any: this one is of bcrypt, at cost 8.
const bcrypt = '$2b$08$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'

async function importPeople(database: Database): Promise<void> {
  await signUp(database, known.imported, bcrypt)
  await database.transaction((each) =>
    each.query("UPDATE users SET password_scheme = 'bcrypt/8' WHERE password_hash = $1", [bcrypt]),
  )
}

export function unknownTokens(kind: 'session' | 'passwordReset'): string[] {
  return Array.from({ length: size }, () => generateToken(kind, randomBytes).token.reveal())
}

async function signUp(
  database: Database,
  letter: string,
  passwordHash: string,
  daysAgo = 0,
): Promise<LoggedIn[]> {
  const auth = authWith(database, passwordHash, daysAgo)
  const people = []
  for (const emailAddress of addresses(letter)) {
    const signedUp = await auth.signUp({ emailAddress, password })
    if (signedUp.outcome !== 'signed_up') throw new Error(`Nobody signed up: ${signedUp.outcome}`)
    people.push(signedUp)
  }
  return people
}

function authWith(database: Database, passwordHash: string, daysAgo = 0) {
  const made: PasswordHash = { ...argon2id(), hash: async () => passwordHash }
  const clock = () => new Date(Date.now() - daysAgo * 86_400_000)
  return createAuth({ store: createStore(database), passwordHash: made, rateLimits: 'off', clock })
}

async function createExpiredResets(
  database: Database,
  people: readonly LoggedIn[],
): Promise<string[]> {
  const createdAt = new Date(Date.now() - 86_400_000)
  const expiresAt = new Date(createdAt.getTime() + 900_000)
  const tokens: string[] = []
  await createStore(database).transaction(async (transaction) => {
    for (const { user } of people) {
      const { token, digest } = generateToken('passwordReset', randomBytes)
      await transaction.insertPasswordReset({ userId: user.id, createdAt, expiresAt }, digest)
      tokens.push(token.reveal())
    }
  })
  return tokens
}
