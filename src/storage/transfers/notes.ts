import { DatabaseSync } from 'node:sqlite'

/**
 * What one import has seen so far, to find duplicates even in a dry run. It is a temporary database of this process,
 * in memory while it is small and then on disk.
 */
export class ImportNotes {
  readonly #database = openNotes()
  /** The rows, by id. */
  readonly rows = new Noted(this.#database, 'rows')
  readonly addresses = new Noted(this.#database, 'addresses')
  /** Users who come from the origin, or would in a dry run: their sessions and other rows may be imported. */
  readonly owners = new Noted(this.#database, 'owners')
  /** Users who did not exist before this import, so that nothing of theirs can have ended here. */
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

  /** Notes an existing user, by the mark that their deletion would leave. */
  addLiving(mark: string, address: string): void {
    this.#insertLiving.run(mark, address)
  }

  /** Marks the notes of existing users as complete. */
  endLiving(): void {
    this.#hasLiving = true
  }

  hasLiving(): boolean {
    return this.#hasLiving
  }

  /** @returns the address of the existing user with this mark */
  findLiving(mark: string): string | null {
    const found = this.#findLiving.get(mark)
    return found ? String(found.address) : null
  }

  /**
   * Notes a session, and keeps only the newest ones of a user.
   *
   * @returns the id of the session to drop for it, perhaps its own; null if there is room
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

/** A set of texts. */
class Noted {
  readonly #insert
  readonly #find

  constructor(database: DatabaseSync, table: string) {
    database.exec(`CREATE TABLE ${table} (text TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID`)
    this.#insert = database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?1)`)
    this.#find = database.prepare(`SELECT 1 FROM ${table} WHERE text = ?1`)
  }

  /** @returns false if the text was noted before */
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
