import { findMarks, isUuid, markOf, ownOrigin } from '../storage/deleted-users.ts'
import { findActiveUsers } from '../storage/transfers/endings.ts'
import { findTakenAddresses, findUserIds } from '../storage/transfers/users.ts'
import type { Importing } from './importing.ts'
import { admitScheme } from './schemes.ts'
import { type Changed, type Row, refuse } from './user-rows.ts'

// Users who must not be imported: each function reports the reasons to the tally, and returns the other rows.

// SECURITY: the same id with another address may be another person, who would get access to this user.
export async function refuseAnother(
  importing: Importing,
  rows: readonly Changed[],
): Promise<readonly Changed[]> {
  const { database, tally } = importing
  const others = rows.filter(({ before, user }) => before.emailAddress !== user.emailAddress)
  const userIds = others.map(({ before }) => before.userId)
  // A user who has acted here may have changed their address here.
  const active = await findActiveUsers(database, userIds)
  for (const row of others) {
    if (active.has(row.before.userId)) tally.add('unchanged')
    else refuse(importing, 'email_address_changed', row)
  }
  return rows.filter((row) => !others.includes(row))
}

// SECURITY: a user who was deleted here, perhaps by themselves, must not be imported again.
export async function refuseDeleted(
  importing: Importing,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const { database, origin } = importing
  const mark = ({ user: { id, originId } }: Row) =>
    markOf(isUuid(originId) ? { origin: ownOrigin, originId: id } : { origin, originId })
  const deleted = await findMarks(database, rows.map(mark))
  return rows.filter((row) => !deleted.has(mark(row)) || refuse(importing, 'deleted_here', row))
}

export interface Taken {
  readonly addresses: ReadonlySet<string>
  readonly ids: ReadonlySet<string>
}

export async function findTaken({ database }: Importing, rows: readonly Row[]): Promise<Taken> {
  const addresses = rows.map(({ user }) => user.emailAddress)
  // Ids that were generated just now cannot be those of deleted users.
  const users = rows.map(({ user }) => user).filter(({ originId }) => isUuid(originId))
  const ids = users.map(({ id }) => id)
  return {
    addresses: await findTakenAddresses(database, addresses),
    ids: await findUserIds(database, ids),
  }
}

export function refuseTaken(
  importing: Importing,
  taken: Taken,
  rows: readonly Row[],
): readonly Row[] {
  return rows.filter((row) => {
    const { emailAddress, id } = row.user
    if (taken.addresses.has(emailAddress)) return refuse(importing, 'email_address_taken', row)
    return taken.ids.has(id) ? refuse(importing, 'id_taken', row) : true
  })
}

export function withinSchemes<Any extends Row>(
  importing: Importing,
  rows: readonly Any[],
  schemeBefore: (row: Any) => string | null,
): Any[] {
  return rows.filter((row) => {
    const isAdmitted = admitScheme(importing, row.user.passwordScheme, schemeBefore(row))
    return isAdmitted || refuse(importing, 'too_many_schemes', row)
  })
}
