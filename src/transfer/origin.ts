import type { Value } from '../core/connection.ts'
import type { SessionImport } from '../storage/transfers/session-imports.ts'
import type { TransferTable } from '../storage/transfers/tables.ts'
import type { OriginId } from '../storage/transfers.ts'

/**
 * The system from which users are imported. It is read once, from one consistent state and in bounded memory: first
 * users, then sessions, if possible with the newest sessions of each user first.
 */
export interface Origin {
  /** The origin's name in `imported_users`, such as `rails`. */
  readonly name: string
  /** Sentences for the person who runs the import. */
  readonly notes: readonly string[]
  /** @throws OriginError if the origin cannot be read to its end */
  read(): AsyncIterable<OriginRow>
  /** The number of rows to expect, for the progress; null if it is not known beforehand. */
  count(): Promise<number | null>
  close(): Promise<void>
}

export type OriginRow =
  | OriginUser
  | OriginSession
  | OriginRecord
  | OriginSessionImport
  | OriginFault

/** A user as their system wrote them; nothing is checked yet. */
export interface OriginUser {
  readonly type: 'user'
  /** The user's id at the origin, which stays their id if it is a UUID. If null, the address takes its place. */
  readonly originId: string | null
  readonly emailAddress: unknown
  /** Null or empty for a user without a password. */
  readonly passwordHash: unknown
  /** An instant or null, like the next three. */
  readonly emailVerifiedAt: unknown
  readonly bannedAt: unknown
  readonly createdAt: unknown
  readonly updatedAt: unknown
  /** The place of the row, for the report: `users row 17`, `line 4`. */
  readonly where: string
}

/** A session that was live in its system; the reader leaves out all others. */
export interface OriginSession {
  readonly type: 'session'
  /** The `originId` of its user. */
  readonly originUserId: string
  /** The token that its client sends. */
  readonly token: unknown
  readonly ipAddress: unknown
  readonly userAgent: unknown
  readonly createdAt: unknown
  readonly where: string
}

/** A row of Latchkey's own export, with the columns of its table. */
export interface OriginRecord {
  readonly type: 'record'
  readonly table: TransferTable
  readonly values: readonly Value[]
  /** For a user, their ids in other systems. */
  readonly originIds: readonly OriginId[]
  readonly where: string
}

/** A record of Latchkey's own export: when the sessions of another system were imported. */
export interface OriginSessionImport extends SessionImport {
  readonly type: 'session-import'
  readonly where: string
}

/** A part of the file that could not be read as a row; the rows after it are read. */
export interface OriginFault {
  readonly type: 'fault'
  readonly reason: 'malformed_line' | 'line_too_long' | 'missing_field' | 'invalid_record'
  readonly where: string
}

/** Why an origin cannot be read, in a sentence that says what to do. It never repeats the content of rows. */
export class OriginError extends Error {
  override readonly name = 'OriginError'
}
