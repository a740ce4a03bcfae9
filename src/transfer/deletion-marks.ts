import { markOf, ownOrigin } from '../storage/deleted-users.ts'
import { users } from '../storage/transfers/tables.ts'
import { pagesOf } from '../storage/transfers.ts'
import type { Importing } from './importing.ts'
import type { OriginRecord } from './origin.ts'
import { idOf } from './record-values.ts'

/**
 * Keeps the marks of users who do not exist here. A user who exists here is not deleted because of a mark, since that
 * would delete everything of theirs here too. They are reported, so that the person who imports decides.
 */
export async function refuseLiving(
  importing: Importing,
  marks: readonly OriginRecord[],
): Promise<readonly OriginRecord[]> {
  const { notes, tally } = importing
  if (marks.length === 0) return marks
  if (!notes.hasLiving()) await noteLiving(importing)
  return marks.filter((row) => {
    const emailAddress = notes.findLiving(idOf(row))
    if (emailAddress === null) return true
    tally.refuse('deleted_there', { where: row.where, emailAddress })
    return false
  })
}

const [id, emailAddress] = users.columns
const named = { ...users, columns: [id, emailAddress].flatMap((column) => column ?? []) }

// A mark does not identify its user, so the marks of all users are computed, once.
async function noteLiving({ database, notes }: Importing): Promise<void> {
  for await (const page of pagesOf(database, named)) {
    for (const [userId, address] of page) {
      // The origin cannot have deleted a user who is in the file.
      if (notes.rows.has(`${users.name} ${userId}`)) continue
      notes.addLiving(markOf({ origin: ownOrigin, originId: String(userId) }), String(address))
    }
  }
  notes.endLiving()
}
