/** What a column can hold. */
export type Value = string | number | Uint8Array | null

/** One row, its columns in the order of the SELECT or RETURNING. */
export type Row = readonly Value[]

/** Where a statement can be sent. Parameters are `$1`, `$2`, …; the text is prepared once. */
export interface Connection {
  query(sql: string, values?: readonly Value[]): Promise<Row[]>
}

/**
 * A database that your tables and Latchkey's share. `query` reads; every write goes through
 * `transaction`.
 *
 * Every method throws `AuthError` `unavailable` when the database is away, locked by another
 * process for more than two seconds, or full.
 */
export interface Database extends Connection {
  /**
   * All or nothing: what `work` did is undone when it throws. Writers wait for each other, so
   * `work` may do nothing but send statements, and is undone when it takes too long.
   */
  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    limits?: Partial<Limits>,
  ): Promise<T>
  close(): Promise<void>
}

/** A connection inside a transaction. */
export interface Transaction extends Connection {
  /** Runs several statements without parameters: what migrations are made of. */
  script(sql: string): Promise<void>
}

export interface Limits {
  /** How long `work` may take; default 1000. */
  readonly workMilliseconds: number
  /** How long another process's lock is waited for; default 2000. */
  readonly waitMilliseconds: number
}
