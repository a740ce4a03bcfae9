import type { AuditEvent } from '../../core/entities.ts'
import { eventNames } from '../../core/event-names.ts'
import { parseChoice } from './choice.ts'
import { defineCommand } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parsePage, sayRest } from './page.ts'
import { findUserId, userOperand } from './user-operand.ts'

export const listEvents = defineCommand(
  {
    name: 'events',
    summary: 'List what happened to users, newest first',
    details: `Who signed up, logged in or was refused; what was changed, created or revoked. Events
are kept for a year. Those of a deleted user stay under their ID, without addresses.
With --after ID the list begins after that one.`,
    operands: null,
    options: {
      user: { type: 'string', value: userOperand, meaning: 'Only those of this user' },
      event: { type: 'string', value: 'NAME', meaning: 'Only this event: authn_login_fail, …' },
      ...pageOptions,
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey events',
      'latchkey events --user ann@example.com --limit 10',
      'latchkey events --event authn_login_fail --json',
    ],
  },
  async ({ values }) => {
    const page = parsePage(values)
    const name = parseChoice('event', values.event, eventNames)
    const events = await withAuth(values, async (auth) => {
      const userId = values.user === undefined ? null : await findUserId(auth, values.user)
      return auth.listEvents({ userId, name }, page)
    })
    if (values.json) printJson({ events: events.map(toJson) })
    else if (events.length === 0) print('There are no events.')
    else printTable([header, ...events.map(toRow)])
    sayRest(events, { page, limit: values.limit })
  },
)

// These names are an interface: programs read them.
function toJson(event: AuditEvent) {
  return {
    id: event.id,
    event: event.name,
    occurred_at: event.occurredAt.toISOString(),
    user_id: event.userId,
    actor: event.actor,
    detail: event.detail,
    session_id: event.sessionId,
    api_key_id: event.apiKeyId,
    email_address: event.emailAddress,
    ip_address: event.ipAddress,
    user_agent: event.userAgent,
    request_id: event.requestId,
  }
}

const header = ['ID', 'OCCURRED (UTC)', 'EVENT', 'DETAIL', 'ACTOR', 'USER', 'IP ADDRESS']

function toRow(event: AuditEvent): string[] {
  const { id, occurredAt, name, detail, actor, userId, ipAddress } = event
  return [id, readable(occurredAt), name, detail ?? '', actor, userId ?? '', ipAddress ?? '']
}
