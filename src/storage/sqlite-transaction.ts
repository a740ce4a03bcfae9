import type { Row, Transaction, Value } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Sends statements to the writer between BEGIN and COMMIT, and refuses to afterwards. */
export class SqliteTransaction implements Transaction {
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
  }

  commit(): void {
    this.#requireOpen()
    this.#writer.commit()
    this.#ended = true
  }

  rollBack(): void {
    this.#ended = true
    this.#writer.rollBack()
  }

  // A late statement would join whatever transaction is open by then; one after your own COMMIT, or
  // after SQLite gave up, would be kept whatever happens to the rest.
  #requireOpen(): void {
    if (this.#ended || !this.#writer.isInTransaction) throw new Error('This transaction has ended')
  }
}
