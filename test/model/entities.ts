// Whom and what the model remembers.

export interface User {
  readonly id: string
  address: string
  password: string
  isVerified: boolean
  isBanned: boolean
  /** The address that they want to change to. */
  wanted: string | null
  readonly devices: string[]
}

export interface Session {
  readonly id: string
  readonly userId: string
  token: string
  name: string
  readonly createdAt: number
  usedAt: number
  /** When its holder last proved to know the password. */
  provedAt: number
}

export interface Key {
  readonly id: string
  readonly userId: string
  readonly token: string
  readonly scopes: readonly string[]
  readonly expiresAt: number
  usedAt: number | null
  /** When the user is to be told that it ends; null where they were, or need not be. */
  noticeAt: number | null
}

/** A link that was mailed. */
export interface Link {
  readonly kind: 'reset' | 'proof'
  readonly token: string
  readonly userId: string
  readonly address: string
  readonly expiresAt: number
}

/** A sign-up that waits for its confirmation; without a token while it waits for its mail. */
export interface Registration {
  readonly address: string
  readonly password: string
  readonly number: number
  token: string | null
  expiresAt: number
}

/** The name of a session in access tokens. */
export interface Alias {
  readonly sid: string
  readonly sessionId: string
  issuedAt: number
  expiresAt: number
}

export interface Message {
  readonly kind: MessageKind
  readonly to: string
  readonly userId: string | null
  readonly keyId: string | null
  readonly queuedAt: number
  isSent: boolean
  /** Whoever delivers passes it over: somebody asks for it again at this very moment. */
  isHeld: boolean
}

/** A mail. */
export interface Arrived {
  readonly to: string
  readonly subject: string
  readonly token: string | null
}

export type MessageKind =
  | 'password_reset'
  | 'password_changed'
  | 'new_sign_in'
  | 'email_verification'
  | 'email_changed'
  | 'registration'
  | 'api_key_created'
  | 'api_key_expiring'

/** How often something was done in the window that ends then. */
export interface Count {
  readonly key: string
  readonly count: number
  readonly endsAt: number
}

/** Tries at a password that failed in succession. */
export interface Failures {
  readonly key: string
  readonly count: number
  readonly blockedUntil: number
  readonly forgottenAt: number
}
