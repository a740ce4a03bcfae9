import type { Origin, OriginUser } from '../origin.ts'
import { requirePlain } from './active-record.ts'
import {
  countOf,
  isTrue,
  noteOf,
  openOrigin,
  type Part,
  textOf,
  withSecondFactor,
} from './source-origin.ts'
import { findTable, readMapping, type SourceTable, select, type Wanted } from './source-table.ts'

const users: Wanted = {
  group: 'users',
  tables: ['users'],
  required: ['id', 'email', 'encrypted_password'],
  optional: ['confirmed_at', 'locked_at', 'created_at', 'updated_at', 'otp_required_for_login'],
}

const noSessions =
  'Devise keeps sessions in cookies that Rails signs, which cannot come along: users log in once'

/**
 * The table of `rails generate devise User`, with the optional columns that the application has.
 *
 * @param isPeppered whether Devise's `config.pepper` is known here, as IMPORTED_PEPPER
 * @throws OriginError as `openOrigin`
 */
export async function openDevise(
  url: string,
  mapping: unknown,
  { isPeppered }: { readonly isPeppered: boolean },
): Promise<Origin> {
  const names = readMapping([users], mapping)
  return openOrigin('devise', url, async (source) => {
    const table = await findTable(source, users, names)
    const secondFactors = await countOf(
      source,
      `${table.name} WHERE ${isTrue(table, 'otp_required_for_login')}`,
    )
    const notes = [noSessions, ...noteOf(withSecondFactor, secondFactors)]
    return { users: usersOf(table, { isPeppered }), sessions: null, notes }
  })
}

function usersOf(
  table: SourceTable,
  { isPeppered }: { readonly isPeppered: boolean },
): Part<OriginUser> {
  const id = table.column('id')
  const columns = ['email', 'encrypted_password', ...users.optional.slice(0, 4)]
  return {
    table,
    from: table.name,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, ${select(table, columns)} FROM ${table.name} ORDER BY ${id}`,
    read: (
      [originId, email, passwordHash, confirmedAt, lockedAt, createdAt, updatedAt],
      where,
    ) => ({
      type: 'user',
      originId: textOf(originId),
      emailAddress: requirePlain(email),
      passwordHash: isPeppered ? peppered(passwordHash) : passwordHash,
      emailVerifiedAt: confirmedAt,
      // SECURITY: a locked user is banned until somebody decides: Devise does not record whether wrong guesses or a
      // person locked them.
      bannedAt: lockedAt,
      createdAt,
      updatedAt,
      where,
    }),
  }
}

function peppered(passwordHash: unknown): unknown {
  const isBcrypt = typeof passwordHash === 'string' && passwordHash.startsWith('$2')
  return isBcrypt ? `$bcrypt-peppered${passwordHash}` : passwordHash
}
