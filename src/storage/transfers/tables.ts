import { readBytes, readInstant, readText } from '../columns.ts'
import type { Value } from '../database.ts'

// The columns of an export: their names are those in the tables and in the records of the export.

/** The form of a column in a JSON record: text unchanged, an instant in ISO 8601, bytes in base64url. */
export type ColumnKind = 'uuid' | 'text' | 'instant' | 'bytes'

export interface TransferColumn {
  readonly name: string
  readonly kind: ColumnKind
  readonly isNullable: boolean
}

export interface TransferTable {
  readonly name: 'users' | 'deleted_users' | 'sessions' | 'api_keys' | 'events'
  /** The column that names the user whom a row belongs to, if any. */
  readonly owner: 'user_id' | null
  readonly columns: readonly TransferColumn[]
}

const uuid = (name: string) => ({ name, kind: 'uuid', isNullable: false }) as const
const text = (name: string) => ({ name, kind: 'text', isNullable: false }) as const
const bytes = (name: string) => ({ name, kind: 'bytes', isNullable: false }) as const
const instant = (name: string) => ({ name, kind: 'instant', isNullable: false }) as const
const orNull = (column: TransferColumn) => ({ ...column, isNullable: true }) as const

export const users: TransferTable = {
  name: 'users',
  owner: null,
  columns: [
    uuid('id'),
    text('email_address'),
    text('password_hash'),
    orNull(text('password_scheme')),
    orNull(instant('email_verified_at')),
    orNull(instant('banned_at')),
    instant('created_at'),
    instant('updated_at'),
  ],
}

export const deletedUsers: TransferTable = {
  name: 'deleted_users',
  owner: null,
  columns: [uuid('id'), text('origin')],
}

export const sessions: TransferTable = {
  name: 'sessions',
  owner: 'user_id',
  columns: [
    uuid('id'),
    uuid('user_id'),
    bytes('token_digest'),
    orNull(text('name')),
    orNull(text('ip_address')),
    orNull(text('user_agent')),
    instant('created_at'),
    instant('last_used_at'),
    instant('password_verified_at'),
  ],
}

export const apiKeys: TransferTable = {
  name: 'api_keys',
  owner: 'user_id',
  columns: [
    uuid('id'),
    uuid('user_id'),
    bytes('token_digest'),
    text('name'),
    text('scopes'),
    instant('created_at'),
    instant('expires_at'),
    orNull(instant('last_used_at')),
    orNull(instant('expiry_notice_at')),
  ],
}

export const events: TransferTable = {
  name: 'events',
  owner: null,
  columns: [
    uuid('id'),
    text('name'),
    instant('occurred_at'),
    orNull(uuid('user_id')),
    text('actor'),
    orNull(text('detail')),
    orNull(uuid('session_id')),
    orNull(uuid('api_key_id')),
    orNull(text('email_address')),
    orNull(text('ip_address')),
    orNull(text('user_agent')),
    orNull(text('request_id')),
  ],
}

/** The value of a column in a record. */
export function toJson({ kind }: TransferColumn, value: Value | undefined): string | null {
  if (value === null) return null
  if (kind === 'instant') return readInstant(value).toISOString()
  return kind === 'bytes' ? Buffer.from(readBytes(value)).toString('base64url') : readText(value)
}
