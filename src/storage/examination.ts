import type { MessageStatus } from '../core/mail.ts'
import { readInstant, readInstantOrNull, readNumber, readText } from './columns.ts'
import type { Connection } from './database.ts'

// Queries that check the state of a database. They change nothing.

/** SQLite's journal mode, such as `wal`. */
export async function readJournal(connection: Connection): Promise<string> {
  const [row = []] = await connection.query('PRAGMA journal_mode')
  return readText(row[0])
}

/** A setting of PostgreSQL, as this connection has it. */
export async function readSetting(connection: Connection, name: string): Promise<string> {
  const [row = []] = await connection.query('SELECT current_setting($1)', [name])
  return readText(row[0])
}

/** The time by PostgreSQL's own clock. */
export async function readClock(connection: Connection): Promise<Date> {
  const [row = []] = await connection.query('SELECT clock_timestamp()')
  return readInstant(row[0])
}

/** When the newest event happened, by the clock of its writer. */
export async function findNewestEvent(connection: Connection): Promise<Date | null> {
  const sql = 'SELECT occurred_at FROM events ORDER BY id DESC LIMIT 1'
  const [row] = await connection.query(sql)
  return readInstantOrNull(row?.[0] ?? null)
}

/** How many mails have ended since an instant, by status. */
export async function countEnds(
  connection: Connection,
  since: Date,
): Promise<Partial<Record<MessageStatus, number>>> {
  const rows = await connection.query(
    'SELECT status, count(*) FROM outbox WHERE ended_at > $1 GROUP BY status',
    [since],
  )
  return Object.fromEntries(rows.map(([status, mails]) => [readText(status), readNumber(mails)]))
}

/** Identifies the PostgreSQL database of a connection, since one name may mean two databases, and two names one. */
export async function readPlace(connection: Connection): Promise<string> {
  const sql =
    "SELECT concat_ws(' ', pg_postmaster_start_time(), current_database(), current_schema())"
  const [row = []] = await connection.query(sql)
  return readText(row[0])
}
