import { hash } from 'node:crypto'
import { v7 } from 'uuid'
import { parseEmailAddress } from '../core/email-address.ts'
import { parseImportedHash } from '../core/imported-hashes/imported-hash.ts'
import { digestOfToken } from '../core/token-digest.ts'
import type { Random } from '../core/tokens.ts'
import { isUuid } from '../storage/deleted-users.ts'
import type { NewUser } from '../storage/transfers/users.ts'
import { parseInstant } from './instant.ts'
import type { OriginSession, OriginUser } from './origin.ts'
import { hashRefusals, type Refusal } from './refusals.ts'

/** The context for turning a row into a user. */
export interface RowRules {
  readonly now: Date
  readonly random: Random
}

/** A row that breaks a rule. */
export interface Refused {
  readonly refusal: Refusal
}

/** Turns a row of the origin into a user, or says which of Latchkey's rules it breaks. */
export function parseUser(row: OriginUser, rules: RowRules): NewUser | Refused {
  const written = textOf(row.emailAddress).trim()
  if (written === '') return { refusal: 'blank_email_address' }
  const emailAddress = parseEmailAddress(written)
  if (!emailAddress) return { refusal: 'invalid_email_address' }
  const originId = row.originId ?? emailAddress
  if (!isOriginId(originId)) return { refusal: 'invalid_id' }
  const hashed = parsePassword(row.passwordHash ?? '')
  if ('refusal' in hashed) return hashed
  const emailVerifiedAt = parseInstant(row.emailVerifiedAt)
  const bannedAt = parseInstant(row.bannedAt)
  const created = parseInstant(row.createdAt)
  const updated = parseInstant(row.updatedAt)
  if (emailVerifiedAt === 'invalid' || bannedAt === 'invalid') return { refusal: 'invalid_instant' }
  if (created === 'invalid' || updated === 'invalid') return { refusal: 'invalid_instant' }
  const createdAt = created ?? updated ?? rules.now
  return {
    originId,
    id: isUuid(originId) ? originId.toLowerCase() : newId(createdAt, rules.random),
    emailAddress,
    ...hashed,
    emailVerifiedAt,
    bannedAt,
    createdAt,
    updatedAt: updated ?? createdAt,
  }
}

// Everything after the instant is random: an origin may know only the day, on which it created many users.
function newId(at: Date, random: Random): string {
  return v7({ msecs: at.getTime(), random: random(16) })
}

/** Turns a row of the origin into a session, still without its user here. Its lifetime begins with the import. */
export function parseSession(row: OriginSession): ParsedSession | Refused {
  const token = textOf(row.token)
  // SECURITY: only tokens of this form are looked up; a shorter one could be guessed.
  if (!/^[A-Za-z0-9]{24,32}$/.test(token)) return { refusal: 'invalid_token' }
  const createdAt = parseInstant(row.createdAt)
  if (createdAt === 'invalid') return { refusal: 'invalid_instant' }
  const beganAt = createdAt ?? new Date(0)
  const tokenDigest = digestOfToken(token)
  return {
    tokenDigest,
    id: sessionId(tokenDigest, beganAt),
    beganAt,
    ipAddress: clip(row.ipAddress),
    userAgent: clip(row.userAgent),
  }
}

export interface ParsedSession {
  readonly id: string
  readonly tokenDigest: Uint8Array
  /** When the session began at the origin. */
  readonly beganAt: Date
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

// Ids sort as the sessions began at the origin, and every import gives a session the same id.
function sessionId(tokenDigest: Uint8Array, createdAt: Date): string {
  const random = hash('sha256', tokenDigest, 'buffer').subarray(0, 16)
  return v7({ msecs: createdAt.getTime(), seq: random.readUInt32BE(6) & 0x7fffffff, random })
}

type Password = Pick<NewUser, 'passwordHash' | 'passwordScheme'>

function parsePassword(written: unknown): Password | Refused {
  // A value that is not a text is not the same as no password.
  if (typeof written !== 'string') return { refusal: 'unknown_hash_format' }
  const parsed = parseImportedHash(written.trim())
  if ('refusal' in parsed) return { refusal: hashRefusals[parsed.refusal] }
  return { passwordHash: parsed.passwordHash, passwordScheme: parsed.scheme }
}

function isOriginId(text: string): boolean {
  return text !== '' && text.length <= 255 && isText(text)
}

/** SECURITY: PostgreSQL does not store NUL, and U+FFFD means that bytes were not UTF-8. */
function isText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\ufffd]/u.test(text)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

// As many characters as are kept of a request's headers.
function clip(value: unknown): string | null {
  const text = textOf(value).slice(0, 1_024)
  return text !== '' && isText(text) ? text : null
}
