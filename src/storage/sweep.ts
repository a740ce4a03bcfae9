import type { Lease, SweepHorizon, SweepStep, SweptPart, SweptTable } from '../core/store.ts'
import { readNumber } from './columns.ts'
import type { Database, Row, Value } from './database.ts'
import { firstId } from './page.ts'

// How many rows a step looks at, unless it may delete more: with SQLite a server answers no request during a step.
const lookedAtRows = 400

interface Rule {
  readonly key: string
  /** A value that comes before every key. */
  readonly first: Value
  /** The condition for expired rows, with parameters from $2 on. */
  readonly isOver: string
  readonly values: (horizon: SweepHorizon) => readonly Value[]
  /** Whether all expired rows come first, so that the sweep of the table can stop at one that is not. */
  readonly isInOrder?: true
}

const noBytes = new Uint8Array(0)
const overAt = ({ overAt }: SweepHorizon) => [overAt]

const tokens: Rule = {
  key: 'token_digest',
  first: noBytes,
  isOver: 'expires_at <= $2',
  values: overAt,
}

const rules: Record<SweptTable, Rule> = {
  sessions: {
    key: 'token_digest',
    first: noBytes,
    isOver: '(last_used_at <= $2 OR created_at <= $3)',
    values: ({ usedAfter, createdAfter }) => [usedAfter, createdAfter],
  },
  api_keys: tokens,
  password_resets: tokens,
  email_verifications: tokens,
  email_changes: {
    key: 'user_id',
    first: firstId,
    isOver: 'requested_at <= $2',
    values: ({ changeAskedAfter }) => [changeAskedAfter],
  },
  registrations: { key: 'id', first: firstId, isOver: 'expires_at <= $2', values: overAt },
  guard_counts: { key: 'key', first: '', isOver: 'window_ends_at <= $2', values: overAt },
  failed_attempts: { key: 'key', first: '', isOver: 'expires_at <= $2', values: overAt },
  session_aliases: { key: 'sid', first: '', isOver: 'expires_at <= $2', values: overAt },
  signing_keys: {
    key: 'id',
    first: firstId,
    // Another key has signed for so long that no token signed with this one is accepted.
    isOver: `EXISTS (
      SELECT 1 FROM signing_keys AS newer
      WHERE newer.generation > signing_keys.generation AND newer.signs_from <= $2
    )`,
    values: overAt,
  },
  outbox: {
    key: 'id',
    first: 0,
    isOver: 'ended_at <= $2',
    values: ({ endedAfter }) => [endedAfter],
  },
  events: {
    key: 'id',
    first: firstId,
    isOver: 'occurred_at <= $2',
    values: ({ occurredAfter }) => [occurredAfter],
    isInOrder: true,
  },
}

/**
 * Walks the table along its key, since an index by expiry would have to be updated at every use of a session. If
 * nothing has expired, nothing is written.
 */
export async function sweepTable(
  database: Database,
  table: SweptTable,
  { horizon, from, maximum }: SweptPart,
): Promise<SweepStep> {
  const { key, first, isOver, values, isInOrder = false } = rules[table]
  const over = values(horizon)
  const start = from ?? first
  const limit = `$${over.length + 2}`
  const wanted = Math.max(lookedAtRows, maximum)
  const rows = await database.query(
    `SELECT ${key}, CASE WHEN ${isOver} THEN 1 ELSE 0 END FROM ${table}
     WHERE ${key} > $1 ORDER BY ${key} LIMIT ${limit}`,
    [start, ...over, wanted],
  )
  const marked = rows.filter(isMarked)
  const isWhole = marked.length <= maximum
  const [last = null] = (isWhole ? rows.at(-1) : marked[maximum - 1]) ?? []
  const deleted = marked.length > 0 ? await deleteUpTo(database, table, { start, last, over }) : 0
  const hasEnded = isWhole && (rows.length < wanted || (isInOrder && !rows.every(isMarked)))
  return { deleted, next: hasEnded ? null : toKey(last) }
}

function isMarked(row: Row): boolean {
  return readNumber(row[1]) === 1
}

// The condition is checked again, since a row that was used meanwhile has no longer expired.
async function deleteUpTo(
  database: Database,
  table: SweptTable,
  { start, last, over }: { start: Value; last: Value; over: readonly Value[] },
): Promise<number> {
  const { key, isOver } = rules[table]
  const gone = await database.transaction(
    (transaction) =>
      transaction.query(
        `DELETE FROM ${table} WHERE ${key} IN (
           SELECT ${key} FROM ${table}
           WHERE ${key} > $1 AND ${key} <= $${over.length + 2} AND ${isOver}
           FOR UPDATE SKIP LOCKED
         ) RETURNING 1`,
        [start, ...over, last],
      ),
    { durability: 'relaxed' },
  )
  return gone.length
}

function toKey(value: Value): SweepStep['next'] {
  if (value instanceof Date) throw new TypeError('The key of a table must not be an instant')
  return value
}

export async function holdLease(
  database: Database,
  name: string,
  { now, until, latest, own }: Lease,
): Promise<boolean> {
  const held = await database.transaction(
    (transaction) =>
      transaction.query(
        `INSERT INTO leases (name, held_until) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET held_until = $2
         WHERE leases.held_until <= $3 OR leases.held_until = $4 OR leases.held_until > $5
         RETURNING name`,
        [name, until, now, own, latest],
      ),
    { durability: 'relaxed' },
  )
  return held.length === 1
}
