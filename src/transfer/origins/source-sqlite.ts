import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { sqliteFile } from '../../storage/sqlite-file.ts'
import { OriginError } from '../origin.ts'
import { quote, type SourceDatabase, type SourceRow } from './source-database.ts'

// The application may still be using the file.
const patienceMilliseconds = 5_000

/** @throws OriginError if the file does not exist, or is not a database */
export function openSourceSqlite(url: string): SourceDatabase {
  const file = fileOf(url)
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new OriginError(`There is no database at ${file}, which --database names`)
  }
  return new SourceSqlite(file)
}

// Rails writes `sqlite3:`, and may append options of its connection pool to the path.
function fileOf(url: string): string {
  const [path = ''] = /^sqlite3:/i.test(url) ? `sqlite:${url.slice(8)}`.split('?') : [url]
  try {
    return sqliteFile(path)
  } catch {
    throw new OriginError('--database needs the path of a file, such as sqlite:storage/old.sqlite3')
  }
}

const notInWal =
  'is not in WAL mode: as long as it is read, nobody can write to it. Where its application still runs, import a copy'

class SourceSqlite implements SourceDatabase {
  readonly kind = 'sqlite'
  readonly notes: readonly string[]
  readonly #file: string
  readonly #database: DatabaseSync

  constructor(file: string) {
    this.#file = file
    this.#database = this.#open()
    this.notes = this.#isInWal() ? [] : [`${file} ${notInWal}`]
  }

  async columnsOf(table: string): Promise<ReadonlySet<string> | null> {
    const sql = 'SELECT name FROM pragma_table_xinfo(?)'
    const rows = this.#perform(() => this.#database.prepare(sql).all(table))
    return rows.length > 0 ? new Set(rows.map(({ name }) => String(name))) : null
  }

  quoteTable(table: string): string {
    return quote(table)
  }

  async *rows(sql: string): AsyncGenerator<SourceRow> {
    const statement = this.#perform(() => this.#database.prepare(sql))
    statement.setReturnArrays(true)
    // The ids and times of other systems may be larger than the integers that a JavaScript number can hold.
    statement.setReadBigInts(true)
    const rows = statement.iterate()
    try {
      for (;;) {
        const { done, value } = this.#perform(() => rows.next())
        if (done) return
        yield Object.values(value).map(plain)
      }
    } finally {
      rows.return?.()
    }
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #isInWal(): boolean {
    const row = this.#perform(() => this.#database.prepare('PRAGMA journal_mode').get())
    return row?.journal_mode === 'wal'
  }

  #open(): DatabaseSync {
    return this.#perform(() => {
      // SECURITY: read-only, so that not even a wrong statement can change the database of the origin.
      const database = new DatabaseSync(this.#file, {
        readOnly: true,
        timeout: patienceMilliseconds,
      })
      // Users and sessions are read in the state of this first read, even if somebody signs up meanwhile.
      database.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
      return database
    })
  }

  #perform<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      // The messages of SQLite name tables and files, and never quote a row.
      const reason = error instanceof Error ? error.message : 'it does not say why'
      throw new OriginError(`${this.#file} cannot be read: ${reason}`)
    }
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
