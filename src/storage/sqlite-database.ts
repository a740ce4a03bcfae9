import { unavailable } from '../core/errors.ts'
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
import { MigrationError } from './migration-error.ts'
import type { SqliteCheckpointer } from './sqlite-checkpointer.ts'
import type { Pragmas, SqliteConnection } from './sqlite-connection.ts'
import { isBusy, isWriteToReader, toAuthError } from './sqlite-errors.ts'
import type { SqliteLog } from './sqlite-log.ts'
import { inMilliseconds, patiently } from './sqlite-patience.ts'
import type { SqliteReadLock } from './sqlite-read-lock.ts'
import { SqliteTransaction } from './sqlite-transaction.ts'

interface Rules {
  /** How long `work` may take. */
  readonly workMilliseconds: number
  /** How long to wait for a lock, this process's or another's. */
  readonly waitMilliseconds: number
  readonly pragmas: Pragmas
  /** Whether to acknowledge a commit only when the disk has it, although SQLite itself does not wait for that. */
  readonly isKept: boolean
}

const ordinary: Rules = {
  workMilliseconds: 1_000,
  waitMilliseconds: 2_000,
  pragmas: { foreignKeys: 'ON', synchronous: 'NORMAL' },
  isKept: true,
}

const relaxed: Rules = { ...ordinary, isKept: false }

const migrating: Rules = {
  // A large table takes time, and processes that start meanwhile wait for the one that migrates.
  workMilliseconds: 10 * 60_000,
  waitMilliseconds: 10 * 60_000,
  // Rebuilding a table drops it, which would delete the rows that refer to it.
  pragmas: { foreignKeys: 'OFF', synchronous: 'FULL' },
  isKept: false,
}

interface Parts {
  readonly reader: SqliteConnection
  readonly writer: SqliteConnection
  readonly readLock: SqliteReadLock
  readonly log: SqliteLog
  readonly checkpointer: SqliteCheckpointer
}

/** An open SQLite file: one connection reads, one writes, and there is one writer at a time. */
export class SqliteDatabase implements Database {
  readonly #reader: SqliteConnection
  readonly #writer: SqliteConnection
  readonly #readLock: SqliteReadLock
  readonly #log: SqliteLog
  readonly #checkpointer: SqliteCheckpointer
  readonly #lock = new Lock()
  #closed: Promise<void> | undefined

  constructor({ reader, writer, readLock, log, checkpointer }: Parts) {
    this.#reader = reader
    this.#writer = writer
    this.#readLock = readLock
    this.#log = log
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
      this.#readLock.beforeRead()
      const row = this.#reader.first(sql, values)
      return row ? read(row) : null
    } catch {
      // It is locked, or worse: `query` waits for the lock, or reports the error.
      return this.query(sql, values).then(([row]) => (row ? read(row) : null))
    }
  }

  async transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    { durability = 'full' }: TransactionOptions = {},
  ): Promise<T> {
    const rules = durability === 'full' ? ordinary : relaxed
    const { result, kept } = await this.#exclusively(rules, work)
    // After the lock is released: so others write meanwhile, and wait for the disk together.
    await kept
    return result
  }

  async migration<T>(
    work: (transaction: Transaction) => Promise<T>,
    isPending: (connection: Connection) => Promise<boolean> = async () => true,
  ): Promise<T | null> {
    if (!(await isPending(this))) return null
    const { result } = await this.#exclusively(migrating, async (transaction) => {
      const done = await work(transaction)
      const [broken] = await transaction.query('SELECT "table" FROM pragma_foreign_key_check')
      if (broken)
        throw new MigrationError(`A row of the table ${broken[0]} refers to one that is gone`)
      return done
    })
    return result
  }

  countConnections(): null {
    return null
  }

  close(): Promise<void> {
    this.#closed ??= this.#lock.hold(async () => {
      await this.#log.close()
      await this.#checkpointer.close()
      this.#readLock.close()
      this.#reader.close()
      this.#writer.close()
    })
    return this.#closed
  }

  #read(sql: string, values: readonly Value[]): Row[] {
    this.#readLock.beforeRead()
    return this.#reader.query(sql, values)
  }

  #begin(pragmas: Pragmas): void {
    const { state } = this.#log
    if (state === 'late') throw unavailable('The disk does not take the log')
    if (state === 'in doubt') {
      this.#readLock.release()
      this.#writer.emptyLog()
      this.#log.trust()
    }
    this.#writer.begin(pragmas)
  }

  #exclusively<T>(
    rules: Rules,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<Committed<T>> {
    const latest = inMilliseconds(rules.waitMilliseconds)
    return this.#lock.hold(async () => {
      // The wait for writers of this process has used up the time, so there is none left for those of others.
      if (performance.now() > latest) throw unavailable('Other writers held the lock too long')
      await patiently(() => this.#begin(rules.pragmas), latest)
      const transaction = new SqliteTransaction(this.#writer)
      try {
        const result = await within(rules.workMilliseconds, work(transaction))
        this.#readLock.release()
        transaction.commit()
        this.#checkpointer.note()
        return { result, kept: rules.isKept ? this.#log.kept() : null }
      } catch (error) {
        transaction.rollBack()
        throw toAuthError(error)
      }
    })
  }
}

interface Committed<T> {
  readonly result: T
  /** Resolves when the disk has it; null if that is not waited for. */
  readonly kept: Promise<void> | null
}
