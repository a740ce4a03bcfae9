import type { EmailAddress } from '../core/email-address.ts'
import type { AuditEvent } from '../core/entities.ts'
import type { EventName } from '../core/event-names.ts'
import { isId } from '../core/ids.ts'
import type { EventPage } from '../core/store.ts'
import { byCount, sendRows, tuples } from './batches.ts'
import { readInstant, readText, readTextOrNull } from './columns.ts'
import type { Connection, Database, Row } from './database.ts'
import { firstId, lastId, pageParameters } from './page.ts'
import { holdUser } from './users.ts'

const columns = `id, name, occurred_at, user_id, actor, detail, session_id, api_key_id,
  email_address, ip_address, user_agent, request_id`

const insert = byCount(
  (count) => `INSERT INTO events (${columns}) VALUES ${tuples(count, 12)} ON CONFLICT DO NOTHING`,
)

/** Inserts events in few statements: revoking a thousand sessions must not take a thousand round trips. */
export async function insertEvents(
  connection: Connection,
  events: readonly AuditEvent[],
): Promise<void> {
  const rows = events.map((event) => [
    event.id,
    event.name,
    event.occurredAt,
    event.userId,
    event.actor,
    event.detail,
    event.sessionId,
    event.apiKeyId,
    event.emailAddress,
    event.ipAddress,
    event.userAgent,
    event.requestId,
  ])
  await sendRows(connection, insert, { rows })
}

/** Inserts each event in a transaction of its own: two transactions that each lock several users could deadlock. */
export async function recordEvents(
  database: Database,
  events: readonly AuditEvent[],
): Promise<void> {
  for (const event of events) {
    await database.transaction(
      async (transaction) => {
        // SECURITY: a user is locked even if the event names none. Otherwise the time that the next request waits would
        // reveal whether the one before was about an existing user.
        const held = await holdUser(transaction, event.userId ?? firstId)
        const isThere = event.userId === null || held !== null
        await insertEvents(transaction, [isThere ? event : { ...event, ...blank }])
      },
      { durability: 'relaxed' },
    )
  }
}

const blank = { emailAddress: null, ipAddress: null, userAgent: null }

export async function blankEvents(connection: Connection, userId: string): Promise<void> {
  await connection.query(
    `UPDATE events SET email_address = NULL, ip_address = NULL, user_agent = NULL
     WHERE user_id = $1`,
    [userId],
  )
}

export async function listEvents(
  connection: Connection,
  { userId, name, ...page }: EventPage,
): Promise<AuditEvent[]> {
  if (userId !== null && !isId(userId)) return []
  const [behind, limit] = pageParameters(page, lastId)
  // Two statements, because `$1 IS NULL OR …` would not use the index by user. There is no index by name.
  const rows =
    userId === null
      ? await connection.query(
          `SELECT ${columns} FROM events WHERE id < $1 AND (name = $2 OR $2 IS NULL)
           ORDER BY id DESC LIMIT $3`,
          [behind, name, limit],
        )
      : await connection.query(
          `SELECT ${columns} FROM events
           WHERE user_id = $1 AND id < $2 AND (name = $3 OR $3 IS NULL)
           ORDER BY id DESC LIMIT $4`,
          [userId, behind, name, limit],
        )
  return rows.map(toEvent)
}

function toEvent(row: Row): AuditEvent {
  return {
    id: readText(row[0]),
    // The names were parsed before they were written.
    name: readText(row[1]) as EventName,
    occurredAt: readInstant(row[2]),
    userId: readTextOrNull(row[3]),
    actor: readText(row[4]) as AuditEvent['actor'],
    detail: readTextOrNull(row[5]),
    sessionId: readTextOrNull(row[6]),
    apiKeyId: readTextOrNull(row[7]),
    emailAddress: readTextOrNull(row[8]) as EmailAddress | null,
    ipAddress: readTextOrNull(row[9]),
    userAgent: readTextOrNull(row[10]),
    requestId: readTextOrNull(row[11]),
  }
}
