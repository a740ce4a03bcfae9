import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AuthError } from '../core/errors.ts'
import type { Awaitable } from '../core/store.ts'
import type {
  Connection,
  Database,
  Row,
  Transaction,
  TransactionOptions,
  Value,
} from './database.ts'
import { within } from './deadline.ts'
import { Lock } from './lock.ts'
import type { Migrations } from './migrate.ts'
import { SqliteCheckpointer } from './sqlite-checkpointer.ts'
import { type Pragmas, SqliteConnection } from './sqlite-connection.ts'
import { isBusy, isWriteToReader, toAuthError } from './sqlite-errors.ts'
import { SqliteReadLock } from './sqlite-read-lock.ts'
import { SqliteTransaction } from './sqlite-transaction.ts'

/** Latchkey's own tables, for `migrate`; your application's come after them. */
export const sqliteMigrations: Migrations = {
  owner: 'latchkey',
  directory: new URL('./migrations/sqlite/', import.meta.url),
}

/**
 * Opens an SQLite file, and creates it for its owner's eyes only (0600, the folder 0700).
 *
 * Reads and writes have a connection each. On one connection, a request that only reads, or that is
 * acknowledged in between, would be part of another request's transaction and undone with it.
 *
 * @param path a file's path; the `sqlite:` of a `DATABASE_URL` may stand before it
 * @throws Error for what is no path of a file
 */
export async function openSqlite(path: string): Promise<Database> {
  const file = sqliteFile(path)
  createFile(file)
  const writer = await patiently(() => new SqliteConnection(file, 'write'), inMilliseconds(2_000))
  const opened = [writer]
  const openReader = () => {
    const reader = new SqliteConnection(file, 'read')
    opened.push(reader)
    return reader
  }
  try {
    const readLock = new SqliteReadLock(openReader(), file)
    const checkpointer = new SqliteCheckpointer(file)
    return new SqliteDatabase({ reader: openReader(), writer, readLock, checkpointer })
  } catch (error) {
    for (const connection of opened) connection.close()
    throw toAuthError(error)
  }
}

/**
 * Whether Latchkey has been migrated into a file; looking changes nothing in it.
 *
 * @throws AuthError `unavailable` for what cannot be read or is no database
 */
export function isMigrated(path: string): boolean {
  try {
    const reader = new SqliteConnection(sqliteFile(path), 'read')
    try {
      const sql = "SELECT name FROM sqlite_schema WHERE name = 'latchkey_migrations'"
      return reader.query(sql, []).length === 1
    } finally {
      reader.close()
    }
  } catch (error) {
    throw toAuthError(error)
  }
}

/**
 * The file that a path or the `sqlite:` of a `DATABASE_URL` means.
 *
 * @throws Error for what is no path of a file
 */
export function sqliteFile(path: string): string {
  const file = path.replace(/^sqlite:(\/\/(?=\/))?/, '')
  // SECURITY: SQLite reads file: as a URI and opens another file than the one that was created with
  // mode 0600; a database in memory would be two, one for each connection.
  if (file === '' || /^([a-z][a-z0-9+.-]+:|:memory:|\/\/)/i.test(file)) {
    throw new Error('SQLite needs the path of a file, such as storage/app.sqlite3')
  }
  return resolve(file)
}

interface Rules {
  /** How long `work` may take. */
  readonly workMilliseconds: number
  /** How long a lock is waited for, this process's and another's. */
  readonly waitMilliseconds: number
  readonly pragmas: Pragmas
}

const ordinary: Rules = {
  workMilliseconds: 1_000,
  waitMilliseconds: 2_000,
  pragmas: { foreignKeys: 'ON', synchronous: 'FULL' },
}

const relaxed: Rules = { ...ordinary, pragmas: { foreignKeys: 'ON', synchronous: 'NORMAL' } }

const migrating: Rules = {
  // A large table takes its time, and who starts meanwhile waits for the one that migrates.
  workMilliseconds: 10 * 60_000,
  waitMilliseconds: 10 * 60_000,
  // Rebuilding a table drops it, and would take along the rows that refer to it.
  pragmas: { foreignKeys: 'OFF', synchronous: 'FULL' },
}

interface Parts {
  readonly reader: SqliteConnection
  readonly writer: SqliteConnection
  readonly readLock: SqliteReadLock
  readonly checkpointer: SqliteCheckpointer
}

class SqliteDatabase implements Database {
  readonly #reader: SqliteConnection
  readonly #writer: SqliteConnection
  readonly #readLock: SqliteReadLock
  readonly #checkpointer: SqliteCheckpointer
  readonly #lock = new Lock()

  constructor({ reader, writer, readLock, checkpointer }: Parts) {
    this.#reader = reader
    this.#writer = writer
    this.#readLock = readLock
    this.#checkpointer = checkpointer
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    try {
      return this.#read(sql, values)
    } catch (error) {
      if (isWriteToReader(error)) throw new Error(`Send it through transaction(): ${sql}`)
      if (!isBusy(error)) throw toAuthError(error)
      const latest = inMilliseconds(ordinary.waitMilliseconds)
      return patiently(() => this.#read(sql, values), latest)
    }
  }

  lookUp<T>(sql: string, values: readonly Value[], read: (row: Row) => T): Awaitable<T | null> {
    try {
      return readFirst(this.#read(sql, values), read)
    } catch {
      // Locked, or worse: there it is waited for, or said.
      return this.query(sql, values).then((rows) => readFirst(rows, read))
    }
  }

  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    { durability = 'full' }: TransactionOptions = {},
  ): Promise<T> {
    return this.#exclusively(durability === 'full' ? ordinary : relaxed, work)
  }

  async migration<T>(
    work: (transaction: Transaction) => Promise<T>,
    isPending: (connection: Connection) => Promise<boolean> = async () => true,
  ): Promise<T | null> {
    if (!(await isPending(this))) return null
    return this.#exclusively(migrating, async (transaction) => {
      const result = await work(transaction)
      const [broken] = await transaction.query('SELECT "table" FROM pragma_foreign_key_check')
      if (broken) throw new Error(`A row of the table ${broken[0]} refers to one that is gone`)
      return result
    })
  }

  close(): Promise<void> {
    return this.#lock.hold(async () => {
      await this.#checkpointer.close()
      this.#readLock.close()
      this.#reader.close()
      this.#writer.close()
    })
  }

  #read(sql: string, values: readonly Value[]): Row[] {
    this.#readLock.beforeRead()
    return this.#reader.query(sql, values)
  }

  #exclusively<T>(rules: Rules, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const latest = inMilliseconds(rules.waitMilliseconds)
    return this.#lock.hold(async () => {
      // Behind writers that waited in vain there is nothing to wait for again.
      if (performance.now() > latest) throw unavailable()
      await patiently(() => this.#writer.begin(rules.pragmas), latest)
      const transaction = new SqliteTransaction(this.#writer)
      try {
        const result = await within(rules.workMilliseconds, work(transaction))
        this.#readLock.release()
        transaction.commit()
        this.#checkpointer.note()
        return result
      } catch (error) {
        transaction.rollBack()
        throw toAuthError(error)
      }
    })
  }
}

function readFirst<T>([row]: readonly Row[], read: (row: Row) => T): T | null {
  return row ? read(row) : null
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
    await wait(10)
  }
}

function inMilliseconds(milliseconds: number): number {
  return performance.now() + milliseconds
}

function unavailable(): AuthError {
  return new AuthError('unavailable', { cause: new Error('Other writers held the lock too long') })
}
