import type { Connection, Row, Value } from '../core/connection.ts'
import type { Awaitable, ConnectionLoad } from '../core/store.ts'

export type { Connection, Row, Value } from '../core/connection.ts'

/**
 * A database that contains your tables and Latchkey's. `query` reads; every write goes through `transaction`.
 * Statements are written in PostgreSQL's dialect, and translated for SQLite.
 *
 * Every method throws `AuthError` `unavailable` if the database cannot be reached, is full, or is locked by another
 * process for more than two seconds.
 */
export interface Database extends Connection {
  /**
   * Reads one row by its key, for look-ups that every request makes; null if there is none. SQLite answers
   * synchronously, without a promise. On PostgreSQL concurrent look-ups share a connection, so that none waits for a
   * free one: a slow statement would hold up all of them.
   */
  lookUp<T>(sql: string, values: readonly Value[], read: (row: Row) => T): Awaitable<T | null>
  /**
   * All or nothing: if `work` throws, everything that it did is rolled back. Writers wait for each other, so `work`
   * may only run statements, and is rolled back if it takes longer than a second in SQLite, or three in PostgreSQL.
   */
  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /**
   * A transaction that changes the schema. It may take ten minutes, and others wait for it that long. Tables can be
   * rebuilt in it; at its end every foreign key must hold.
   *
   * @param isPending checks first, without a lock, whether there is anything to do
   * @returns what `work` returned, or null if nothing was pending
   */
  migration<T>(
    work: (transaction: Transaction) => Promise<T>,
    isPending?: (connection: Connection) => Promise<boolean>,
  ): Promise<T | null>
  /** How busy the pool of connections is; null for SQLite, which has none. */
  countConnections(): ConnectionLoad | null
  close(): Promise<void>
}

export interface TransactionOptions {
  /**
   * `full`, the default, survives a power cut. `relaxed` does not wait for the disk: a power cut may undo the last
   * seconds, but a crash of the process does not.
   */
  readonly durability?: 'full' | 'relaxed'
}

/** A connection inside a transaction. */
export interface Transaction extends Connection {
  /** Runs several statements without parameters, such as a migration. */
  script(sql: string): Promise<void>
}

/** A database as it was at one instant, however long it is read. No writer waits for it. */
export interface Snapshot extends Connection {
  close(): Promise<void>
}
