import type { Origin, OriginSession, OriginUser } from '../origin.ts'
import { requirePlain } from './active-record.ts'
import type { SourceDatabase } from './source-database.ts'
import { newestFirst, openOrigin, type Part, textOf } from './source-origin.ts'
import {
  findTable,
  findTableIfThere,
  readMapping,
  type SourceTable,
  select,
  type Wanted,
} from './source-table.ts'

const users: Wanted = {
  group: 'users',
  tables: ['users'],
  required: ['id', 'email_address', 'password_digest'],
  optional: ['email_verified_at', 'banned_at', 'created_at', 'updated_at'],
}

const sessions: Wanted = {
  group: 'sessions',
  tables: ['sessions'],
  required: ['id', 'user_id', 'token'],
  optional: ['ip_address', 'user_agent', 'created_at'],
}

/**
 * The tables of Rails 8's `bin/rails generate authentication`, with the column `token` that an API
 * adds to its sessions by `has_secure_token`.
 *
 * @throws OriginError as `openOrigin`
 */
export async function openRails(url: string, mapping: unknown): Promise<Origin> {
  const names = readMapping([users, sessions], mapping)
  return openOrigin('rails', url, async (source) => {
    const found = await findTable(source, users, names)
    const kept = await findTableIfThere(source, sessions, names)
    return {
      users: usersOf(found),
      sessions: kept && sessionsOf(kept),
      notes: kept ? [] : [await whyNoSessions(source)],
    }
  })
}

function usersOf(table: SourceTable): Part<OriginUser> {
  const id = table.column('id')
  const [, ...columns] = [...users.required, ...users.optional]
  return {
    table,
    from: table.name,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, ${select(table, columns)} FROM ${table.name} ORDER BY ${id}`,
    read: ([originId, emailAddress, passwordHash, verifiedAt, bannedAt, ...times], where) => ({
      type: 'user',
      originId: textOf(originId),
      emailAddress: requirePlain(emailAddress),
      passwordHash,
      emailVerifiedAt: verifiedAt,
      bannedAt,
      createdAt: times[0],
      updatedAt: times[1],
      where,
    }),
  }
}

function sessionsOf(table: SourceTable): Part<OriginSession> {
  const id = table.column('id')
  const [, ...columns] = [...sessions.required, ...sessions.optional]
  return {
    table,
    from: table.name,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, ${select(table, columns)}
      FROM ${table.name} ORDER BY ${newestFirst(table, ['user_id', 'created_at', 'id'])}`,
    read: ([, userId, token, ipAddress, userAgent, createdAt], where) => ({
      type: 'session',
      originUserId: textOf(userId) ?? '',
      token: requirePlain(token),
      ipAddress,
      userAgent,
      createdAt,
      where,
    }),
  }
}

async function whyNoSessions(source: SourceDatabase): Promise<string> {
  const columns = await source.columnsOf('sessions')
  if (!columns) return 'There is no table sessions: users come without theirs, and log in once'
  return 'The table sessions has no column token: these sessions are cookies that Rails signs, and cannot come along. Users log in once'
}
