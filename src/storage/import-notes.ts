import { DatabaseSync } from 'node:sqlite'

/**
 * What one import has seen, so that whoever is in it twice is found, even in a dry run. A database
 * of its own that only this process has, in memory while it is small and then on disk.
 */
export class ImportNotes {
  readonly #database = new DatabaseSync('')
  readonly #insertUser
  readonly #findUser
  readonly #insertOwner
  readonly #findOwner
  readonly #insertNewcomer
  readonly #findNewcomer
  readonly #insertLiving
  readonly #findLiving
  #hasLiving = false
  readonly #insertAddress
  readonly #insertSession
  readonly #countSessions
  readonly #oldestSession
  readonly #deleteSession

  constructor() {
    this.#database.exec(`
      PRAGMA cache_size = -16384; PRAGMA synchronous = OFF;
      CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE owners (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE newcomers (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE living (mark TEXT NOT NULL PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE addresses (address TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE sessions (user TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (user, id)) WITHOUT ROWID;
      BEGIN`)
    const prepare = (sql: string) => this.#database.prepare(sql)
    this.#insertUser = prepare('INSERT OR IGNORE INTO users VALUES (?1)')
    this.#findUser = prepare('SELECT 1 FROM users WHERE id = ?1')
    this.#insertOwner = prepare('INSERT OR IGNORE INTO owners VALUES (?1)')
    this.#findOwner = prepare('SELECT 1 FROM owners WHERE id = ?1')
    this.#insertNewcomer = prepare('INSERT OR IGNORE INTO newcomers VALUES (?1)')
    this.#findNewcomer = prepare('SELECT 1 FROM newcomers WHERE id = ?1')
    this.#insertLiving = prepare('INSERT OR IGNORE INTO living VALUES (?1, ?2)')
    this.#findLiving = prepare('SELECT address FROM living WHERE mark = ?1')
    this.#insertAddress = prepare('INSERT OR IGNORE INTO addresses VALUES (?1)')
    this.#insertSession = prepare('INSERT OR IGNORE INTO sessions VALUES (?1, ?2)')
    this.#countSessions = prepare('SELECT count(*) AS count FROM sessions WHERE user = ?1')
    this.#oldestSession = prepare('SELECT id FROM sessions WHERE user = ?1 ORDER BY id LIMIT 1')
    this.#deleteSession = prepare('DELETE FROM sessions WHERE user = ?1 AND id = ?2')
  }

  /** @returns false where the id was added before */
  addUser(id: string): boolean {
    return this.#insertUser.run(id).changes === 1
  }

  hasUser(id: string): boolean {
    return this.#findUser.get(id) !== undefined
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

  /** Notes that the user with this id is, or would be, the one whom the origin means: what is theirs may come. */
  addOwner(id: string): void {
    this.#insertOwner.run(id)
  }

  isOwner(id: string): boolean {
    return this.#findOwner.get(id) !== undefined
  }

  /** Notes that the user with this id was not here before this import: nothing of theirs has ended here. */
  addNewcomer(id: string): void {
    this.#insertNewcomer.run(id)
  }

  isNewcomer(id: string): boolean {
    return this.#findNewcomer.get(id) !== undefined
  }

  /** @returns false where somebody had the address before */
  addAddress(address: string): boolean {
    return this.#insertAddress.run(address).changes === 1
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
