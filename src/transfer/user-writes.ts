import type { Connection } from '../storage/database.ts'
import {
  banImportedUser,
  findUserIds,
  insertImportedUsers,
  updateImportedHash,
} from '../storage/transfers/users.ts'
import { type Importing, write } from './importing.ts'
import { type Changed, hasNewHash, type Row } from './user-rows.ts'

interface Rows {
  readonly added: readonly Row[]
  readonly changed: readonly Changed[]
}

interface Saved {
  /** Users whose id or address was taken before they could be added. */
  readonly missing: readonly Row[]
  /** How many users were left unchanged, since they have logged in meanwhile. */
  readonly touched: number
}

/** Adds new users, and updates those who were imported before. */
export async function save(importing: Importing, { added, changed }: Rows): Promise<Saved> {
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

// Each takes one or two statements, and a transaction may last three seconds, even if the database is far away.
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

// A repeated write may have succeeded the first time: then the generated id exists.
async function withoutOwn({ database }: Importing, rows: readonly Row[]): Promise<Row[]> {
  const there = await findUserIds(
    database,
    rows.map(({ user }) => user.id),
  )
  return rows.filter(({ user }) => !there.has(user.id))
}
