import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Database, Limits, Row, Transaction, Value } from './database.ts'
import { Lock } from './lock.ts'
import type { Migrations } from './migrate.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { isBusy, isWriteToReader, toAuthError } from './sqlite-errors.ts'

/** Latchkey's own tables, for `migrate`; your application's come after them. */
export const sqliteMigrations: Migrations = {
  owner: 'latchkey',
  directory: new URL('./migrations/sqlite/', import.meta.url),
}

const defaultLimits: Limits = { workMilliseconds: 1_000, waitMilliseconds: 2_000 }
const busyPauseMilliseconds = 10

/**
 * Opens an SQLite file, and creates it for its owner's eyes only (0600, the folder 0700).
 *
 * Reads and writes have a connection each. On one connection, a request that only reads, or that is
 * acknowledged in between, would be part of another request's transaction and undone with it.
 *
 * @param path a file's path; the `sqlite:` of a `DATABASE_URL` may stand before it
 */
export async function openSqlite(path: string): Promise<Database> {
  const file = path.replace(/^sqlite:(\/\/)?/, '')
  // Two connections to memory are two databases.
  if (file === '' || file.includes(':memory:')) throw new Error('SQLite needs the path of a file')
  createFile(file)
  const writer = await patiently(() => new SqliteConnection(file, 'write'), deadline())
  const reader = await patiently(() => new SqliteConnection(file, 'read'), deadline())
  return new SqliteDatabase(reader, writer)
}

class SqliteDatabase implements Database {
  readonly #reader: SqliteConnection
  readonly #writer: SqliteConnection
  readonly #lock = new Lock()

  constructor(reader: SqliteConnection, writer: SqliteConnection) {
    this.#reader = reader
    this.#writer = writer
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    try {
      return this.#reader.query(sql, values)
    } catch (error) {
      if (isWriteToReader(error)) throw new Error(`Send it through transaction(): ${sql}`)
      if (!isBusy(error)) throw toAuthError(error)
      return patiently(() => this.#reader.query(sql, values), deadline())
    }
  }

  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    limits: Partial<Limits> = {},
  ): Promise<T> {
    const { workMilliseconds, waitMilliseconds } = { ...defaultLimits, ...limits }
    // Counted from here: behind other writers that wait in vain, this one does not wait again.
    const latest = deadline(waitMilliseconds)
    return this.#lock.hold(async () => {
      await patiently(() => this.#writer.begin(), latest)
      const transaction = new SqliteTransaction(this.#writer)
      try {
        const result = await within(workMilliseconds, work(transaction))
        transaction.end()
        this.#writer.script('COMMIT')
        return result
      } catch (error) {
        transaction.end()
        this.#writer.rollBack()
        throw toAuthError(error)
      }
    })
  }

  close(): Promise<void> {
    return this.#lock.hold(async () => {
      this.#reader.close()
      this.#writer.close()
    })
  }
}

class SqliteTransaction implements Transaction {
  readonly #writer: SqliteConnection
  #ended = false

  constructor(writer: SqliteConnection) {
    this.#writer = writer
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    this.#requireOpen()
    return this.#writer.query(sql, values)
  }

  async script(sql: string): Promise<void> {
    this.#requireOpen()
    this.#writer.script(sql)
    this.#requireOpen()
  }

  end(): void {
    this.#ended = true
  }

  // A statement that comes late would join whatever transaction is open by then; one after a COMMIT
  // of your own, or after SQLite gave up, would be kept whatever happens to the rest.
  #requireOpen(): void {
    if (this.#ended || !this.#writer.isInTransaction) throw new Error('This transaction has ended')
  }
}

function createFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SECURITY: SQLite would create the file readable by everybody; -wal and -shm follow its mode.
  closeSync(openSync(file, 'a', 0o600))
}

// Another process holds the lock: SQLite's own wait would block the event loop, so it is short and
// the long one is ours.
async function patiently<T>(attempt: () => T, latest: number): Promise<T> {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > latest) throw toAuthError(error)
    }
    await wait(busyPauseMilliseconds)
  }
}

function deadline(waitMilliseconds = defaultLimits.waitMilliseconds): number {
  return performance.now() + waitMilliseconds
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const timeout = new AbortController()
  const tooLong = wait(milliseconds, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`The transaction was undone: it took longer than ${milliseconds} ms`)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    timeout.abort()
    tooLong.catch(() => {})
  }
}
