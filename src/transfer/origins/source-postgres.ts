import pg from 'pg'
import { codeOf } from '../../core/thrown.ts'
import { OriginError } from '../origin.ts'
import { quote, type SourceDatabase, type SourceRow } from './source-database.ts'

const connectMilliseconds = 10_000
const pageSize = 1_000

// Values stay as PostgreSQL writes them: pg would read a time without a zone as local time, and round numbers beyond
// 2^53.
const asText = { getTypeParser: () => (text: string) => text }

// - All reads see one consistent state, and nothing can be changed.
// - SECURITY: with row_security off, PostgreSQL refuses to read a table if the role may see only some of its rows.
//   Otherwise an import of auth.users could silently miss everybody.
// - No time-outs, since a page is fetched only when the previous one is in the other database.
const settings = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL row_security = off;
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL TimeZone = 'UTC';
  SET LOCAL DateStyle = 'ISO'`

/** @throws OriginError if the server does not answer, or refuses the log-in */
export async function openSourcePostgres(url: string): Promise<SourceDatabase> {
  const client = await connect(url)
  try {
    await client.query(settings)
    return new SourcePostgres(client)
  } catch (error) {
    await client.end()
    throw unreadable(error)
  }
}

async function connect(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectMilliseconds,
      fallback_application_name: 'latchkey import',
      keepAlive: true,
    })
    // An error between statements is reported only here; the next statement then fails.
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    // SECURITY: not pg's message, which may contain a part of a mistyped URL as the host.
    throw new OriginError(`The database that --database names cannot be opened: ${reasonOf(error)}`)
  }
}

class SourcePostgres implements SourceDatabase {
  readonly kind = 'postgres'
  readonly notes = []
  readonly #client: pg.Client
  #cursors = 0

  constructor(client: pg.Client) {
    this.#client = client
  }

  async columnsOf(table: string): Promise<ReadonlySet<string> | null> {
    const rows = await this.#query(
      `SELECT attname FROM pg_attribute
        WHERE attrelid = to_regclass(${this.#client.escapeLiteral(this.quoteTable(table))})
          AND attnum > 0 AND NOT attisdropped`,
    )
    return rows.length > 0 ? new Set(rows.map(([name]) => String(name))) : null
  }

  /** The name may contain a schema, as in `auth.users`. */
  quoteTable(table: string): string {
    return table.split('.').map(quote).join('.')
  }

  async *rows(sql: string): AsyncGenerator<SourceRow> {
    this.#cursors += 1
    const cursor = `latchkey_${this.#cursors}`
    await this.#query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`)
    for (;;) {
      const page = await this.#query(`FETCH ${pageSize} FROM ${cursor}`)
      yield* page
      if (page.length < pageSize) break
    }
    await this.#query(`CLOSE ${cursor}`)
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  async #query(text: string): Promise<SourceRow[]> {
    try {
      const query = { text, rowMode: 'array', types: asText } as const
      return (await this.#client.query<unknown[]>(query)).rows
    } catch (error) {
      throw unreadable(error)
    }
  }
}

function unreadable(error: unknown): OriginError {
  return new OriginError(`The database that --database names cannot be read: ${reasonOf(error)}`)
}

// SECURITY: only the code, since messages of PostgreSQL may quote values of a row.
function reasonOf(error: unknown): string {
  const code = codeOf(error) ?? ''
  const reason = reasons[code]
  if (reason !== undefined) return reason
  return code === '' ? 'there is no answer' : `${code}, which PostgreSQL or the system says`
}

const notAllRows =
  'its role may not read all rows of the tables; take one that may, such as their owner'

const reasons: Readonly<Record<string, string>> = {
  '28P01': 'the password is not right',
  '28000': 'this role is not let in',
  '3D000': 'there is no database of that name',
  '42501': notAllRows,
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  ERR_INVALID_URL: 'the URL cannot be read; what is special in one is percent-encoded',
}
