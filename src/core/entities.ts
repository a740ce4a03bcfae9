import type { EmailAddress } from './email-address.ts'
import type { EventName } from './event-names.ts'

/** Somebody who can log in. */
export interface User {
  readonly id: string
  readonly emailAddress: EmailAddress
  /** When the user proved to read the mail of this address, or null. */
  readonly emailVerifiedAt: Date | null
  /** Since when nobody may log in as the user, or null. */
  readonly bannedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A user with what a submitted password is verified against. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string
}

/** How many users have a hash that another system made in one way, such as `bcrypt/12`. */
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
  /** To five minutes: a use within five minutes of the last one recorded is not. */
  readonly lastUsedAt: Date
  /** When whoever holds the session last proved to know the password. */
  readonly passwordVerifiedAt: Date
}

/** What a program of the user's, or a third party, may do in their name. */
export interface ApiKey {
  readonly id: string
  readonly userId: string
  /** What the user calls it. */
  readonly name: string
  /** What it may do, and nothing else. */
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  /** To five minutes, like that of a session; null where it was never used. */
  readonly lastUsedAt: Date | null
  /** When the user is to be told that it ends soon; null where they were, or need not be. */
  readonly expiryNoticeAt: Date | null
}

/** Between what instants sessions that are not over were used and begun. */
export interface SessionHorizon {
  readonly usedAfter: Date
  readonly createdAfter: Date
  /** One that begins later was begun by a wrong clock, and counts as over. */
  readonly createdUntil: Date
}

/** Who is behind a request, known by a session. */
export interface Authenticated {
  readonly session: Session
  readonly user: User
}

/** In whose name a program acts, known by an API key. */
export interface Authorized {
  readonly apiKey: ApiKey
  readonly user: User
}

/** Who is behind a request, whichever way they are known. */
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

/** A sign-up that waits until whoever has the address confirms it. It is no user. */
export interface Registration {
  readonly id: string
  readonly emailAddress: EmailAddress
  readonly passwordHash: string
  /** JSON of the application's own fields; null where it has none. */
  readonly fields: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What access tokens call a session, so that nobody learns its id from them. */
export interface SessionAlias {
  readonly sid: string
  /** Of the last token that has it. */
  readonly issuedAt: Date
  /** When no token that has it is accepted any more. */
  readonly expiresAt: Date
}

/** A pair of keys that access tokens are signed with, and verified. */
export interface SigningKey {
  /** The `kid` of its tokens. */
  readonly id: string
  /** Each key's is greater than that of those before it. */
  readonly generation: number
  readonly algorithm: 'ES256'
  /** A JWK without private members, as JSON. */
  readonly publicKey: string
  /** A JWE that `KEY_ENCRYPTION_KEY` opens. */
  readonly privateKey: string
  readonly createdAt: Date
  /** From when on it signs, until a newer one does. */
  readonly signsFrom: Date
}

/** Something that happened to a user, and stays written down: never a secret. */
export interface AuditEvent {
  readonly id: string
  readonly name: EventName
  readonly occurredAt: Date
  /** Whom it is about, also after they are gone; null where nobody has the address that was typed. */
  readonly userId: string | null
  /** Who did it: the user, an operator, or anybody who did not prove to be the user. */
  readonly actor: 'user' | 'operator' | 'anybody'
  /** What the name leaves open: `logout` of a session that ended, the scopes of an API key. */
  readonly detail: string | null
  readonly sessionId: string | null
  readonly apiKeyId: string | null
  /** Of what gives the user another one. It is null when they are gone, and so are the next two. */
  readonly emailAddress: EmailAddress | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The line in the log, and in that of a proxy; null where no request did it. */
  readonly requestId: string | null
}
