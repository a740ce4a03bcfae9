import {
  findImportedUsers,
  findTakenAddresses,
  findUserIds,
  type ImportedUser,
  insertImportedUsers,
  type NewUser,
  updateImportedHash,
} from '../storage/imports.ts'
import { type Importing, write } from './importing.ts'
import type { OriginUser } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { isUuid, parseUser } from './row.ts'
import { admitScheme } from './schemes.ts'

/** Brings in a batch of users: those who are new, and what is new of those who came before. */
export async function importUsers(
  importing: Importing,
  rows: readonly OriginUser[],
): Promise<void> {
  const { database, origin, tally } = importing
  const parsed = rows.flatMap((row) => parse(importing, row) || [])
  const originIds = parsed.map(({ user }) => user.originId)
  const known = await findImportedUsers(database, origin, originIds)
  const strangers = parsed.filter(({ user }) => !known.has(user.originId))
  const added = await refuseTaken(importing, strangers)
  const changed: Changed[] = []
  for (const row of parsed) {
    const before = known.get(row.user.originId)
    if (!before) continue
    if (!hasNewHash(before, row.user)) tally.add('unchanged')
    else if (isAnother(before, row.user)) refuse(importing, 'email_address_changed', row)
    else changed.push({ ...row, before })
  }
  const { missing, touched } = await save(importing, {
    added: withinSchemes(importing, added),
    changed: withinSchemes(importing, changed),
  })
  // Whoever signed up while the rows were looked at.
  for (const row of missing) refuse(importing, 'email_address_taken', row)
  tally.add('unchanged', touched)
}

interface Row {
  readonly user: NewUser
  readonly where: string
}

interface Changed extends Row {
  readonly before: ImportedUser
}

function parse(importing: Importing, row: OriginUser): Row | false {
  const { notes, tally } = importing
  const { where } = row
  const user = parseUser(row, importing)
  if ('refusal' in user) {
    const emailAddress = typeof row.emailAddress === 'string' ? row.emailAddress : null
    tally.refuse(user.refusal, { where, emailAddress })
    return false
  }
  if (!notes.addAddress(user.emailAddress)) {
    return refuse(importing, 'email_address_taken', { user, where })
  }
  if (!notes.addUser(user.originId)) return refuse(importing, 'id_taken', { user, where })
  return { user, where }
}

// Who has logged in since, or chose a password, has another hash and no scheme.
function hasNewHash(before: ImportedUser, user: NewUser): boolean {
  return before.passwordScheme !== null && before.passwordHash !== user.passwordHash
}

// SECURITY: another system may have called somebody else so, whose password would open this user.
function isAnother(before: ImportedUser, user: NewUser): boolean {
  return before.emailAddress !== user.emailAddress
}

async function refuseTaken(importing: Importing, rows: readonly Row[]): Promise<Row[]> {
  const { database } = importing
  const addresses = rows.map(({ user }) => user.emailAddress)
  const takenAddresses = await findTakenAddresses(database, addresses)
  // Those that were made just now are nobody's.
  const ids = rows.map(({ user }) => user).filter(({ originId }) => isUuid(originId))
  const takenIds = await findUserIds(
    database,
    ids.map(({ id }) => id),
  )
  return rows.filter((row) => {
    const { emailAddress, id } = row.user
    if (takenAddresses.has(emailAddress)) return refuse(importing, 'email_address_taken', row)
    return takenIds.has(id) ? refuse(importing, 'id_taken', row) : true
  })
}

function withinSchemes<Any extends Row>(importing: Importing, rows: readonly Any[]): Any[] {
  return rows.filter((row) => {
    const isAdmitted = admitScheme(importing, row.user.passwordScheme)
    return isAdmitted || refuse(importing, 'too_many_schemes', row)
  })
}

interface Rows {
  readonly added: readonly Row[]
  readonly changed: readonly Changed[]
}

interface Saved {
  /** Who could not be added after all. */
  readonly missing: readonly Row[]
  /** How many have logged in meanwhile, and stay as they are. */
  readonly touched: number
}

async function save(importing: Importing, { added, changed }: Rows): Promise<Saved> {
  const { origin, tally } = importing
  if (added.length + changed.length === 0) return { missing: [], touched: 0 }
  const all = new Set(added.map(({ user }) => user.id))
  const { inserted, updated } = await write(
    importing,
    async (transaction) => {
      const users = added.map(({ user }) => user)
      const inserted = await insertImportedUsers(transaction, origin, users)
      let updated = 0
      for (const { user, before } of changed) {
        const change = { ...user, from: before.passwordHash }
        if (await updateImportedHash(transaction, before.userId, change)) updated += 1
      }
      return { inserted, updated }
    },
    () => ({ inserted: all, updated: changed.length }),
  )
  const missing = await withoutOwn(
    importing,
    added.filter(({ user }) => !inserted.has(user.id)),
  )
  tally.add('imported', added.length - missing.length)
  tally.add('updated', updated)
  return { missing, touched: changed.length - updated }
}

// What was tried twice may have been done the first time: then the id is there that was made for it.
async function withoutOwn({ database }: Importing, rows: readonly Row[]): Promise<Row[]> {
  const there = await findUserIds(
    database,
    rows.map(({ user }) => user.id),
  )
  return rows.filter(({ user }) => !there.has(user.id))
}

function refuse({ tally }: Importing, reason: Refusal, { user, where }: Row): false {
  tally.refuse(reason, { where, emailAddress: user.emailAddress })
  return false
}
