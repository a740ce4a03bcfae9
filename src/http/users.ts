import { z } from 'zod'
import type { User } from '../core/store.ts'
import { toTimestamp } from './timestamp.ts'

export const userSchema = z.object({
  id: z.uuid(),
  email_address: z.string().meta({ format: 'email' }),
  email_verified: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

// SECURITY: the members are named one by one; whatever a user gains later stays inside until it is
// added here.
export function presentUser(user: User): z.infer<typeof userSchema> {
  return {
    id: user.id,
    email_address: user.emailAddress,
    email_verified: user.emailVerifiedAt !== null,
    created_at: toTimestamp(user.createdAt),
    updated_at: toTimestamp(user.updatedAt),
  }
}
