import type { Value } from './database.ts'

/**
 * Parts of a statement that are not code: text, quoted names, comments. And parts that differ between the databases: a
 * lock on rows, or a parameter with its number.
 */
export const lexemes =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\bfor\s+(?:(?:no\s+key\s+)?update(?:\s+skip\s+locked)?|(?:key\s+)?share)\b)|\$(\d+)/gi

/**
 * How many parameters a statement takes.
 *
 * @throws Error for several statements, and for one that begins or ends a transaction
 */
export function countParameters(sql: string): number {
  const code = sql.replace(lexemes, ' ')
  // SECURITY: SQLite would run the first of several statements, and with a BEGIN keep answering
  // from the past: revoked tokens would live on.
  if (/;\s*\S/.test(code) || /^\s*(?:begin|commit|end|rollback|savepoint|abort)\b/i.test(code)) {
    throw malformed(sql)
  }
  const numbers = [...sql.matchAll(lexemes)].map(([, , number]) => Number(number ?? 0))
  return Math.max(0, ...numbers)
}

/** The error for a text that is not one statement with numbered parameters. */
export function malformed(sql: string): Error {
  return new Error(`One statement, with parameters $1, $2, …, in transaction() or alone: ${sql}`)
}

/**
 * SECURITY: node:sqlite binds a missing value and NaN as NULL without an error, and pg does so with
 * undefined: a look-up by NULL must be a bug that is noticed.
 *
 * @throws TypeError
 */
export function requireBindable(values: readonly Value[], parameters: number): void {
  if (values.length !== parameters) {
    throw new TypeError(`The statement takes ${parameters} values, not ${values.length}`)
  }
  for (const value of values) {
    if (isBindable(value)) continue
    throw new TypeError(`A value of a statement is ${bindable}, not ${kindOf(value)}`)
  }
}

const bindable = 'text, a number, an instant, bytes or null'

function isBindable(value: unknown): boolean {
  if (typeof value === 'string' || value === null || value instanceof Uint8Array) return true
  if (typeof value === 'number') return !Number.isNaN(value)
  return value instanceof Date && !Number.isNaN(value.getTime())
}

function kindOf(value: unknown): string {
  if (value instanceof Date) return 'an invalid Date'
  return typeof value === 'number' ? 'NaN' : typeof value
}
