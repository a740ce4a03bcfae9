import type { Names } from './mapping.ts'
import type { OriginUser } from './origin.ts'

/** What files call the fields of a user, where `--map` says nothing else. */
export const fieldNames = {
  users: {
    id: null,
    email_address: 'email_address',
    password_hash: 'password_hash',
    email_verified_at: null,
    banned_at: null,
    created_at: null,
    updated_at: null,
  },
} as const

/** Those that a file need not have: under these names, where it has them. */
export const optionalFields = [
  'id',
  'email_verified_at',
  'banned_at',
  'created_at',
  'updated_at',
] as const

export type FieldNames = Names<typeof fieldNames>['users']

/** A user by what a file says under these names. */
export function toOriginUser(
  names: FieldNames,
  where: string,
  read: (name: string) => unknown,
): OriginUser {
  const get = (name: string | null): unknown => (name === null ? null : (read(name) ?? null))
  const id = get(names.id)
  return {
    type: 'user',
    originId: id === null || id === '' ? null : String(id),
    emailAddress: get(names.email_address),
    passwordHash: get(names.password_hash),
    emailVerifiedAt: get(names.email_verified_at),
    bannedAt: get(names.banned_at),
    createdAt: get(names.created_at),
    updatedAt: get(names.updated_at),
    where,
  }
}
