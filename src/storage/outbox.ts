import type { EmailAddress } from '../core/email-address.ts'
import type { Message, MessageKind, MessageStatus, NewMessage } from '../core/mail.ts'
import type { Backlog, MessagePage } from '../core/store.ts'
import { readInstant, readInstantOrNull, readNumber, readText, readTextOrNull } from './columns.ts'
import type { Connection, Database, Row } from './database.ts'

const columns = `id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at,
  give_up_at, ended_at, last_error, user_id, api_key_id`

export async function insertMessage(connection: Connection, message: NewMessage): Promise<void> {
  // SECURITY: if such a message is queued already, its row is written nevertheless. Skipping that would take less
  // time, and while the mail server is unreachable that would reveal whether the address is known.
  const open = openOf[message.kind] ?? openReset
  await connection.query(
    `INSERT INTO outbox
       (kind, recipient, user_id, api_key_id, status, attempts, deferrals, uncertain, queued_at,
        due_at, give_up_at)
     VALUES ($1, $2, $3, $4, 'queued', 0, 0, 0, $5, $5, $6)
     ON CONFLICT ${open} DO UPDATE SET give_up_at = $6`,
    [
      message.kind,
      message.recipient,
      message.userId,
      message.apiKeyId,
      message.queuedAt,
      message.giveUpAt,
    ],
  )
}

const openReset = "(recipient) WHERE kind = 'password_reset' AND status = 'queued'"

const openOf: Partial<Record<MessageKind, string>> = {
  registration: "(recipient) WHERE kind = 'registration' AND status = 'queued'",
  email_verification: `(user_id, recipient)
    WHERE kind = 'email_verification' AND status = 'queued'`,
}

export async function claimMessage(
  connection: Connection,
  { now, until, latest }: { now: Date; until: Date; latest: Date },
): Promise<Message | null> {
  const [row] = await connection.query(
    `UPDATE outbox SET attempts = attempts + 1, due_at = $1
     WHERE id = coalesce(${first}, ${deferred(isDue)}, ${deferred(isMisdated)})
     RETURNING ${columns}`,
    [until, now, latest],
  )
  return row ? toMessage(row) : null
}

const isDue = 'due_at <= $2'
// Later than any message is ever put off: a clock that was ahead did it.
const isMisdated = 'due_at > $3'

// A message that was never claimed is due, whatever its time: it was queued to be sent at once, by whichever clock.
const first = `(
  SELECT id FROM outbox
  WHERE status = 'queued' AND deferrals = 0 AND (${isDue} OR ${isMisdated} OR attempts = 0)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
)`

// What was put off waits for all others: thousands of such messages would otherwise keep a reset back for as long as
// trying each of them again takes.
const deferred = (due: string) => `(
  SELECT id FROM outbox WHERE status = 'queued' AND deferrals > 0 AND ${due}
  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)`

export async function renewClaim(
  connection: Connection,
  message: Message,
  until: Date,
): Promise<void> {
  // Not once the outcome of the attempt was recorded, which sets the time of the next one.
  await connection.query(
    `UPDATE outbox SET due_at = $1
     WHERE id = $2 AND attempts = $3 AND deferrals = $4 AND status = 'queued'`,
    [until, message.id, message.attempts, message.deferrals],
  )
}

export async function updateMessage(
  connection: Connection,
  message: Message,
): Promise<Message | null> {
  const [row] = await connection.query(
    `UPDATE outbox SET status = $1, deferrals = $2, uncertain = $3, due_at = $4, ended_at = $5,
       last_error = $6
     WHERE id = $7 AND attempts = $8 AND status = 'queued'
     RETURNING ${columns}`,
    [
      message.status,
      message.deferrals,
      message.uncertain,
      message.dueAt,
      message.endedAt,
      message.lastError,
      message.id,
      message.attempts,
    ],
  )
  return row ? toMessage(row) : null
}

export async function deleteMessage(
  connection: Connection,
  { id, attempts, giveUpAt }: Message,
): Promise<void> {
  await connection.query('DELETE FROM outbox WHERE id = $1 AND attempts = $2 AND give_up_at = $3', [
    id,
    attempts,
    giveUpAt,
  ])
}

