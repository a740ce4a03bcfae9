import { parseInstant } from '../instant.ts'
import type { Origin, OriginUser } from '../origin.ts'
import type { SourceDatabase } from './source-database.ts'
import {
  countOf,
  isTrue,
  noteOf,
  openOrigin,
  type Part,
  textOf,
  withSecondFactor,
} from './source-origin.ts'
import {
  findTable,
  findTableIfThere,
  type GivenNames,
  readMapping,
  type SourceTable,
  select,
  type Wanted,
} from './source-table.ts'

const users: Wanted = {
  group: 'users',
  tables: ['auth.users'],
  required: ['id', 'email', 'encrypted_password'],
  optional: [
    ...['email_confirmed_at', 'banned_until', 'created_at', 'updated_at'],
    ...['deleted_at', 'is_sso_user'],
  ],
  // The column's name until 2021.
  spellings: (column) =>
    column === 'email_confirmed_at' ? ['email_confirmed_at', 'confirmed_at'] : [column],
}

const factors: Wanted = {
  group: 'mfa_factors',
  tables: ['auth.mfa_factors'],
  required: ['user_id', 'status'],
  optional: [],
}

const noSessions =
  'Sessions of Supabase are tokens that it signs and renews itself, which cannot come along: users log in once'

/**
 * The table `auth.users` of Supabase, hosted or not.
 *
 * @throws OriginError as `openOrigin`
 */
export async function openSupabase(
  url: string,
  mapping: unknown,
  { now }: { readonly now: Date },
): Promise<Origin> {
  const names = readMapping([users, factors], mapping)
  return openOrigin('supabase', url, async (source) => {
    const table = await findTable(source, users, names)
    const notes = [noSessions, ...(await notesOn(source, table, names))]
    return { users: usersOf(table, now), sessions: null, notes }
  })
}

function usersOf(table: SourceTable, now: Date): Part<OriginUser> {
  const id = table.column('id')
  const columns = ['email', 'encrypted_password', ...users.optional.slice(0, 4)]
  const from = `${table.name} WHERE ${isUserOfOurs(table)}`
  return {
    table,
    from,
    sql: `SELECT CAST(${id} AS TEXT) AS origin_row, ${select(table, columns)} FROM ${from} ORDER BY ${id}`,
    read: ([originId, email, hash, confirmedAt, bannedUntil, createdAt, updatedAt], where) => ({
      type: 'user',
      originId: textOf(originId),
      emailAddress: email,
      passwordHash: typeof hash === 'string' ? withoutSignerKey(hash) : hash,
      emailVerifiedAt: confirmedAt,
      bannedAt: isOver(bannedUntil, now) ? null : (updatedAt ?? now),
      createdAt,
      updatedAt,
      where,
    }),
  }
}

// SECURITY: users of single sign-on are left out. Their company decides whether they still have access, and with a
// password by mail people whom it has dismissed could get in. Other users may also have the same addresses.
function isUserOfOurs(table: SourceTable): string {
  return `NOT (${isDeleted(table)}) AND NOT (${isTrue(table, 'is_sso_user')})`
}

function isDeleted(table: SourceTable): string {
  const deletedAt = table.column('deleted_at')
  return deletedAt ? `${deletedAt} IS NOT NULL` : '1 = 0'
}

function isOver(until: unknown, now: Date): boolean {
  const instant = parseInstant(until)
  if (instant === null) return true
  // A ban does not end if its end is `infinity`, or cannot be read.
  return instant !== 'invalid' && instant <= now
}

/** Each hash that Supabase took over from Firebase contains the signer key, which here is IMPORTED_FIREBASE_KEY. */
function withoutSignerKey(hash: string): string {
  return hash.replace(
    /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,2}),p=1(?:,ss=[\w+/=-]{0,99})?(?:,sk=[\w+/=-]{0,999})?\$/,
    (_whole, ln, r) => `$firebase-scrypt$ln=${ln},r=${r}$`,
  )
}

async function notesOn(
  source: SourceDatabase,
  table: SourceTable,
  names: GivenNames,
): Promise<string[]> {
  const deleted = await countOf(source, `${table.name} WHERE ${isDeleted(table)}`)
  const single = await countOf(source, `${table.name} WHERE ${isTrue(table, 'is_sso_user')}`)
  const verified = await countFactors(source, names)
  return [
    ...noteOf('Left out, as they were deleted in Supabase', deleted),
    ...noteOf('Left out, as they come by single sign-on and have no password', single),
    ...noteOf(withSecondFactor, verified),
  ]
}

async function countFactors(source: SourceDatabase, names: GivenNames): Promise<number> {
  const table = await findTableIfThere(source, factors, names)
  if (!table) return 0
  const users = `SELECT DISTINCT ${table.column('user_id')} FROM ${table.name}`
  return countOf(source, `(${users} WHERE CAST(${table.column('status')} AS TEXT) = 'verified') u`)
}
