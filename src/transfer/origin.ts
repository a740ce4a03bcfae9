import type { Value } from '../core/connection.ts'
import type { SessionImport } from '../storage/session-imports.ts'
import type { TransferTable } from '../storage/transfer-tables.ts'
import type { OriginId } from '../storage/transfers.ts'

/**
 * Where users come from. It is read once, in order, in one consistent picture and in bounded memory:
 * users first, then sessions; of a user's sessions the newest first where that can be had.
 */
export interface Origin {
  /** What `imported_users` calls it, such as `rails`. */
  readonly name: string
  /** What whoever imports should know, in sentences. */
  readonly notes: readonly string[]
  /** @throws OriginError */
  read(): AsyncIterable<OriginRow>
  /** How many rows there will be, for the progress; null where that cannot be told beforehand. */
  count(): Promise<number | null>
  close(): Promise<void>
}

export type OriginRow =
  | OriginUser
  | OriginSession
  | OriginRecord
  | OriginSessionImport
  | OriginFault

/** A user as their system wrote them down: nothing in it was looked at yet. */
export interface OriginUser {
  readonly type: 'user'
  /** What their system calls them. A UUID stays their id; where it is null the address stands for it. */
  readonly originId: string | null
  readonly emailAddress: unknown
  /** Null or empty for a user without a password. */
  readonly passwordHash: unknown
  /** An instant, or null. So are the next three. */
  readonly emailVerifiedAt: unknown
  readonly bannedAt: unknown
  readonly createdAt: unknown
  readonly updatedAt: unknown
  /** Where it stands, for the report: `users row 17`, `line 4`. */
  readonly where: string
}

/** A session that was alive in its system: its reader leaves out those that were over. */
export interface OriginSession {
  readonly type: 'session'
  /** The `originId` of its user. */
  readonly originUserId: string
  /** What its client sends. */
  readonly token: unknown
  readonly ipAddress: unknown
  readonly userAgent: unknown
  readonly createdAt: unknown
  readonly where: string
}

/** A row of Latchkey's own export, which has the shape of its table. */
export interface OriginRecord {
  readonly type: 'record'
  readonly table: TransferTable
  readonly values: readonly Value[]
  /** Of a user: what other systems called them. */
  readonly originIds: readonly OriginId[]
  readonly where: string
}

/** From its own export: that sessions of another system had come, and when. */
export interface OriginSessionImport extends SessionImport {
  readonly type: 'session-import'
  readonly where: string
}

/** Something that is no row, in a file that goes on behind it. */
export interface OriginFault {
  readonly type: 'fault'
  readonly reason: 'malformed_line' | 'line_too_long' | 'missing_field' | 'invalid_record'
  readonly where: string
}

/** Why an origin cannot be read, in a sentence that says what to do. Never with what rows hold. */
export class OriginError extends Error {
  override readonly name = 'OriginError'
}
