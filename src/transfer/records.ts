import { isOwnKind } from '../core/imported-hashes/argon2.ts'
import { parseImportedHash } from '../core/imported-hashes/imported-hash.ts'
import { findMarks, markOf, ownOrigin } from '../storage/deleted-users.ts'
import { findActiveUsers, findBannedUsers } from '../storage/transfers/endings.ts'
import {
  apiKeys,
  deletedUsers,
  events,
  type TransferTable,
  users,
} from '../storage/transfers/tables.ts'
import { findTakenAddresses, findUserIds, holdUsers } from '../storage/transfers/users.ts'
import { findIds, insertOriginIds, insertRows } from '../storage/transfers.ts'
import { refuseLiving } from './deletion-marks.ts'
import { type Importing, write } from './importing.ts'
import type { OriginRecord } from './origin.ts'
import { beganUpTo, columnValue, idOf, isOver, textOf, withoutValues } from './record-values.ts'
import { hashRefusals, type Refusal } from './refusals.ts'
import { admitScheme } from './schemes.ts'

/** Imports a batch of rows of Latchkey's own export. Each is imported unchanged or refused. */
export async function importRecords(
  importing: Importing,
  table: TransferTable,
  rows: readonly OriginRecord[],
): Promise<void> {
  const { database, notes, tally } = importing
  const once = rows.filter((row) => {
    return notes.rows.add(keyOf(table, idOf(row))) || refuse(importing, 'id_taken', row)
  })
  const there = await findIds(database, table, once.map(idOf))
  if (table === users) tally.add('unchanged', there.size)
  const fresh = once.filter((row) => !there.has(idOf(row)))
  const admitted = await admit(importing, table, fresh)
  const inserted = await save(importing, table, await withoutDeleted(importing, table, admitted))
  const missing = admitted.filter((row) => !inserted.has(idOf(row)))
  // A repeated write may have succeeded the first time.
  const own = await findIds(database, table, missing.map(idOf))
  const taken = missing.filter((row) => !own.has(idOf(row)))
  const count = countOf(table)
  if (count) tally.add(count, admitted.length - taken.length)
  if (table === users) for (const row of admitted) notes.owners.add(idOf(row))
  // Their unique values belong to a row with another id.
  for (const row of taken) refuse(importing, 'id_taken', row)
}

function countOf(table: TransferTable): 'imported' | 'sessions' | 'api_keys' | 'events' | null {
  if (table === users) return 'imported'
  if (table === deletedUsers) return null
  if (table === apiKeys) return 'api_keys'
  return table === events ? 'events' : 'sessions'
}

async function admit(
  importing: Importing,
  table: TransferTable,
  rows: readonly OriginRecord[],
): Promise<readonly OriginRecord[]> {
  if (table === users) return admitUsers(importing, rows)
  if (table === deletedUsers) return refuseLiving(importing, rows)
  return table.owner === null ? rows : admitOwned(importing, table, rows)
}

async function admitUsers(
  importing: Importing,
  rows: readonly OriginRecord[],
): Promise<readonly OriginRecord[]> {
  const { database, notes } = importing
  const addresses = rows.map((row) => textOf(row, 'email_address'))
  const taken = await findTakenAddresses(database, addresses)
  const deleted = await findMarks(
    database,
    rows.map((row) => ownMark(idOf(row))),
  )
  return rows.filter((row) => {
    // SECURITY: a user who was deleted here, perhaps by themselves, must not be imported again.
    if (deleted.has(ownMark(idOf(row)))) return refuse(importing, 'deleted_here', row)
    const address = textOf(row, 'email_address')
    const refusal = judgePassword(row)
    if (refusal) return refuse(importing, refusal, row)
    if (taken.has(address) || !notes.addresses.add(address)) {
      return refuse(importing, 'email_address_taken', row)
    }
    const scheme = textOf(row, 'password_scheme') || null
    return admitScheme(importing, scheme, null) || refuse(importing, 'too_many_schemes', row)
  })
}

function ownMark(userId: string): string {
  return markOf({ origin: ownOrigin, originId: userId })
}

