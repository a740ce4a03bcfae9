import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { until } from '../until.ts'

/** What the tables have of one user, in hexadecimal where it is a digest. */
export interface UserRows {
  /** Null where there is no such user. */
  readonly passwordHash: string | null
  readonly sessions: readonly string[]
  readonly keys: readonly string[]
  /** Links to reset the password that were not used. */
  readonly links: readonly string[]
  readonly projects: readonly string[]
}

/** Reads what the server wrote, past the server. */
export interface Tables {
  of(emailAddress: string): Promise<UserRows>
  /** Whether the digest of a token from a mail stands anywhere. */
  knows(digest: string): Promise<boolean>
  /** How many mails wait to be sent. */
  queued(): Promise<number>
  /** To whom and of what kind, for each mail that ended unsent. */
  givenUp(): Promise<readonly { to: string; kind: string }[]>
  /** What can never be, however the server died. */
  damage(): Promise<string[]>
  close(): Promise<void>
}

type Cell = string | number | null | Uint8Array

/** Runs each statement, all of them on one state of the database. */
type Read = (statements: readonly string[], values: readonly string[]) => Promise<Cell[][][]>

export function openTables(databaseUrl: string): Tables {
  return databaseUrl.startsWith('sqlite:') ? sqliteTables(databaseUrl) : postgresTables(databaseUrl)
}

function sqliteTables(databaseUrl: string): Tables {
  // Opened and closed within one turn: with a connection that stays, the server that starts after a
  // crash would find the index of the log as it was, and recover nothing.
  // Read-only: one that may write would move the log into the file when it is closed.
  const withFile = <T>(use: (database: DatabaseSync) => T): Promise<T> =>
    patiently(async () => {
      const database = new DatabaseSync(databaseUrl.replace('sqlite:', ''), {
        readOnly: true,
        timeout: 200,
      })
      try {
        return use(database)
      } finally {
        database.close()
      }
    })
  const read: Read = (statements, values) =>
    withFile((database) => {
      database.exec('BEGIN')
      const tables = statements.map((sql) => {
        const statement = database.prepare(sql.replaceAll('$', '?'))
        statement.setReturnArrays(true)
        const params = values.slice(0, sql.includes('$1') ? 1 : 0)
        // Arrays, as was asked for above.
        return statement.all(...params) as unknown as Cell[][]
      })
      database.exec('COMMIT')
      return tables
    })
  return {
    ...readers(read, 'lower(hex(token_digest))'),
    async damage() {
      const said = await withFile((database) => [
        ...database.prepare('PRAGMA integrity_check').all(),
        ...database.prepare('PRAGMA foreign_key_check').all(),
      ])
      const bad = said.map((row) => JSON.stringify(row)).filter((row) => !row.includes('"ok"'))
      return [...bad, ...(await halves(read))]
    },
    close: async () => {},
  }
}

function postgresTables(databaseUrl: string): Tables {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 3,
    connectionTimeoutMillis: 1_000,
  })
  // A database that is taken away is what some of this is about.
  pool.on('error', () => {})
  const read: Read = (statements, values) =>
    patiently(async () => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
        const tables: Cell[][][] = []
        for (const text of statements) {
          const params = values.slice(0, text.includes('$1') ? 1 : 0)
          tables.push((await client.query({ text, values: params, rowMode: 'array' })).rows)
        }
        await client.query('COMMIT')
        client.release()
        return tables
      } catch (error) {
        client.release(true)
        throw error
      }
    })
  return {
    ...readers(read, "encode(token_digest, 'hex')"),
    async damage() {
      const [[[isThere] = []] = []] = await read([hasAmcheck], [])
      const [, bad = []] = Number(isThere) > 0 ? await read([indexes, heaps], []) : []
      return [...bad.map((row) => row.join(' ')), ...(await halves(read))]
    },
    close: () => pool.end(),
  }
}

// Also while the server writes, recovers, or is being started.
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  const results: T[] = []
  await until(async () => void results.push(await read()))
  const [result] = results
  if (result === undefined) throw new Error('Nothing was read')
  return result
}

const user = '(SELECT id FROM users WHERE email_address = $1)'

function readers(
  read: Read,
  digestInHex: string,
): Pick<Tables, 'of' | 'knows' | 'queued' | 'givenUp'> {
  return {
    async of(emailAddress) {
      const [users = [], ...rest] = await read(
        [
          'SELECT password_hash FROM users WHERE email_address = $1',
          `SELECT token_digest FROM sessions WHERE user_id = ${user}`,
          `SELECT token_digest FROM api_keys WHERE user_id = ${user}`,
          `SELECT token_digest FROM password_resets WHERE user_id = ${user} AND consumed_at IS NULL`,
          `SELECT id FROM projects WHERE user_id = ${user}`,
        ],
        [emailAddress],
      )
      const [sessions = [], keys = [], links = [], projects = []] = rest.map(firstCells)
      const [passwordHash = null] = firstCells(users)
      return { passwordHash, sessions, keys, links, projects }
    },
    async knows(digest) {
      const tables = ['password_resets', 'email_verifications', 'registrations']
      const found = await read(
        tables.map((table) => `SELECT 1 FROM ${table} WHERE ${digestInHex} = $1`),
        [digest],
      )
      return found.flat().length > 0
    },
    async queued() {
      const [[[count] = []] = []] = await read([queuedMails], [])
      return Number(count)
    },
    async givenUp() {
      const [rows = []] = await read([unsentMails], [])
      return rows.map(([to = null, kind = null]) => ({ to: textOf(to), kind: textOf(kind) }))
    },
  }
}

const unsentMails = "SELECT recipient, kind FROM outbox WHERE status IN ('failed', 'unknown')"
const queuedMails = "SELECT count(*) FROM outbox WHERE status = 'queued'"

function firstCells(rows: readonly Cell[][]): string[] {
  return rows.map(([cell = null]) => textOf(cell))
}

function textOf(cell: Cell): string {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : String(cell)
}

// Each of these is written in one transaction with what it lacks here.
const incomplete: Readonly<Record<string, string>> = {
  'a session that began without an event':
    'SELECT id FROM sessions WHERE id NOT IN (SELECT session_id FROM events WHERE session_id IS NOT NULL)',
  'a user who was created without an event':
    "SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM events WHERE name = 'user_created')",
  'a key that was created without an event':
    'SELECT id FROM api_keys WHERE id NOT IN (SELECT api_key_id FROM events WHERE api_key_id IS NOT NULL)',
  'a session of nobody': 'SELECT id FROM sessions WHERE user_id NOT IN (SELECT id FROM users)',
  'a key of nobody': 'SELECT id FROM api_keys WHERE user_id NOT IN (SELECT id FROM users)',
  'a project of nobody': 'SELECT id FROM projects WHERE user_id NOT IN (SELECT id FROM users)',
  'a link of nobody':
    'SELECT user_id FROM password_resets WHERE user_id NOT IN (SELECT id FROM users)',
}

async function halves(read: Read): Promise<string[]> {
  const found = await read(Object.values(incomplete), [])
  const names = Object.keys(incomplete)
  return found.flatMap((rows, index) => firstCells(rows).map((id) => `${names[index]}: ${id}`))
}

const hasAmcheck = "SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'"
const own = 'relnamespace = current_schema()::regnamespace'
// It throws where an index is damaged.
const indexes = `SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'btree' AND c.relkind = 'i' AND ${own}`
const heaps = `SELECT c.relname, h.msg FROM pg_class c, verify_heapam(c.oid) h
  WHERE c.relkind = 'r' AND ${own}`
