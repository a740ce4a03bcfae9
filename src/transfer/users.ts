import { findImportedUsers, type ImportedUser } from '../storage/transfers/users.ts'
import type { Importing } from './importing.ts'
import type { OriginUser } from './origin.ts'
import {
  findTaken,
  refuseAnother,
  refuseDeleted,
  refuseTaken,
  withinSchemes,
} from './user-refusals.ts'
import { type Changed, hasNewBan, hasNewHash, parseRow, type Row, refuse } from './user-rows.ts'
import { save } from './user-writes.ts'

/** Imports a batch of users: adds new ones, and updates those who were imported before. */
export async function importUsers(
  importing: Importing,
  rows: readonly OriginUser[],
): Promise<void> {
  const { database, notes, origin, pending, tally } = importing
  const parsed = rows.flatMap((row) => parseRow(importing, row) || [])
  const originIds = parsed.map(({ user }) => user.originId)
  // Before the imported users are looked up: otherwise the address of a user whom a concurrent import adds in between
  // would count as taken.
  const taken = await findTaken(importing, parsed)
  const known = await findImportedUsers(database, origin, originIds)
  const strangers = parsed.filter(({ user }) => !known.has(user.originId))
  const added = refuseTaken(importing, taken, await refuseDeleted(importing, strangers))
  const came = await refuseAnother(importing, withThoseBefore(parsed, known))
  const changed = came.filter((row) => hasNewHash(row) || hasNewBan(row))
  tally.add('unchanged', came.length - changed.length)
  const wanted = {
    added: withinSchemes(importing, added, () => null),
    // A user who was only banned keeps the hash that they have here.
    changed: [
      ...changed.filter((row) => !hasNewHash(row)),
      ...withinSchemes(importing, changed.filter(hasNewHash), (row) => row.before.passwordScheme),
    ],
  }
  // The next batch may be read meanwhile: the notes ensure that its ids and addresses are different ones.
  await pending.begin(async () => {
    const { missing, touched } = await save(importing, wanted)
    const meanwhile = await findImportedUsers(
      database,
      origin,
      missing.map(({ user }) => user.originId),
    )
    // These users were added by a concurrent import.
    const twins = await refuseAnother(importing, withThoseBefore(missing, meanwhile))
    // Somebody signed up with the address while the rows were checked.
    for (const row of missing) {
      if (!meanwhile.has(row.user.originId)) refuse(importing, 'email_address_taken', row)
    }
    tally.add('unchanged', touched + twins.length)
    const newcomers = wanted.added.filter((row) => !missing.includes(row))
    for (const { user } of newcomers) notes.newcomers.add(user.originId)
    for (const { user } of [...came, ...twins, ...newcomers]) notes.owners.add(user.originId)
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
