/** Why a row was not imported; docs/reference/cli.md says each in a sentence. The list is closed. */
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
  /** As far as there is one: never a hash, never a token. */
  readonly emailAddress: string | null
}

/** What is wrong with a password hash, as a reason. */
export const hashRefusals = {
  unknown_format: 'unknown_hash_format',
  too_expensive: 'hash_too_expensive',
  too_weak: 'hash_too_weak',
} as const
