import type { PoolClient } from 'pg'
import type { Row, Transaction, Value } from './database.ts'
import { toAuthError } from './postgres-errors.ts'
import type { PostgresStatements, QueryLimit } from './postgres-statements.ts'

/** Sends statements on one connection between BEGIN and COMMIT, and refuses them afterwards. */
export class PostgresTransaction implements Transaction {
  readonly #client: PoolClient
  readonly #statements: PostgresStatements
  readonly #limit: QueryLimit
  #isOpen = true
  #failure: unknown

  constructor(client: PoolClient, statements: PostgresStatements, workMilliseconds: number) {
    this.#client = client
    this.#statements = statements
    this.#limit = { query_timeout: workMilliseconds }
  }

  async perform<T>(settings: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    // SECURITY: each statement sees what was committed before it. If the database's default were a stricter level, a
    // reset would neither see nor revoke a session that has just begun. All settings in one message: a round trip for
    // each would take longer than the work.
    try {
      await this.#send(`BEGIN ISOLATION LEVEL READ COMMITTED; ${settings}`)
      const result = await work(this)
      await this.#commit()
      return result
    } catch (error) {
      if (this.#isOpen) await this.#close('ROLLBACK')
      throw error
    }
  }

  async query(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    this.#requireOpen()
    const query = this.#statements.write(sql, values, this.#limit)
    try {
      return (await this.#client.query<Value[]>(query)).rows
    } catch (error) {
      this.#failure = error
      throw toAuthError(error)
    }
  }

  async script(sql: string): Promise<void> {
    this.#requireOpen()
    try {
      await this.#send(sql)
    } catch (error) {
      throw toAuthError(error)
    }
  }

  /** From now on no statement is sent, whatever `work` still tries. */
  end(): void {
    this.#isOpen = false
  }

  async #commit(): Promise<void> {
    this.#requireOpen()
    const command = await this.#close('COMMIT')
    // If a statement has failed, PostgreSQL rolls the transaction back at COMMIT, without an error.
    if (command !== 'COMMIT') {
      const cause = this.#failure
      throw new Error('The transaction was rolled back, because a statement had failed', { cause })
    }
  }

  async #close(text: 'COMMIT' | 'ROLLBACK'): Promise<string> {
    this.#isOpen = false
    const { command } = await this.#client.query({ text, ...this.#limit })
    return command
  }

  async #send(statements: string): Promise<void> {
    await this.#client.query({ text: statements, ...this.#limit })
  }

  // A late statement, or one after a COMMIT of your own, would run in no transaction, or in the next one.
  #requireOpen(): void {
    const isBegun = this.#client.getTransactionStatus() !== 'I'
    if (!this.#isOpen || !isBegun) throw new Error('This transaction has ended')
  }
}