export async function deleteRequestedMessages(
  connection: Connection,
  recipient: EmailAddress,
): Promise<void> {
  await connection.query(
    `DELETE FROM outbox
     WHERE (recipient = $1 AND kind = 'password_reset')
       OR (recipient = $1 AND kind = 'registration')`,
    [recipient],
  )
}

export async function findMessage(connection: Connection, id: number): Promise<Message | null> {
  const [row] = await connection.query(`SELECT ${columns} FROM outbox WHERE id = $1`, [id])
  return row ? toMessage(row) : null
}

export async function listMessages(
  connection: Connection,
  status: MessageStatus | null,
  { limit, after = null }: MessagePage,
): Promise<Message[]> {
  const rows = await connection.query(
    `SELECT ${columns} FROM outbox WHERE id < $1 AND (status = $2 OR $2 IS NULL)
     ORDER BY id DESC LIMIT $3`,
    [after ?? Number.MAX_SAFE_INTEGER, status, limit],
  )
  return rows.map(toMessage)
}

export async function countLike(
  connection: Connection,
  { id, kind, userId }: Message,
  queuedAfter: Date,
): Promise<number> {
  const [row = []] = await connection.query(
    `SELECT count(*) FROM outbox
     WHERE user_id = $1 AND kind = $2 AND queued_at > $3 AND id < $4`,
    [userId, kind, queuedAfter, id],
  )
  return readNumber(row[0])
}

const counted = 10_000

export async function findBacklog(connection: Connection): Promise<Backlog> {
  const [row = []] = await connection.query(
    `SELECT count(*), min(queued_at) FROM (
       SELECT queued_at FROM outbox WHERE status = 'queued' ORDER BY id LIMIT $1
     ) AS first`,
    [counted],
  )
  return { queued: readNumber(row[0]), oldestQueuedAt: readInstantOrNull(row[1] ?? null) }
}

// How many messages are read at most, since this shares a connection with the look-ups of tokens.
const looked = 1_000

export async function findLongestWait(database: Database): Promise<Date | null> {
  return database.lookUp(
    `SELECT queued_at FROM (
       SELECT id, kind, queued_at FROM outbox WHERE status = 'queued' ORDER BY id LIMIT $1
     ) AS first WHERE kind <> 'password_reset' ORDER BY id LIMIT 1`,
    [looked],
    ([queuedAt]) => readInstant(queuedAt),
  )
}

/** @returns whether an unsent message was queued again; false also if an equal one is queued already */
export async function retryMessage(
  connection: Connection,
  id: number,
  { now, giveUpAt }: { now: Date; giveUpAt: Date },
): Promise<boolean> {
  const retried = await connection.query(
    // `attempts` is not reset: otherwise an old attempt could be taken for the latest one.
    `UPDATE outbox SET status = 'queued', deferrals = 0, uncertain = 0, due_at = $2,
       give_up_at = $3, ended_at = NULL
     WHERE id = $1 AND status IN ('failed', 'unknown') AND NOT EXISTS (
       SELECT 1 FROM outbox AS queued
       WHERE queued.kind IN ('password_reset', 'email_verification', 'registration')
         AND queued.status = 'queued' AND queued.kind = outbox.kind AND queued.recipient = outbox.recipient
         AND queued.user_id IS NOT DISTINCT FROM outbox.user_id
     )
     RETURNING id`,
    [id, now, giveUpAt],
  )
  return retried.length === 1
}

function toMessage(row: Row): Message {
  return {
    id: readNumber(row[0]),
    // Parsed before it was written, as are the recipient and the status.
    kind: readText(row[1]) as MessageKind,
    recipient: readText(row[2]) as EmailAddress,
    userId: readTextOrNull(row[12]),
    apiKeyId: readTextOrNull(row[13]),
    status: readText(row[3]) as MessageStatus,
    attempts: readNumber(row[4]),
    deferrals: readNumber(row[5]),
    uncertain: readNumber(row[6]),
    queuedAt: readInstant(row[7]),
    dueAt: readInstant(row[8]),
    giveUpAt: readInstant(row[9]),
    endedAt: readInstantOrNull(row[10]),
    lastError: readTextOrNull(row[11]),
  }
}
