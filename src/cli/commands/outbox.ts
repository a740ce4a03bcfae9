import type { Message, MessageStatus } from '../../core/mail.ts'
import { parseChoice } from './choice.ts'
import { defineCommand } from './command.ts'
import { databaseOptions, withStore } from './database.ts'
import { parseMessageId } from './message-id.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parseLimit, sayRest } from './page.ts'

const statuses: readonly MessageStatus[] = ['queued', 'sent', 'failed', 'unknown']

export const listMessages = defineCommand(
  {
    name: 'outbox list',
    summary: 'List queued, sent and failed mails, newest first',
    details: `queued   it is tried until it is sent, for a day at most
sent     the mail server accepted it
failed   the mail server refused it, or could not take it for a day
unknown  it was sent twice, and the mail server confirmed neither
With --after ID the list begins after that one.`,
    operands: null,
    options: {
      status: {
        type: 'string',
        value: 'STATUS',
        meaning: 'Only queued, sent, failed or unknown mails (default: all)',
      },
      ...pageOptions,
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey outbox list --status failed',
      'latchkey outbox list --json --limit 1000',
      'latchkey outbox list --dev',
    ],
  },
  async ({ values }) => {
    const status = parseChoice('status', values.status, statuses)
    const after = values.after === undefined ? null : parseMessageId(values.after)
    const page = { limit: parseLimit(values.limit), after }
    const messages = await withStore(values, (store) => store.listMessages(status, page))
    if (values.json) printJson({ messages: messages.map(toJson) })
    else printMessages(messages, status)
    sayRest(messages, { page, limit: values.limit })
  },
)

// These names are an interface: programs read them.
function toJson(message: Message) {
  return {
    id: message.id,
    kind: message.kind,
    recipient: message.recipient,
    status: message.status,
    attempts: message.attempts,
    queued_at: message.queuedAt.toISOString(),
    due_at: message.status === 'queued' ? message.dueAt.toISOString() : null,
    give_up_at: message.giveUpAt.toISOString(),
    ended_at: message.endedAt?.toISOString() ?? null,
    last_error: message.lastError,
  }
}

function printMessages(messages: readonly Message[], status: MessageStatus | null): void {
  if (messages.length > 0) printTable([header, ...messages.map(toRow)])
  else print(status ? `There are no ${status} messages.` : 'There are no messages.')
}

const header = [
  'ID',
  'KIND',
  'RECIPIENT',
  'STATUS',
  'ATTEMPTS',
  'QUEUED (UTC)',
  'NEXT TRY OR END (UTC)',
  'LAST ERROR',
]

function toRow(message: Message): string[] {
  return [
    String(message.id),
    message.kind,
    message.recipient,
    message.status,
    String(message.attempts),
    readable(message.queuedAt),
    readable(message.endedAt ?? message.dueAt),
    message.lastError ?? '',
  ]
}
