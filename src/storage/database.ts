import type { Connection, Row, Value } from '../core/connection.ts'
import type { Awaitable, ConnectionLoad } from '../core/store.ts'

export type { Connection, Row, Value } from '../core/connection.ts'

/**
 * A database that your tables and Latchkey's share. `query` reads; every write goes through
 * `transaction`. Statements are written as PostgreSQL reads them; SQLite gets them translated.
 *
 * Every method throws `AuthError` `unavailable` when the database is away, locked by another
 * process for more than two seconds, or full.
 */
export interface Database extends Connection {
  /**
   * Reads one row by its key, for what every request asks; null where there is none. SQLite answers
   * synchronously, without a promise. On PostgreSQL the read shares a connection with others that
   * are under way, so that none waits for a free one: a slow read would hold up all of them.
   */
  lookUp<T>(sql: string, values: readonly Value[], read: (row: Row) => T): Awaitable<T | null>
  /**
   * All or nothing: everything that `work` did is undone when it throws. Writers wait for each
   * other, so `work` may only send statements, and is undone when it takes longer than a second in
   * SQLite, and three in PostgreSQL.
   */
  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /**
   * A transaction that changes the schema: it may take ten minutes, and others wait for it as long.
   * Tables can be rebuilt in it; at its end every foreign key must hold.
   *
   * @param isPending checks first, without a lock, whether there is anything to do
   * @returns what `work` returned, or null where nothing was pending
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
   * `full`, the default, outlives a power cut. `relaxed` does not wait for the disk: a power cut may
   * undo its last seconds, a crash of the process does not.
   */
  readonly durability?: 'full' | 'relaxed'
}

/** A connection inside a transaction. */
export interface Transaction extends Connection {
  /** Runs several statements without parameters, as migrations have them. */
  script(sql: string): Promise<void>
}

/** A database as it was at one instant, however long it is read: no writer waits for it. */
export interface Snapshot extends Connection {
  close(): Promise<void>
}
