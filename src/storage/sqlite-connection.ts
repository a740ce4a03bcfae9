import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Row, Value } from './database.ts'
import { countParameters, lexemes, malformed, requireBindable } from './parameters.ts'
import { busy } from './sqlite-errors.ts'

// SQLite's own wait blocks the event loop, so it must be short.
const busyTimeoutMilliseconds = 5

// 16 MB. If no checkpoint has emptied the log by then, a commit does.
const longestLogPages = 4_000

/** Settings of one transaction. */
export interface Pragmas {
  readonly foreignKeys: 'ON' | 'OFF'
  /** FULL: a commit waits for the disk. NORMAL: a power cut may undo the latest commits, but none before them. */
  readonly synchronous: 'FULL' | 'NORMAL'
}

// By default SQLite caches 2 MB of pages. Beyond some thousand sessions every look-up would have to read its pages
// from the system, which takes as long as the look-up itself. This is a maximum: a small file takes only its own
// size. A larger cache would save 3 µs if few of many sessions are used again and again. The file is not mapped into
// memory, which would be as fast: a read that the disk refuses would then end the process.
const pageCacheKibibytes = 65_536

/** One connection of node:sqlite with its prepared statements. All its methods are synchronous. */
export class SqliteConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()
  #pragmas: Pragmas | null = null

  constructor(file: string, purpose: 'read' | 'write') {
    const readOnly = purpose === 'read'
    this.#database = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMilliseconds })
    this.#database.exec(`PRAGMA cache_size = -${pageCacheKibibytes}`)
    if (!readOnly) this.#keepPromises()
  }

  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction
  }

  query(sql: string, values: readonly Value[]): Row[] {
    const { statement, parameters } = this.#prepared.get(sql) ?? this.#prepare(sql)
    requireBindable(values, parameters)
    return statement.all(...toBound(values)) as unknown as Row[]
  }

  /** The row of a statement that finds at most one; undefined if there is none. */
  first(sql: string, values: readonly Value[]): Row | undefined {
    const { statement, parameters } = this.#prepared.get(sql) ?? this.#prepare(sql)
    requireBindable(values, parameters)
    return statement.get(...toBound(values)) as unknown as Row | undefined
  }

  script(sql: string): void {
    // The script may end the transaction, or change the pragmas.
    this.#pragmas = null
    this.#database.exec(sql)
  }

  commit(): void {
    this.#database.exec('COMMIT')
  }

  /** Begins a transaction with the write lock. What a failed ROLLBACK left open is rolled back first. */
  begin(pragmas: Pragmas): void {
    this.rollBack()
    this.#set(pragmas)
    this.#database.exec('BEGIN IMMEDIATE')
  }

  /** Rolls back the open transaction, if there is one: a failed COMMIT may have ended it already. */
  rollBack(): void {
    if (this.isInTransaction) this.#database.exec('ROLLBACK')
  }

  /**
   * Moves the write-ahead log into the file, and waits for the disk.
   *
   * @throws Error like SQLite's `busy`, while somebody reads the log
   */
  emptyLog(): void {
    this.rollBack()
    const [[isBusy] = []] = this.query('PRAGMA wal_checkpoint(TRUNCATE)', [])
    if (isBusy !== 0) throw busy('The disk refused the log, and somebody reads it')
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }

  // Skipped if the pragmas are those of the transaction before, as they mostly are: setting them takes half as long
  // as a commit.
  #set(pragmas: Pragmas): void {
    if (this.#pragmas === pragmas) return
    this.#pragmas = null
    const { foreignKeys, synchronous } = pragmas
    this.#database.exec(`PRAGMA foreign_keys = ${foreignKeys}; PRAGMA synchronous = ${synchronous}`)
    this.#pragmas = pragmas
  }

  #keepPromises(): void {
    try {
      const [[mode] = []] = this.query('PRAGMA journal_mode = WAL', [])
      if (mode !== 'wal') throw new Error(`SQLite has no write-ahead log here, but ${mode}`)
      this.#database.exec(
        `PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;
         PRAGMA wal_autocheckpoint = ${longestLogPages}`,
      )
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  #prepare(sql: string): Prepared {
    const parameters = countParameters(sql)
    const statement = this.#database.prepare(translate(sql))
    statement.setReturnArrays(true)
    const prepared = { statement, parameters }
    // Bounded, because statements that are composed anew each time would pile up.
    if (this.#prepared.size >= 500) this.#prepared.clear()
    this.#prepared.set(sql, prepared)
    return prepared
  }
}

// SQLite reads PostgreSQL's $1 as a name; its own parameters are ? or ?1.
function translate(sql: string): string {
  // SECURITY: SQLite would bind NULL to a ? that was not counted.
  if (sql.replace(lexemes, ' ').includes('?')) throw malformed(sql)
  const isInOrder = areInOrder(sql)
  return sql.replace(lexemes, (lexeme, lock, number) => {
    // SQLite needs no row locks: there is one writer at a time.
    if (lock !== undefined) return ''
    if (number === undefined) return lexeme
    // SQLite looks at the value of a bare parameter, in a LIMIT and since 3.54 in each join, and plans the statement
    // anew each time it is bound, which takes longer than running it. It does not look into an expression.
    return isInOrder ? '+?' : `+?${number}`
  })
}

// A numbered parameter has a name, which node:sqlite looks for among all names at each binding:
// with 4,000 values that took 40 µs each.
function areInOrder(sql: string): boolean {
  const numbers = [...sql.matchAll(lexemes)].flatMap(([, , number]) => number ?? [])
  return numbers.every((number, index) => Number(number) === index + 1)
}

interface Prepared {
  readonly statement: StatementSync
  readonly parameters: number
}

type Bound = Exclude<Value, Date>

// node:sqlite accepts no Date. The values are copied only if there is one, which is rare.
function toBound(values: readonly Value[]): readonly Bound[] {
  return values.every(isBound) ? values : values.map(withoutDate)
}

function isBound(value: Value): value is Bound {
  return !(value instanceof Date)
}

function withoutDate(value: Value): Bound {
  return value instanceof Date ? value.getTime() : value
}
