import type { Message, MessageStatus } from '../../core/mail.ts'
import { parseChoice } from './choice.ts'
import { defineCommand } from './command.ts'
import { databaseOptions, withStore } from './database.ts'
import { complain, jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parseLimit } from './page.ts'

const statuses: readonly MessageStatus[] = ['queued', 'sent', 'failed', 'unknown']

export const listMessages = defineCommand(
  {
    name: 'outbox list',
    summary: 'List queued, sent and failed mails, newest first',
    details: `queued   it is tried until it is sent, for a day at most
sent     the mail server accepted it
failed   the mail server refused it, or could not take it for a day
unknown  it was sent twice, and the mail server confirmed neither`,
    operands: null,
    options: {
      status: {
        type: 'string',
        value: 'STATUS',
        meaning: 'Only queued, sent, failed or unknown mails (default: all)',
      },
      limit: pageOptions.limit,
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
    const limit = parseLimit(values.limit)
    const messages = await withStore(values, (store) => store.listMessages(status, { limit }))
    if (values.json) printJson({ messages: messages.map(toJson) })
    else printMessages(messages, status)
    if (messages.length === limit && values.limit === undefined) {
      complain(`The newest ${limit} are shown; --limit sets how many`)
    }
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
