import { isUuid } from '../storage/deleted-users.ts'
import type { ImportedUser, NewUser } from '../storage/transfers/users.ts'
import type { Importing } from './importing.ts'
import type { OriginUser } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { parseUser } from './row.ts'

/** A row of another system that could be read as a user. */
export interface Row {
  readonly user: NewUser
  readonly where: string
}

/** The row of a user who was imported before. */
export interface Changed extends Row {
  readonly before: ImportedUser
}

/** Reads a row, and notes its id and address; false if it is refused. */
export function parseRow(importing: Importing, row: OriginUser): Row | false {
  const { notes, tally } = importing
  const { where } = row
  const user = parseUser(row, importing)
  if ('refusal' in user) {
    const emailAddress = typeof row.emailAddress === 'string' ? row.emailAddress : null
    tally.refuse(user.refusal, { where, emailAddress })
    return false
  }
  if (!notes.addresses.add(user.emailAddress)) {
    return refuse(importing, 'email_address_taken', { user, where })
  }
  // A UUID identifies the same user in upper and lower case.
  const id = isUuid(user.originId) ? user.id : user.originId
  if (!notes.rows.add(id)) return refuse(importing, 'id_taken', { user, where })
  return { user, where }
}

// A user who has logged in or chosen a password since then has a hash of Latchkey's own, without a scheme.
export function hasNewHash({ before, user }: Changed): boolean {
  return before.passwordScheme !== null && before.passwordHash !== user.passwordHash
}

/** Whether the origin has banned a user who is not banned here. */
export function hasNewBan({ before, user }: Changed): boolean {
  return before.bannedAt === null && user.bannedAt !== null
}

/** Reports to the tally why a row is refused. */
export function refuse({ tally }: Importing, reason: Refusal, { user, where }: Row): false {
  tally.refuse(reason, { where, emailAddress: user.emailAddress })
  return false
}
