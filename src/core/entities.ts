import type { EmailAddress } from './email-address.ts'
import type { EventName } from './event-names.ts'

/** Somebody who can log in. */
export interface User {
  readonly id: string
  readonly emailAddress: EmailAddress
  /** When the user proved that they read this address's mail, or null. */
  readonly emailVerifiedAt: Date | null
  /** Since when the user is banned, or null. */
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

/** One log-in on one device: what can be listed and revoked. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** What the user calls the device, or null where they have not named it. */
  readonly name: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  /** To five minutes: a use within five minutes of the last recorded one is not recorded. */
  readonly lastUsedAt: Date
  /** When the session's holder last proved to know the password. */
  readonly passwordVerifiedAt: Date
}

/** A credential by which the user's program, or a third party, acts in their name. */
export interface ApiKey {
  readonly id: string
  readonly userId: string
  /** What the user calls it. */
  readonly name: string
  /** The only things that it may do. */
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  /** To five minutes, like a session's; null where the key was never used. */
  readonly lastUsedAt: Date | null
  /** When to tell the user that the key expires soon; null where they were told, or need not be. */
  readonly expiryNoticeAt: Date | null
}

/** Between which instants unexpired sessions were used and created. */
export interface SessionHorizon {
  readonly usedAfter: Date
  readonly createdAfter: Date
  /** A session created later comes from a wrong clock, and counts as expired. */
  readonly createdUntil: Date
}

/** Who made a request, known by a session. */
export interface Authenticated {
  readonly session: Session
  readonly user: User
}

/** In whose name a program acts, known by an API key. */
export interface Authorized {
  readonly apiKey: ApiKey
  readonly user: User
}

/** Who made a request, known by a session or by an API key. */
export type Principal =
  | { readonly user: User; readonly session: Session; readonly apiKey: null }
  | { readonly user: User; readonly session: null; readonly apiKey: ApiKey }

/** A link that was mailed: whoever holds its token may choose a new password, once. */
export interface PasswordReset {
  readonly userId: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** An address, and the user who says that it is theirs. */
export interface EmailProof {
  readonly userId: string
  readonly emailAddress: EmailAddress
}

/** A link that was mailed: whoever holds its token reads the mail of the address. */
export interface EmailVerification extends EmailProof {
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The address that a user wants to change to. */
export interface EmailChange extends EmailProof {
  readonly requestedAt: Date
}

/** A sign-up that waits for the address's owner to confirm it. It is not yet a user. */
export interface Registration {
  readonly id: string
  readonly emailAddress: EmailAddress
  readonly passwordHash: string
  /** JSON of the application's own fields; null where it has none. */
  readonly fields: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The name of a session in access tokens, which keeps its id from those who read them. */
export interface SessionAlias {
  readonly sid: string
  /** When the last token with it was issued. */
  readonly issuedAt: Date
  /** When no token with it is accepted any more. */
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
  /** It signs from then on, until a newer key does. */
  readonly signsFrom: Date
}

/** A record of something that happened to a user: never a secret. */
export interface AuditEvent {
  readonly id: string
  readonly name: EventName
  readonly occurredAt: Date
  /** The user it is about, even after deletion; null where no user is known, or it is about all of them. */
  readonly userId: string | null
  /** Who did it: the user, an operator, or anybody who did not prove to be the user. */
  readonly actor: 'user' | 'operator' | 'anybody'
  /** What the name leaves open: `logout` for a session that ended, the scopes of an API key. */
  readonly detail: string | null
  readonly sessionId: string | null
  readonly apiKeyId: string | null
  /** The new address, where the event gives the user one. Null, as are the next two, once the user is deleted. */
  readonly emailAddress: EmailAddress | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** Finds the request in the log, and in a proxy's; null where no request caused the event. */
  readonly requestId: string | null
}