// The events of a deleted user stay, without personal data, as after a deletion here.
async function withoutDeleted(
  { database }: Importing,
  table: TransferTable,
  rows: readonly OriginRecord[],
): Promise<readonly OriginRecord[]> {
  if (table !== events) return rows
  const mark = (row: OriginRecord) => ownMark(textOf(row, 'user_id'))
  const deleted = await findMarks(database, rows.map(mark))
  const personal = ['email_address', 'ip_address', 'user_agent']
  const marked = rows.filter((row) => deleted.has(mark(row)))
  const userIds = [...new Set(marked.map((row) => textOf(row, 'user_id')))]
  // The events of a user who exists here stay complete, even if there is a mark.
  const there = await findUserIds(database, userIds)
  const gone = new Set(marked.filter((row) => !there.has(textOf(row, 'user_id'))))
  return rows.map((row) => (gone.has(row) ? withoutValues(row, personal) : row))
}

// SECURITY: a file may have been edited, so a hash that would stall log-ins is refused.
function judgePassword(row: OriginRecord): Refusal | null {
  const passwordHash = textOf(row, 'password_hash')
  const parsed = parseImportedHash(passwordHash)
  if ('refusal' in parsed) return hashRefusals[parsed.refusal]
  const scheme = columnValue(row, 'password_scheme')
  // Without a scheme it was made by a server, perhaps at a higher cost than usual, but with one lane.
  const isOwn = scheme === null && isOwnKind(passwordHash) && passwordHash.includes(',p=1$')
  const isAsKept = parsed.passwordHash === passwordHash && (isOwn || parsed.scheme === scheme)
  return isAsKept ? null : 'invalid_record'
}

async function admitOwned(
  importing: Importing,
  table: TransferTable,
  rows: readonly OriginRecord[],
): Promise<readonly OriginRecord[]> {
  const { database, endedUpTo, mode, notes } = importing
  const owners = [...new Set(rows.map((row) => textOf(row, 'user_id')))]
  const known = await findUserIds(database, owners)
  const active = await findActiveUsers(database, [...known])
  const banned = await findBannedUsers(database, [...known])
  const end = endedUpTo[table === apiKeys ? 'apiKeys' : 'sessions']
  return rows.filter((row) => {
    const userId = textOf(row, 'user_id')
    const isNew = notes.owners.has(userId)
    if (!known.has(userId) && !(isNew && mode === 'dry-run'))
      return refuse(importing, 'unknown_user', row)
    if (banned.has(userId)) return refuse(importing, 'banned_user', row)
    // SECURITY: what was revoked since an earlier import must not become valid again. Events come last, so those of the
    // export itself are not imported yet.
    const mayHaveEnded = active.has(userId) || beganUpTo(row, end)
    // An expired row of a user who existed before this import was probably imported too, and then swept.
    const wasSwept = !isNew && isOver(row, importing)
    return !(mayHaveEnded || wasSwept) || refuse(importing, 'ended_here', row)
  })
}

async function save(
  importing: Importing,
  table: TransferTable,
  rows: readonly OriginRecord[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  return write(
    importing,
    async (transaction) => {
      const owned = table.owner === null ? [] : rows.map((row) => textOf(row, 'user_id'))
      const owners = [...new Set(owned)]
      const held = await holdUsers(transaction, owners)
      // SECURITY: checked again, now that the users are locked.
      const active = await findActiveUsers(transaction, owners)
      const isKept = (id: string) => held.has(id) && !active.has(id)
      const kept =
        table.owner === null ? rows : rows.filter((row) => isKept(textOf(row, 'user_id')))
      const inserted = await insertRows(
        transaction,
        table,
        kept.map(({ values }) => values),
      )
      const originIds = kept
        .filter((row) => inserted.has(idOf(row)))
        .flatMap((row) => row.originIds.map((each) => ({ ...each, userId: idOf(row) })))
      await insertOriginIds(transaction, originIds)
      return inserted
    },
    () => new Set(rows.map(idOf)),
  )
}

function keyOf({ name }: TransferTable, id: string): string {
  return `${name} ${id}`
}

function refuse({ tally }: Importing, reason: Refusal, row: OriginRecord): false {
  const emailAddress = row.table === users ? textOf(row, 'email_address') : null
  tally.refuse(reason, { where: row.where, emailAddress })
  return false
}
