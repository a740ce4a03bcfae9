import { parseInstant } from '../instant.ts'
import type { Origin, OriginSession, OriginUser } from '../origin.ts'
import {
  countOf,
  isTrue,
  newestFirst,
  noteOf,
  openOrigin,
  type Part,
  textOf,
  withSecondFactor,
} from './source-origin.ts'
import {
  findTable,
  findTableIfThere,
  readMapping,
  type SourceTable,
  select,
  type Wanted,
} from './source-table.ts'

// The field names of its documentation are the default. A schema for Drizzle names `emailVerified`
// `email_verified`; with `usePlural` the table is `users`.
const spellings = (field: string) => [
  ...new Set([field, field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]),
]

const users: Wanted = {
  group: 'user',
  tables: ['user', 'users'],
  required: ['id', 'email'],
  optional: [
    ...['emailVerified', 'createdAt', 'updatedAt'],
    ...['banned', 'banExpires', 'isAnonymous', 'twoFactorEnabled'],
  ],
  spellings,
}

const accounts: Wanted = {
  group: 'account',
  tables: ['account', 'accounts'],
  required: ['userId', 'providerId', 'password'],
  optional: ['updatedAt'],
  spellings,
}

const sessions: Wanted = {
  group: 'session',
  tables: ['session', 'sessions'],
  required: ['id', 'userId', 'token', 'expiresAt'],
  optional: ['ipAddress', 'userAgent', 'createdAt', 'impersonatedBy'],
  spellings,
}

/**
 * The tables of better-auth, as its own adapter or Drizzle's makes them.
 *
 * @throws OriginError as `openOrigin`
 */
export async function openBetterAuth(
  url: string,
  mapping: unknown,
  { now }: { readonly now: Date },
): Promise<Origin> {
  const names = readMapping([users, accounts, sessions], mapping)
  return openOrigin('better-auth', url, async (source) => {
    const user = await findTable(source, users, names)
    const account = await findTable(source, accounts, names)
    const session = await findTableIfThere(source, sessions, names)
    const secondFactors = await countOf(
      source,
      `${user.name} WHERE ${isTrue(user, 'twoFactorEnabled')}`,
    )
    return {
      users: usersOf(user, account, now),
      sessions: session && sessionsOf(session, now),
      notes: [...(session ? [] : [noSessions]), ...noteOf(withSecondFactor, secondFactors)],
    }
  })
}

const noSessions =
  'There is no table session: sessions in another store, such as Redis, cannot come along. Users log in once'

function usersOf(user: SourceTable, account: SourceTable, now: Date): Part<OriginUser> {
  const id = user.column('id')
  const columns = ['email', ...users.optional.slice(0, 6)]
  return {
    table: user,
    from: user.name,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, credential.origin_password, ${select(user, columns)}
      FROM ${user.name} LEFT JOIN (${passwordsOf(account)}) credential
        ON credential.origin_user_id = ${user.name}.${id} AND credential.origin_place = 1
      ORDER BY ${id}`,
    read: ([originId, passwordHash, email, verified, createdAt, updatedAt, ...plugins], where) => ({
      type: 'user',
      originId: textOf(originId),
      // The address of an anonymous user was made up by better-auth.
      emailAddress: isYes(plugins[2]) ? null : email,
      passwordHash,
      // The instant of the verification is not stored; the address had been verified by this one.
      emailVerifiedAt: isYes(verified) ? (updatedAt ?? createdAt ?? now) : null,
      bannedAt: isBanned(plugins[0], plugins[1], now) ? (updatedAt ?? now) : null,
      createdAt,
      updatedAt,
      where,
    }),
  }
}

// A user has one account for each way to log in; the one with the password is `credential`.
function passwordsOf(account: SourceTable): string {
  const userId = account.column('userId')
  const password = account.column('password')
  const newest = [account.column('updatedAt'), password].filter((each) => each !== null)
  return `SELECT ${userId} AS origin_user_id, ${password} AS origin_password, ROW_NUMBER() OVER (
        PARTITION BY ${userId} ORDER BY ${newest.map((each) => `${each} DESC`).join(', ')}
      ) AS origin_place
      FROM ${account.name} WHERE ${account.column('providerId')} = 'credential' AND ${password} IS NOT NULL`
}

function sessionsOf(session: SourceTable, now: Date): Part<OriginSession> {
  const id = session.column('id')
  const columns = ['userId', 'token', 'expiresAt', 'ipAddress', 'userAgent', 'createdAt']
  const impersonatedBy = session.column('impersonatedBy')
  // SECURITY: impersonated sessions are left out: they would let an administrator act as a user for months instead of
  // an hour.
  const from = `${session.name} WHERE ${impersonatedBy ? `${impersonatedBy} IS NULL` : '1 = 1'}`
  return {
    table: session,
    from,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, ${select(session, columns)}
      FROM ${from} ORDER BY ${newestFirst(session, ['userId', 'createdAt', 'id'])}`,
    read: ([, userId, token, expiresAt, ipAddress, userAgent, createdAt], where) =>
      isAfter(expiresAt, now)
        ? {
            type: 'session',
            originUserId: textOf(userId) ?? '',
            token,
            ipAddress,
            userAgent,
            createdAt,
            where,
          }
        : null,
  }
}

function isBanned(banned: unknown, expires: unknown, now: Date): boolean {
  if (!isYes(banned)) return false
  // SECURITY: a ban whose end cannot be read does not end.
  const end = parseInstant(expires)
  return !(end instanceof Date && end <= now)
}

function isAfter(value: unknown, now: Date): boolean {
  const instant = parseInstant(value)
  return instant instanceof Date && instant > now
}

// PostgreSQL returns a boolean, SQLite a number.
function isYes(value: unknown): boolean {
  return value === 't' || value === 'true' || value === true || value === 1
}
