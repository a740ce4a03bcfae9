import { statSync } from 'node:fs'
import { nextTick } from 'node:process'
import type { SqliteConnection } from './sqlite-connection.ts'

// As it is when this is loaded: an application's tests may replace the global, and Node's own as well. Then the lock
// would be kept.
const whenNothingIsLeft = nextTick

// With fewer reads, taking and releasing the lock costs more than it spares.
const readsBefore = 2

// Half as much again as the size at which SQLite begins its write-ahead log anew.
const longLogBytes = 24 * 1_048_576
const lookMilliseconds = 100

/**
 * Keeps the lock that reading takes, if much is read, until nothing is left that can run without waiting: so requests
 * that are handled together share it. SQLite takes and releases it for each statement, by two system calls that cost as
 * much as finding a row; while another connection of the process holds it, SQLite only counts. What a statement sees
 * stays the same: all that was committed before it began.
 */
export class SqliteReadLock {
  readonly #holder: SqliteConnection
  readonly #log: string
  #reads = 0
  #isLogLong = false
  #looksAt = 0

  /** @param holder a connection that is used for nothing else */
  constructor(holder: SqliteConnection, file: string) {
    this.#holder = holder
    this.#log = `${file}-wal`
  }

  /** To be called before each read. */
  beforeRead(): void {
    const reads = this.#reads++
    // Node calls it when all promises are settled that can be.
    if (reads === 0) whenNothingIsLeft(() => this.release())
    else if (reads === readsBefore) this.#take()
  }

  /** To be called before a commit: SQLite moves no page that an earlier reader could need, and the log would grow. */
  release(): void {
    this.#reads = 0
    this.#holder.rollBack()
  }

  close(): void {
    this.#holder.close()
  }

  // SQLite begins its log anew when no reader uses it. Several processes that read all the time and
  // keep the lock would let it grow for ever.
  #mayKeep(): boolean {
    const now = performance.now()
    if (now >= this.#looksAt) {
      this.#looksAt = now + lookMilliseconds
      this.#isLogLong = (statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0) > longLogBytes
    }
    return !this.#isLogLong
  }

  #take(): void {
    try {
      if (!this.#mayKeep()) return
      this.#holder.script('BEGIN')
      this.#holder.query('SELECT 1 FROM sqlite_schema LIMIT 1', [])
    } catch {
      // The reads themselves will report the error.
    }
  }
}
