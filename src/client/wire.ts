// What the API sends and accepts, with its own names. A test compares these types with the schemas of the routes.

export interface User {
  readonly id: string
  readonly email_address: string
  readonly email_verified: boolean
  /** Instants are ISO 8601 in UTC. */
  readonly created_at: string
  readonly updated_at: string
}

/** A log-in on a device. */
export interface Session {
  readonly id: string
  readonly name: string
  readonly created_at: string
  readonly last_used_at: string
  readonly expires_at: string
  readonly ip_address: string | null
  readonly user_agent: string | null
  /** Whether it is the session of the request. */
  readonly current: boolean
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly created_at: string
  readonly last_used_at: string | null
  readonly expires_at: string
}

/** Something that happened to the user. */
export interface AuditEvent {
  readonly id: string
  readonly event: string
  readonly occurred_at: string
  readonly actor: 'user' | 'operator' | 'anybody'
  readonly detail: string | null
  readonly session_id: string | null
  readonly api_key_id: string | null
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
}

/** A JWT for another service, which lives for minutes. */
export interface AccessToken {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
}

/** One field that breaks a rule. */
export interface Problem {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** A page of a list: `limit` is 50 by default, at most 100; `cursor` is the `next_cursor` of the page before. */
export interface PageQuery {
  readonly limit?: number
  readonly cursor?: string | null
}

export interface Credentials {
  readonly email_address: string
  readonly password: string
}

/** May have more fields: the `signUpFields` of the API. */
export interface NewUser extends Credentials {
  readonly password_confirmation?: string | null
  readonly [field: string]: unknown
}

/** `password_challenge` is always the current password. */
export interface NewPassword {
  readonly password_challenge: string
  readonly password: string
  readonly password_confirmation?: string | null
}

/** The token comes from a mail. */
export interface PasswordReset {
  readonly token: string
  readonly password: string
  readonly password_confirmation?: string | null
}

/** For acts that need the current password, unless it was verified within the last 10 minutes. */
export interface Challenged {
  readonly password_challenge?: string
}

export interface NewEmailAddress extends Challenged {
  readonly email_address: string
}

/** The token comes from a mail; the password is needed if the user is not logged in. */
export interface AddressProof {
  readonly token: string
  readonly password?: string
}

export interface NewApiKey extends Challenged {
  readonly name: string
  /** A list, or words separated by spaces. */
  readonly scopes: string | readonly string[]
  readonly expires_at?: string | null
}

export interface WantedAccessToken {
  readonly audience: string
  readonly scope?: string | readonly string[]
}

/** Why the API refuses, as its documentation explains; an application may have more codes of its own. */
export type RefusalCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'invalid_token'
  | 'invalid_credentials'
  | 'invalid_reset_token'
  | 'invalid_verification_token'
  | 'sign_up_closed'
  | 'csrf'
  | 'insufficient_scope'
  | 'email_verification_required'
  | 'fresh_authentication_required'
  | 'not_found'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'rate_limited'
  | 'internal_error'
  | 'overloaded'
  | 'unavailable'
