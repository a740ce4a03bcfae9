/** Why a row was not imported; docs/reference/cli.md explains each reason. The list is closed. */
export const refusals = [
  'malformed_line',
  'line_too_long',
  'missing_field',
  'blank_email_address',
  'invalid_email_address',
  'email_address_taken',
  'email_address_changed',
  'invalid_id',
  'id_taken',
  'deleted_here',
  'deleted_there',
  'unknown_hash_format',
  'hash_too_expensive',
  'hash_too_weak',
  'too_many_schemes',
  'invalid_instant',
  'unknown_user',
  'banned_user',
  'invalid_token',
  'ended_here',
  'too_many_sessions',
  'invalid_record',
] as const

export type Refusal = (typeof refusals)[number]

/** A row that was not imported. */
export interface RefusedRow {
  readonly where: string
  readonly reason: Refusal
  /** Null if the row has none. Never a hash or a token. */
  readonly emailAddress: string | null
}

/** The reason for each fault of a password hash. */
export const hashRefusals = {
  unknown_format: 'unknown_hash_format',
  too_expensive: 'hash_too_expensive',
  too_weak: 'hash_too_weak',
} as const
