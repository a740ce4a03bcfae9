import { DatabaseSync } from 'node:sqlite'

/**
 * What one import has seen, so that whoever is in it twice is found, even in a dry run. A database
 * of its own that only this process has, in memory while it is small and then on disk.
 */
export class ImportNotes {
  readonly #database = openNotes()
  /** Rows, by id. */
  readonly rows = new Noted(this.#database, 'rows')
  readonly addresses = new Noted(this.#database, 'addresses')
  /** Users who are, or would be, the ones whom the origin means: what is theirs may come. */
  readonly owners = new Noted(this.#database, 'owners')
  /** Users who were not here before this import: nothing of theirs has ended here. */
  readonly newcomers = new Noted(this.#database, 'newcomers')
  readonly #insertLiving
  readonly #findLiving
  #hasLiving = false
  readonly #insertSession
  readonly #countSessions
  readonly #oldestSession
  readonly #deleteSession

  constructor() {
    this.#database.exec(`
      CREATE TABLE living (mark TEXT NOT NULL PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE sessions (user TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (user, id)) WITHOUT ROWID;
      BEGIN`)
    const prepare = (sql: string) => this.#database.prepare(sql)
    this.#insertLiving = prepare('INSERT OR IGNORE INTO living VALUES (?1, ?2)')
    this.#findLiving = prepare('SELECT address FROM living WHERE mark = ?1')
    this.#insertSession = prepare('INSERT OR IGNORE INTO sessions VALUES (?1, ?2)')
    this.#countSessions = prepare('SELECT count(*) AS count FROM sessions WHERE user = ?1')
    this.#oldestSession = prepare('SELECT id FROM sessions WHERE user = ?1 ORDER BY id LIMIT 1')
    this.#deleteSession = prepare('DELETE FROM sessions WHERE user = ?1 AND id = ?2')
  }

  /** Notes a user who is here, by the mark that their deletion would leave. */
  addLiving(mark: string, address: string): void {
    this.#insertLiving.run(mark, address)
  }

  /** Notes that every user who is here has been noted. */
  endLiving(): void {
    this.#hasLiving = true
  }

  hasLiving(): boolean {
    return this.#hasLiving
  }

  /** @returns the address of the user with this mark */
  findLiving(mark: string): string | null {
    const found = this.#findLiving.get(mark)
    return found ? String(found.address) : null
  }

  /**
   * Notes a session; the newest ones of a user stay.
   *
   * @returns the id of the session that has to go for it, perhaps its own; null for none
   */
  addSession(user: string, id: string, { maximum }: { maximum: number }): string | null {
    const isNew = this.#insertSession.run(user, id).changes === 1
    if (!isNew || Number(this.#countSessions.get(user)?.count) <= maximum) return null
    const oldest = String(this.#oldestSession.get(user)?.id)
    this.#deleteSession.run(user, oldest)
    return oldest
  }

  close(): void {
    this.#database.close()
  }
}

/** Texts of one kind, each noted once. */
class Noted {
  readonly #insert
  readonly #find

  constructor(database: DatabaseSync, table: string) {
    database.exec(`CREATE TABLE ${table} (text TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID`)
    this.#insert = database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?1)`)
    this.#find = database.prepare(`SELECT 1 FROM ${table} WHERE text = ?1`)
  }

  /** @returns false where the text was added before */
  add(text: string): boolean {
    return this.#insert.run(text).changes === 1
  }

  has(text: string): boolean {
    return this.#find.get(text) !== undefined
  }
}

function openNotes(): DatabaseSync {
  const database = new DatabaseSync('')
  database.exec('PRAGMA cache_size = -16384; PRAGMA synchronous = OFF')
  return database
}
