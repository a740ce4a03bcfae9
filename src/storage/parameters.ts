import type { Value } from './database.ts'

/**
 * The parts of a statement that are not code (texts, quoted names, comments), and those that differ between the
 * databases (a row lock, a numbered parameter).
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
  // SECURITY: SQLite would run only the first of several statements. After a BEGIN it would keep reading an old
  // state, in which revoked tokens are still valid.
  if (/;\s*\S/.test(code) || /^\s*(?:begin|commit|end|rollback|savepoint|abort)\b/i.test(code)) {
    throw malformed(sql)
  }
  const numbers = [...sql.matchAll(lexemes)].map(([, , number]) => Number(number ?? 0))
  return Math.max(0, ...numbers)
}

/** The error for a text that is not a single statement with numbered parameters. */
export function malformed(sql: string): Error {
  return new Error(`One statement, with parameters $1, $2, …, in transaction() or alone: ${sql}`)
}

/**
 * SECURITY: node:sqlite silently binds a missing value or NaN as NULL, and pg does so with undefined. A look-up by
 * NULL is a bug that must be noticed.
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
