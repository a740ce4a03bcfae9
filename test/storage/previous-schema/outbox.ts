import type { EmailAddress } from '../../../src/core/email-address.ts'
import type {
  MessageKind,
  MessageStatus,
  Message as NewerMessage,
  NewMessage as NewerNewMessage,
} from '../../../src/core/mail.ts'
import {
  readInstant,
  readInstantOrNull,
  readNumber,
  readText,
  readTextOrNull,
} from '../../../src/storage/columns.ts'
import type { Connection, Row } from '../../../src/storage/database.ts'

/** What a message was before it could be about a change of address. */
type Message = Omit<NewerMessage, 'userId' | 'apiKeyId'>
type NewMessage = Omit<NewerNewMessage, 'userId' | 'apiKeyId'>

const columns = `id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at,
  give_up_at, ended_at, last_error`

export async function insertMessage(connection: Connection, message: NewMessage): Promise<void> {
  // SECURITY: where one is queued already, the row is written all the same; to skip it would take
  // less time, and tell that the address is known to whoever asks while the mail server is away.
  await connection.query(
    `INSERT INTO outbox
       (kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at)
     VALUES ($1, $2, 'queued', 0, 0, 0, $3, $3, $4)
     ON CONFLICT (recipient) WHERE kind = 'password_reset' AND status = 'queued'
       DO UPDATE SET give_up_at = $4`,
    [message.kind, message.recipient, message.queuedAt, message.giveUpAt],
  )
}

export async function claimMessage(
  connection: Connection,
  { now, until, latest }: { now: Date; until: Date; latest: Date },
): Promise<Message | null> {
  const [row] = await connection.query(
    `UPDATE outbox SET attempts = attempts + 1, due_at = $1
     WHERE id = (
       SELECT id FROM outbox WHERE status = 'queued' AND (due_at <= $2 OR due_at > $3)
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     RETURNING ${columns}`,
    [until, now, latest],
  )
  return row ? toMessage(row) : null
}

function toMessage(row: Row): Message {
  return {
    id: readNumber(row[0]),
    // What is in the table was parsed before it was written.
    kind: readText(row[1]) as MessageKind,
    recipient: readText(row[2]) as EmailAddress,
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
