import type { Value } from '../core/connection.ts'
import { apiKeys, type TransferTable } from '../storage/transfers/tables.ts'
import { hourMilliseconds, type Importing } from './importing.ts'
import type { OriginRecord } from './origin.ts'

export function idOf({ values }: OriginRecord): string {
  return String(values[0])
}

/** The text in a column, or an empty text for any other value. */
export function textOf(row: OriginRecord, name: string): string {
  const value = columnValue(row, name)
  return typeof value === 'string' ? value : ''
}

export function columnValue({ table, values }: OriginRecord, name: string): Value {
  return values[columnOf(table, name)] ?? null
}

/** The row without the values of these columns. */
export function withoutValues(row: OriginRecord, names: readonly string[]): OriginRecord {
  const blank = new Set(names.map((name) => columnOf(row.table, name)))
  return { ...row, values: row.values.map((value, index) => (blank.has(index) ? null : value)) }
}

/** Whether a session or an API key has expired, and may have been swept. */
export function isOver(row: OriginRecord, { now, sessions }: Importing): boolean {
  const hasPassed = (name: string, hours: number) =>
    instantOf(row, name) + hours * hourMilliseconds <= now.getTime()
  if (row.table === apiKeys) return hasPassed('expires_at', 0)
  const { idleHours, maximumHours } = sessions
  return hasPassed('last_used_at', idleHours) || hasPassed('created_at', maximumHours)
}

/** Whether a row began at or before `end`; false if `end` is null. */
export function beganUpTo(row: OriginRecord, end: Date | null): boolean {
  return end !== null && instantOf(row, 'created_at') <= end.getTime()
}

function instantOf(row: OriginRecord, name: string): number {
  const value = columnValue(row, name)
  return value instanceof Date ? value.getTime() : 0
}

function columnOf({ columns }: TransferTable, name: string): number {
  return columns.findIndex((column) => column.name === name)
}
