import type { EmailAddress } from './email-address.ts'
import type { EventName } from './event-names.ts'

/** Somebody who can log in. */
export interface User {
  readonly id: string
  readonly emailAddress: EmailAddress
  /** When the user proved that they read the mail of this address; null if they have not. */
  readonly emailVerifiedAt: Date | null
  /** When the user was banned; null if they are not. */
  readonly bannedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A user, with the hash that a submitted password is verified against. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string
}

/** How many users have an imported hash of one scheme, such as `bcrypt/12`. */
export interface PasswordSchemeCount {
  readonly scheme: string
  readonly users: number
}

/** One log-in on one device, which can be listed and revoked. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** The name that the user gave the device; null for none. */
  readonly name: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  /** Exact to five minutes: a use within five minutes of the last recorded one is not recorded. */
  readonly lastUsedAt: Date
  /** When the holder of the session last proved that they know the password. */
  readonly passwordVerifiedAt: Date
}

/** A credential with which a program of the user, or of a third party, acts on the user's behalf. */
export interface ApiKey {
  readonly id: string
  readonly userId: string
  /** The name that the user gave it. */
  readonly name: string
  /** What it may do, and nothing else. */
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Exact to five minutes, like a session's; null if the key was never used. */
  readonly lastUsedAt: Date | null
  /** When to notify the user that the key expires soon; null if they were, or need not be. */
  readonly expiryNoticeAt: Date | null
}

/** The limits within which a session has not expired. */
export interface SessionHorizon {
  readonly usedAfter: Date
  readonly createdAfter: Date
  /** A session that was created later comes from a wrong clock, and counts as expired. */
  readonly createdUntil: Date
}

/** Who made a request, authenticated by a session. */
export interface Authenticated {
  readonly session: Session
  readonly user: User
}

/** On whose behalf a program acts, authenticated by an API key. */
export interface Authorized {
  readonly apiKey: ApiKey
  readonly user: User
}

/** Who made a request, authenticated by a session or by an API key. */
export type Principal =
  | { readonly user: User; readonly session: Session; readonly apiKey: null }
  | { readonly user: User; readonly session: null; readonly apiKey: ApiKey }

/** A mailed link, whose token lets its holder choose a new password once. */
export interface PasswordReset {
  readonly userId: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The limits within which a reset is live. */
export interface PasswordResetHorizon {
  readonly expiresAfter: Date
  /** A reset that was created later comes from a wrong clock. */
  readonly createdUntil: Date
}

/** An address, and the user who claims it. */
export interface EmailProof {
  readonly userId: string
  readonly emailAddress: EmailAddress
}

/** A mailed link, whose token proves that its holder reads the mail of the address. */
export interface EmailVerification extends EmailProof {
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The address that a user wants to change to. */
export interface EmailChange extends EmailProof {
  readonly requestedAt: Date
}

/** A sign-up that the owner of the address has not confirmed yet. It is not a user. */
export interface Registration {
  readonly id: string
  readonly emailAddress: EmailAddress
  readonly passwordHash: string
  /** The application's own fields, as JSON; null for none. */
  readonly fields: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The name of a session in access tokens, so that they do not contain its id. */
export interface SessionAlias {
  readonly sid: string
  /** When the latest token with this name was issued. */
  readonly issuedAt: Date
  /** From when on no token with this name is accepted. */
  readonly expiresAt: Date
}

/** A key pair that signs and verifies access tokens. */
export interface SigningKey {
  /** The `kid` of the tokens it signs. */
  readonly id: string
  /** Greater than that of every earlier key. */
  readonly generation: number
  readonly algorithm: 'ES256'
  /** A JWK without private members, as JSON. */
  readonly publicKey: string
  /** A JWE that `KEY_ENCRYPTION_KEY` opens. */
  readonly privateKey: string
  readonly createdAt: Date
  /** From when on it signs, until a newer key does. */
  readonly signsFrom: Date
}

/** A record of something that happened to a user. It contains no secret. */
export interface AuditEvent {
  readonly id: string
  readonly name: EventName
  readonly occurredAt: Date
  /** The user it is about, even after their deletion; null if no user is known, or it is about all of them. */
  readonly userId: string | null
  /** Who did it: the user, an operator, or anybody, who did not prove to be the user. */
  readonly actor: 'user' | 'operator' | 'anybody'
  /** More than the name says: `logout` for a session that ended, the scopes of an API key. */
  readonly detail: string | null
  readonly sessionId: string | null
  readonly apiKeyId: string | null
  /** The address, if the event gives the user one. Null, as are the next two, once the user is deleted. */
  readonly emailAddress: EmailAddress | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The id of the request in the logs of the server and of a proxy; null if no request caused the event. */
  readonly requestId: string | null
}
