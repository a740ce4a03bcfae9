import type { Value } from '../core/connection.ts'
import { type EmailAddress, parseEmailAddress } from '../core/email-address.ts'
import { isEventName } from '../core/event-names.ts'
import { isId } from '../core/ids.ts'
import { isEnd } from '../storage/page.ts'
import type { SessionImport } from '../storage/transfers/session-imports.ts'
import {
  apiKeys,
  deletedUsers,
  events,
  sessions,
  type TransferColumn,
  type TransferTable,
  toJson,
  users,
} from '../storage/transfers/tables.ts'
import type { OriginId } from '../storage/transfers.ts'
import { isInRange } from './instant.ts'
import type { OriginRecord, OriginSessionImport } from './origin.ts'

// The lines of an export. Their names are an interface: exports are read back years later.

export const header = { type: 'latchkey_export', version: 1 } as const

/** The type of the last line, which has the number of lines between the first and itself. */
export const end = 'latchkey_export_end'

const tables: Readonly<Record<string, TransferTable>> = {
  user: users,
  deleted_user: deletedUsers,
  session: sessions,
  api_key: apiKeys,
  event: events,
}

const types = new Map(Object.entries(tables).map(([type, { name }]) => [name, type]))

/** The record of a row. */
export function writeRecord(table: TransferTable, row: readonly Value[]): Record<string, unknown> {
  const fields = table.columns.map((column, index) => [column.name, toJson(column, row[index])])
  return { type: types.get(table.name), ...Object.fromEntries(fields) }
}

/** A user's ids in other systems, in an order that does not depend on the database. */
export function writeOriginIds(originIds: readonly OriginId[]): Record<string, string>[] {
  return originIds
    .map(({ origin, originId }) => ({ origin, origin_id: originId }))
    .sort((a, b) => compare(`${a.origin}\0${a.origin_id}`, `${b.origin}\0${b.origin_id}`))
}

export function writeSessionImport({ origin, importedAt }: SessionImport): Record<string, unknown> {
  return { type: 'imported_sessions', origin, imported_at: importedAt.toISOString() }
}

/** Compares by code units: the collations of databases differ. */
export function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** @returns null for a record that an export cannot contain */
export function readRecord(
  record: Readonly<Record<string, unknown>>,
  where: string,
): OriginRecord | OriginSessionImport | null {
  const { type } = record
  if (type === 'imported_sessions') return readSessionImport(record, where)
  const table = typeof type === 'string' && Object.hasOwn(tables, type) ? tables[type] : undefined
  if (!table) return null
  const values = table.columns.map((column) => readColumn(table, column, record[column.name]))
  const originIds = readOriginIds(table === users ? record.origins : [])
  const known = new Set(['type', 'origins', ...table.columns.map(({ name }) => name)])
  if (Object.keys(record).some((name) => !known.has(name)) || !originIds) return null
  if (!values.every((value) => value !== undefined)) return null
  return { type: 'record', table, values, originIds, where }
}

function readSessionImport(
  record: Readonly<Record<string, unknown>>,
  where: string,
): OriginSessionImport | null {
  const importedAt = readInstant(record.imported_at)
  const { origin } = record
  if (typeof origin !== 'string' || !isKept(origin) || !importedAt) return null
  return { type: 'session-import', origin, importedAt, where }
}

function readOriginIds(value: unknown): OriginId[] | null {
  if (!Array.isArray(value)) return null
  const originIds = value.map((each) => {
    const { origin, origin_id: originId } = Object(each)
    const isRead = typeof origin === 'string' && typeof originId === 'string'
    return isRead && isKept(origin) && isKept(originId) ? { origin, originId } : null
  })
  return originIds.every((each) => each !== null) ? originIds : null
}

// Undefined for a value that the column cannot hold, which would make the statement for the whole batch fail.
function readColumn(
  table: TransferTable,
  { name, kind, isNullable }: TransferColumn,
  value: unknown,
): Value | undefined {
  if (value === null) return isNullable ? null : undefined
  if (typeof value !== 'string') return undefined
  if (kind === 'uuid') return isId(value) && !isEnd(value) ? value : undefined
  if (kind === 'instant') return readInstant(value) ?? undefined
  if (kind === 'bytes') return readDigest(value)
  if (`${table.name}.${name}` === 'users.email_address') return readEmailAddress(value) ?? undefined
  const isAccepted = rules[`${table.name}.${name}`] ?? isKept
  return isAccepted(value) ? value : undefined
}

const rules: Readonly<Record<string, (text: string) => boolean>> = {
  'api_keys.scopes': (text) => /^[!-~]+( [!-~]+)*$/.test(text) && text.length <= 4_096,
  'events.name': isEventName,
  'events.actor': (text) => ['user', 'operator', 'anybody'].includes(text),
}

// In the current normal form, which an export from before November 2026 may not have.
function readEmailAddress(text: string): EmailAddress | null {
  return text === text.toLowerCase() ? parseEmailAddress(text) : null
}

// No NUL, which PostgreSQL does not store, and no lone surrogate.
function isKept(text: string): boolean {
  return text.length <= 4_096 && !/[\0\p{Cs}]/u.test(text)
}

function readInstant(value: unknown): Date | null {
  if (typeof value !== 'string') return null
  const instant = new Date(value)
  const isExact = isInRange(instant) && instant.toISOString() === value
  return isExact ? instant : null
}

function readDigest(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === 32 && bytes.toString('base64url') === text ? bytes : undefined
}
