import type { Row, Transaction, Value } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Sends statements to the writer between BEGIN and COMMIT, and refuses them afterwards. */
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

  // A late statement would become part of another transaction. One after a COMMIT of your own, or after SQLite has
  // rolled back by itself, would be committed alone.
  #requireOpen(): void {
    if (this.#ended || !this.#writer.isInTransaction) throw new Error('This transaction has ended')
  }
}
