import type { Value } from '../core/connection.ts'
import type { SessionImport } from '../storage/session-imports.ts'
import type { TransferTable } from '../storage/transfer-tables.ts'
import type { OriginId } from '../storage/transfers.ts'

/**
 * Where users come from. It is read once, in order, from one consistent state and in bounded
 * memory: users first, then sessions; a user's newest sessions first where possible.
 */
export interface Origin {
  /** Its name in `imported_users`, such as `rails`. */
  readonly name: string
  /** What whoever runs the import should know, in sentences. */
  readonly notes: readonly string[]
  /** @throws OriginError */
  read(): AsyncIterable<OriginRow>
  /** How many rows to expect, for the progress; null where that is not known beforehand. */
  count(): Promise<number | null>
  close(): Promise<void>
}

export type OriginRow =
  | OriginUser
  | OriginSession
  | OriginRecord
  | OriginSessionImport
  | OriginFault

/** A user as written by their system: nothing is checked yet. */
export interface OriginUser {
  readonly type: 'user'
  /** The user's id there. A UUID stays their id; where it is null the address takes its place. */
  readonly originId: string | null
  readonly emailAddress: unknown
  /** Null or empty for a user without a password. */
  readonly passwordHash: unknown
  /** An instant, or null, as are the next three. */
  readonly emailVerifiedAt: unknown
  readonly bannedAt: unknown
  readonly createdAt: unknown
  readonly updatedAt: unknown
  /** Where the row is, for the report: `users row 17`, `line 4`. */
  readonly where: string
}

/** A session that was live in its system: the reader leaves out those that were not. */
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

/** From Latchkey's own export: the fact that another system's sessions were imported, and when. */
export interface OriginSessionImport extends SessionImport {
  readonly type: 'session-import'
  readonly where: string
}

/** A part of the file that is no row, after which the file goes on. */
export interface OriginFault {
  readonly type: 'fault'
  readonly reason: 'malformed_line' | 'line_too_long' | 'missing_field' | 'invalid_record'
  readonly where: string
}

/** Why an origin cannot be read, in a sentence that says what to do. It never repeats content of rows. */
export class OriginError extends Error {
  override readonly name = 'OriginError'
}
