import type { Value } from './database.ts'

// Each of these returns the value of a column, or throws a TypeError that says what was expected.

export function readText(value: Value | undefined): string {
  if (typeof value === 'string') return value
  throw unexpected('text', value)
}

export function readTextOrNull(value: Value | undefined): string | null {
  return value === null ? null : readText(value)
}

export function readNumber(value: Value | undefined): number {
  if (typeof value === 'number') return value
  throw unexpected('a number', value)
}

export function readNumberOrNull(value: Value | undefined): number | null {
  return value === null ? null : readNumber(value)
}

/** PostgreSQL returns an instant as a Date, SQLite as milliseconds since 1970. */
export function readInstant(value: Value | undefined): Date {
  if (value instanceof Date) return value
  if (typeof value === 'number') return new Date(value)
  throw unexpected('an instant', value)
}

export function readInstantOrNull(value: Value | undefined): Date | null {
  return value === null ? null : readInstant(value)
}

export function readBytes(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw unexpected('bytes', value)
}

function unexpected(kind: string, value: Value | undefined): TypeError {
  return new TypeError(
    `The column should hold ${kind}, not ${value === null ? 'NULL' : typeof value}`,
  )
}
