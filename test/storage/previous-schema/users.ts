import type { EmailAddress } from '../../../src/core/email-address.ts'
import type { User as NewerUser } from '../../../src/core/entities.ts'
import { readInstant, readInstantOrNull, readText } from '../../../src/storage/columns.ts'
import type { Row } from '../../../src/storage/database.ts'

/** What a user was before they could be banned. */
export type User = Omit<NewerUser, 'bannedAt'>

/** Read by `toUser`, in this order. */
export const userColumns =
  'users.id, users.email_address, users.email_verified_at, users.created_at, users.updated_at'

export function toUser(row: Row): User {
  return {
    id: readText(row[0]),
    // What is in the table was parsed before it was written.
    emailAddress: readText(row[1]) as EmailAddress,
    emailVerifiedAt: readInstantOrNull(row[2]),
    createdAt: readInstant(row[3]),
    updatedAt: readInstant(row[4]),
  }
}
