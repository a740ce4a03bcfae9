import type pg from 'pg'
import { isUnavailable, unavailable } from '../core/errors.ts'
import type { ConnectionLoad } from '../core/store.ts'
import type {
  Connection,
  Database,
  Row,
  Transaction,
  TransactionOptions,
  Value,
} from './database.ts'
import { within } from './deadline.ts'
import { cancel } from './postgres-cancel.ts'
import { isLate, toAuthError, toConnectError } from './postgres-errors.ts'
import { PostgresLookUps } from './postgres-look-ups.ts'
import { PostgresStatements, type StatementNames } from './postgres-statements.ts'
import { PostgresTransaction } from './postgres-transaction.ts'

const connectMilliseconds = 2_000
const answerMilliseconds = 3_000

/** Settings of all connections of this process. */
export const patience = {
  connectionTimeoutMillis: connectMilliseconds,
  // So that a connection that a firewall has dropped is noticed before it is needed.
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const

const ignore = () => {}

// While a connection is in use the pool does not listen to its errors, and one would end the process. The listener is
// added at this event, not when the promise resolves: PostgreSQL may open and end a connection in one packet.
function keepAlive(client: pg.PoolClient): void {
  if (!client.listeners('error').includes(ignore)) client.on('error', ignore)
}

interface Rules {
  /** How long the work may take. */
  readonly workMilliseconds: number
  /** Settings of the transaction, which must not outlive it behind a pooler. */
  readonly settings: string
}

const ordinary: Rules = { workMilliseconds: 3_000, settings: limits(3_000) }

// A crash of PostgreSQL may undo less than the last second of these.
const relaxed: Rules = {
  ...ordinary,
  settings: `${ordinary.settings}; SET LOCAL synchronous_commit = off`,
}

const migrating: Rules = {
  workMilliseconds: 600_000,
  // Other processes wait by an advisory lock; the number is Latchkey's own. If this process dies during a long
  // statement, PostgreSQL notices within a second, and stops.
  settings: `${limits(600_000)};
    DO $$ BEGIN
      SET LOCAL client_connection_check_interval = 1000;
    EXCEPTION WHEN others THEN -- not on every system
    END $$;
    SELECT pg_advisory_xact_lock(7710853)`,
}

// With these limits PostgreSQL itself rolls back the transaction of a client that it can no longer reach.
function limits(milliseconds: number): string {
  return `SET LOCAL statement_timeout = ${milliseconds};
    SET LOCAL idle_in_transaction_session_timeout = ${milliseconds}`
}

/** PostgreSQL through a pool, with connections of their own for looking up tokens. */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool
  readonly #lookUps: PostgresLookUps
  readonly #statements: PostgresStatements
  readonly #onClose: () => Promise<void>
  #lacksMigration = false
  #closed: Promise<void> | undefined

  constructor(
    pool: pg.Pool,
    { names, onClose }: { names: StatementNames; onClose: () => Promise<void> },
  ) {
    this.#pool = pool
    // A connection that breaks while unused must not end the process.
    pool.on('error', ignore)
    pool.on('acquire', keepAlive)
    this.#lookUps = new PostgresLookUps(
      // The pool makes the password non-enumerable, so it has to be named.
      { ...pool.options, password: pool.options.password, ...patience },
      { connections: 2 },
    )
    this.#statements = new PostgresStatements(names)
    this.#onClose = onClose
  }

  async lookUp<T>(sql: string, values: readonly Value[], read: (row: Row) => T): Promise<T | null> {
    const query = this.#statements.read(sql, values)
    this.#requireMigrated()
    try {
      const [row] = await this.#lookUps.query(query)
      return row ? read(row) : null
    } catch (error) {
      throw toAuthError(error)
    }
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    this.#requireMigrated()
    return this.#read(sql, values)
  }

  async #read(sql: string, values: readonly Value[]): Promise<Row[]> {
    const query = this.#statements.read(sql, values, { query_timeout: answerMilliseconds })
    return this.#withClient(async (client) => (await client.query<Value[]>(query)).rows)
  }

  async transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    { durability = 'full' }: TransactionOptions = {},
  ): Promise<T> {
    this.#requireMigrated()
    return this.#run(durability === 'full' ? ordinary : relaxed, work)
  }

  async migration<T>(
    work: (transaction: Transaction) => Promise<T>,
    isPending: (connection: Connection) => Promise<boolean> = async () => true,
  ): Promise<T | null> {
    try {
      // Only a read, so that it works on a read-only database, and without the right to change tables.
      const isNeeded = await isPending({ query: (sql, values = []) => this.#read(sql, values) })
      const result = isNeeded ? await this.#run(migrating, work) : null
      this.#lacksMigration = false
      return result
    } catch (error) {
      // When the database is back, its tables must not be used before it is migrated.
      this.#lacksMigration = isUnavailable(error)
      throw error
    }
  }

  countConnections(): ConnectionLoad {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool
    return { total, idle, waiting }
  }

  close(): Promise<void> {
    this.#closed ??= this.#lookUps.close().then(this.#onClose)
    return this.#closed
  }

  #run<T>(
    { workMilliseconds, settings }: Rules,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.#withClient(async (client) => {
      const transaction = new PostgresTransaction(client, this.#statements, workMilliseconds)
      try {
        return await within(workMilliseconds, transaction.perform(settings, work))
      } finally {
        transaction.end()
      }
    })
  }

  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      const refusal = toAuthError(error)
      if (isLate(error)) cancel(client)
      // A connection that does not answer is closed, and PostgreSQL rolls back its transaction.
      client.release(isUnavailable(refusal))
      throw refusal
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const connecting = this.#borrow()
    try {
      // A pool of yours may have no time-out.
      const isPatient = !this.#pool.options.connectionTimeoutMillis
      return await (isPatient ? within(connectMilliseconds, connecting) : connecting)
    } catch (cause) {
      connecting.then((late) => late.release(), ignore)
      throw toConnectError(cause)
    }
  }

  // Async, because the pool throws synchronously if it cannot read a certificate.
  async #borrow(): Promise<pg.PoolClient> {
    return this.#pool.connect()
  }

  #requireMigrated(): void {
    if (this.#lacksMigration) throw unavailable('The database is not yet migrated')
  }
}
