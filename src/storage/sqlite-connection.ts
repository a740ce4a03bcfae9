import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Row, Value } from './database.ts'

// SQLite waits in C and blocks the event loop while it does: never long.
const busyTimeoutMilliseconds = 5

/** What holds for one transaction. */
export interface Pragmas {
  readonly foreignKeys: 'ON' | 'OFF'
  /** FULL: what was acknowledged survives a power cut. NORMAL: the last seconds may not. */
  readonly synchronous: 'FULL' | 'NORMAL'
}

/** One connection of node:sqlite with its prepared statements. Everything here is synchronous. */
export class SqliteConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(file: string, purpose: 'read' | 'write') {
    const readOnly = purpose === 'read'
    this.#database = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMilliseconds })
    // SQLite keeps 2 MB of pages at its default; past some thousand sessions every look-up would
    // fetch its pages from the system again. A ceiling: a small file takes what it has.
    this.#database.exec('PRAGMA cache_size = -65536')
    if (!readOnly) this.#keepPromises()
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction
  }

  query(sql: string, values: readonly Value[]): Row[] {
    const { statement, parameters } = this.#prepared.get(sql) ?? this.#prepare(sql)
    requireBindable(values, parameters)
    return statement.all(...values) as unknown as Row[]
  }

  script(sql: string): void {
    this.#database.exec(sql)
  }

  /** Takes the write lock; what a failed ROLLBACK left open is not carried into this one. */
  begin({ foreignKeys, synchronous }: Pragmas): void {
    this.rollBack()
    this.#database.exec(
      `PRAGMA foreign_keys = ${foreignKeys}; PRAGMA synchronous = ${synchronous}; BEGIN IMMEDIATE`,
    )
  }

  /** Undoes the open transaction; a COMMIT that failed has sometimes ended it already. */
  rollBack(): void {
    if (this.isInTransaction) this.#database.exec('ROLLBACK')
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }

  #keepPromises(): void {
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  #prepare(sql: string): Prepared {
    const { text, parameters } = numberParameters(sql)
    const statement = this.#database.prepare(text)
    statement.setReturnArrays(true)
    const prepared = { statement, parameters }
    // Texts that are put together anew each time would otherwise pile up.
    if (this.#prepared.size >= 500) this.#prepared.clear()
    this.#prepared.set(sql, prepared)
    return prepared
  }
}

// What is no code: text, quoted names, comments. Or a parameter, whose number is captured, and
// whether it is the whole of a LIMIT.
const lexemes = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\blimit\s+)?\$(\d+)/gi

// PostgreSQL's $1 is a name to SQLite; its own numbered parameters are written ?1.
function numberParameters(sql: string): { text: string; parameters: number } {
  const code = sql.replace(lexemes, ' ')
  // SECURITY: SQLite would run the first of several statements, bind NULL to a ? that nobody
  // counted, and with a BEGIN keep answering from the past: revoked tokens would live on.
  if (/\?|;\s*\S/.test(code) || /^\s*(?:begin|commit|end|rollback|savepoint)\b/i.test(code)) {
    throw new Error(`One statement, with parameters $1, $2, …, in transaction() or alone: ${sql}`)
  }
  let parameters = 0
  const text = sql.replace(lexemes, (lexeme, limit, number) => {
    if (number === undefined) return lexeme
    parameters = Math.max(parameters, Number(number))
    // SQLite looks at the value of a bare LIMIT ?, and plans the statement anew each time it is
    // bound: that takes longer than to run it. An expression it does not look into.
    return limit === undefined ? `?${number}` : `${limit}+?${number}`
  })
  return { text, parameters }
}

interface Prepared {
  readonly statement: StatementSync
  readonly parameters: number
}

// SECURITY: node:sqlite binds NULL, without an error, for NaN and for a missing value, and takes an
// object in the first place for named parameters; a look-up by NULL must be a bug that is heard.
function requireBindable(values: readonly Value[], parameters: number): void {
  if (values.length !== parameters) {
    throw new TypeError(`The statement takes ${parameters} values, not ${values.length}`)
  }
  for (const value of values) {
    if (isBindable(value)) continue
    const kind = typeof value === 'number' ? 'NaN' : typeof value
    throw new TypeError(`A value of a statement is text, a number, bytes or null, not ${kind}`)
  }
}

function isBindable(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isNaN(value)
  return typeof value === 'string' || value === null || value instanceof Uint8Array
}
