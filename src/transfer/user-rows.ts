import { isUuid } from '../storage/deleted-users.ts'
import type { ImportedUser, NewUser } from '../storage/imported-users.ts'
import type { Importing } from './importing.ts'
import type { OriginUser } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { parseUser } from './row.ts'

/** A user of another system whose row could be read. */
export interface Row {
  readonly user: NewUser
  readonly where: string
}

/** One who came before. */
export interface Changed extends Row {
  readonly before: ImportedUser
}

/** Reads a row, and takes note whose it is; false where it is refused. */
export function parseRow(importing: Importing, row: OriginUser): Row | false {
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
export function hasNewHash({ before, user }: Changed): boolean {
  return before.passwordScheme !== null && before.passwordHash !== user.passwordHash
}

export function hasNewBan({ before, user }: Changed): boolean {
  return before.bannedAt === null && user.bannedAt !== null
}

export function refuse({ tally }: Importing, reason: Refusal, { user, where }: Row): false {
  tally.refuse(reason, { where, emailAddress: user.emailAddress })
  return false
}
