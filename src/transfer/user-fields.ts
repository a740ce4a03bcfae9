import { mapNames, type Names } from './mapping.ts'
import { OriginError, type OriginUser } from './origin.ts'

// The names of the fields in files, unless `--map` gives others.
const fieldNames = {
  users: {
    id: 'id',
    email_address: 'email_address',
    password_hash: 'password_hash',
    email_verified_at: 'email_verified_at',
    banned_at: 'banned_at',
    created_at: 'created_at',
    updated_at: 'updated_at',
  },
} as const

export type FieldNames = Names<typeof fieldNames>['users']

/** @throws OriginError for an invalid mapping */
export function readFieldNames(mapping: unknown): FieldNames {
  const { users } = mapNames(fieldNames, mapping)
  if (users.email_address === null) {
    throw new OriginError('In the mapping users.email_address must be a name: nobody is without')
  }
  return users
}

/** Whether a file may lack a field: it is not mapped, and not required. */
export function isOptional(field: string, name: string): boolean {
  return field === name && field !== 'email_address' && field !== 'password_hash'
}

/** A user, from the values that a file has under these names. */
export function toOriginUser(
  names: FieldNames,
  where: string,
  read: (name: string) => unknown,
): OriginUser {
  const get = (name: string | null): unknown => (name === null ? null : (read(name) ?? null))
  const id = get(names.id)
  return {
    type: 'user',
    originId: readId(id),
    emailAddress: get(names.email_address),
    passwordHash: get(names.password_hash),
    emailVerifiedAt: get(names.email_verified_at),
    bannedAt: get(names.banned_at),
    createdAt: get(names.created_at),
    updatedAt: get(names.updated_at),
    where,
  }
}

/** Null if empty. A value that is neither text nor a number, such as `{"$oid":"…"}`, becomes a text that is refused. */
function readId(id: unknown): string | null {
  if (id === null || id === '') return null
  return typeof id === 'object' || typeof id === 'boolean' ? unreadable : String(id)
}

// Refused later, since no id may contain a control character.
const unreadable = '\0'
