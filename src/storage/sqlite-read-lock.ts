import { statSync } from 'node:fs'
// Not the global one: tests of an application move it, and the lock would be kept.
import { setImmediate } from 'node:timers'
import type { SqliteConnection } from './sqlite-connection.ts'

// Below that, to take the lock and to give it back costs more than it spares.
const readsBefore = 2

// Half as much again as the write-ahead log grows to before SQLite begins it anew.
const longLogBytes = 24 * 1_048_576
const lookMilliseconds = 100

/**
 * Keeps the lock that reading takes, for the rest of a turn of the event loop in which much is read.
 * SQLite takes it for each statement and gives it back, by two system calls that cost as much as to
 * find a row; while another connection of the process has it, it only counts. What a statement sees
 * is not changed by it: all that was committed before it began.
 */
export class SqliteReadLock {
  readonly #holder: SqliteConnection
  readonly #log: string
  #reads = 0
  #isLogLong = false
  #looksAt = 0

  /** @param holder a connection for nothing else */
  constructor(holder: SqliteConnection, file: string) {
    this.#holder = holder
    this.#log = `${file}-wal`
  }

  /** To be called before each read. */
  beforeRead(): void {
    const reads = this.#reads++
    if (reads === 0) setImmediate(() => this.release())
    else if (reads === readsBefore) this.#take()
  }

  /** Before a commit: SQLite moves no page that a reader before it could need, and the log grows. */
  release(): void {
    this.#reads = 0
    this.#holder.rollBack()
  }

  close(): void {
    this.#holder.close()
  }

  // SQLite begins its log anew when no reader stands in it. Several processes that read all the time
  // and keep the lock would let it grow for ever.
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
      // Whoever reads will be told why.
    }
  }
}
