import type { Connection } from '../storage/database.ts'
import { findMarks, isUuid, markOf, ownOrigin } from '../storage/deleted-users.ts'
import { findActiveUsers } from '../storage/import-endings.ts'
import {
  banImportedUser,
  findImportedUsers,
  findTakenAddresses,
  findUserIds,
  type ImportedUser,
  insertImportedUsers,
  type NewUser,
  updateImportedHash,
} from '../storage/imported-users.ts'
import { type Importing, write } from './importing.ts'
import type { OriginUser } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { parseUser } from './row.ts'
import { admitScheme } from './schemes.ts'

/** Brings in a batch of users: those who are new, and what is new of those who came before. */
export async function importUsers(
  importing: Importing,
  rows: readonly OriginUser[],
): Promise<void> {
  const { database, notes, origin, pending, tally } = importing
  const parsed = rows.flatMap((row) => parse(importing, row) || [])
  const originIds = parsed.map(({ user }) => user.originId)
  // Before it is asked who came: else whom an import beside this one brings between is one who was here.
  const taken = await findTaken(importing, parsed)
  const known = await findImportedUsers(database, origin, originIds)
  const strangers = parsed.filter(({ user }) => !known.has(user.originId))
  const added = refuseTaken(importing, taken, await refuseDeleted(importing, strangers))
  const came = await refuseAnother(importing, withThoseBefore(parsed, known))
  const changed = came.filter((row) => hasNewHash(row) || hasNewBan(row))
  tally.add('unchanged', came.length - changed.length)
  const wanted = {
    added: withinSchemes(importing, added, () => null),
    // Who is banned alone keeps the hash that they have here.
    changed: [
      ...changed.filter((row) => !hasNewHash(row)),
      ...withinSchemes(importing, changed.filter(hasNewHash), (row) => row.before.passwordScheme),
    ],
  }
  // The next rows have other ids and other addresses: the notes see to that.
  await pending.begin(async () => {
    const { missing, touched } = await save(importing, wanted)
    const meanwhile = await findImportedUsers(
      database,
      origin,
      missing.map(({ user }) => user.originId),
    )
    // Another import, that runs beside this one, has brought them.
    const twins = await refuseAnother(importing, withThoseBefore(missing, meanwhile))
    // Whoever signed up while the rows were looked at.
    for (const row of missing) {
      if (!meanwhile.has(row.user.originId)) refuse(importing, 'email_address_taken', row)
    }
    tally.add('unchanged', touched + twins.length)
    const newcomers = wanted.added.filter((row) => !missing.includes(row))
    for (const { user } of newcomers) notes.addNewcomer(user.originId)
    for (const { user } of [...came, ...twins, ...newcomers]) notes.addOwner(user.originId)
  })
}

function withThoseBefore(
  rows: readonly Row[],
  known: ReadonlyMap<string, ImportedUser>,
): readonly Changed[] {
  return rows.flatMap((row) => {
    const before = known.get(row.user.originId)
    return before ? [{ ...row, before }] : []
  })
}

// SECURITY: another system may have called somebody else so, whose password, or token, would open this user.
async function refuseAnother(
  importing: Importing,
  rows: readonly Changed[],
): Promise<readonly Changed[]> {
  const { database, tally } = importing
  const others = rows.filter(({ before, user }) => before.emailAddress !== user.emailAddress)
  const userIds = others.map(({ before }) => before.userId)
  // Whoever acts here may have changed their address here.
  const active = await findActiveUsers(database, userIds)
  for (const row of others) {
    if (active.has(row.before.userId)) tally.add('unchanged')
    else refuse(importing, 'email_address_changed', row)
  }
  return rows.filter((row) => !others.includes(row))
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
  // One user, however the letters of a UUID are written.
  const id = isUuid(user.originId) ? user.id : user.originId
  if (!notes.addUser(id)) return refuse(importing, 'id_taken', { user, where })
  return { user, where }
}

// Who has logged in since, or chose a password, has another hash and no scheme.
function hasNewHash({ before, user }: Changed): boolean {
  return before.passwordScheme !== null && before.passwordHash !== user.passwordHash
}

function hasNewBan({ before, user }: Changed): boolean {
  return before.bannedAt === null && user.bannedAt !== null
}

// SECURITY: whoever was deleted here, by themselves perhaps, must not come back.
async function refuseDeleted(importing: Importing, rows: readonly Row[]): Promise<readonly Row[]> {
  const { database, origin } = importing
  const mark = ({ user: { id, originId } }: Row) =>
    markOf(isUuid(originId) ? { origin: ownOrigin, originId: id } : { origin, originId })
  const deleted = await findMarks(database, rows.map(mark))
  return rows.filter((row) => !deleted.has(mark(row)) || refuse(importing, 'deleted_here', row))
}

interface Taken {
  readonly addresses: ReadonlySet<string>
  readonly ids: ReadonlySet<string>
}

async function findTaken({ database }: Importing, rows: readonly Row[]): Promise<Taken> {
  const addresses = rows.map(({ user }) => user.emailAddress)
  // Those that were made just now are nobody's.
  const users = rows.map(({ user }) => user).filter(({ originId }) => isUuid(originId))
  const ids = users.map(({ id }) => id)
  return {
    addresses: await findTakenAddresses(database, addresses),
    ids: await findUserIds(database, ids),
  }
}

function refuseTaken(importing: Importing, taken: Taken, rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => {
    const { emailAddress, id } = row.user
    if (taken.addresses.has(emailAddress)) return refuse(importing, 'email_address_taken', row)
    return taken.ids.has(id) ? refuse(importing, 'id_taken', row) : true
  })
}

function withinSchemes<Any extends Row>(
  importing: Importing,
  rows: readonly Any[],
  schemeBefore: (row: Any) => string | null,
): Any[] {
  return rows.filter((row) => {
    const isAdmitted = admitScheme(importing, row.user.passwordScheme, schemeBefore(row))
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
  const users = added.map(({ user }) => user)
  const inserted = await write(
    importing,
    (transaction) => insertImportedUsers(transaction, origin, users),
    () => new Set(users.map(({ id }) => id)),
  )
  let updated = 0
  for (let from = 0; from < changed.length; from += updatedAtATime) {
    updated += await updateAll(importing, changed.slice(from, from + updatedAtATime))
  }
  const missing = await withoutOwn(
    importing,
    added.filter(({ user }) => !inserted.has(user.id)),
  )
  tally.add('imported', added.length - missing.length)
  tally.add('updated', updated)
  return { missing, touched: changed.length - updated }
}

// Each is a statement or two, and a transaction has three seconds, wherever its database is.
const updatedAtATime = 100

function updateAll(importing: Importing, changed: readonly Changed[]): Promise<number> {
  return write(
    importing,
    async (transaction) => {
      let updated = 0
      for (const row of changed) if (await update(transaction, row)) updated += 1
      return updated
    },
    () => changed.length,
  )
}

async function update(transaction: Connection, row: Changed): Promise<boolean> {
  const { user, before } = row
  const change = { ...user, from: before.passwordHash }
  const isRehashed =
    hasNewHash(row) && (await updateImportedHash(transaction, before.userId, change))
  const isBanned =
    user.bannedAt !== null && (await banImportedUser(transaction, before.userId, user.bannedAt))
  return isRehashed || isBanned
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
