import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { unknownClient } from '../core/client.ts'
import type { AuditEvent } from '../core/entities.ts'
import { answer } from './answers.ts'
import { pageOf, pageQuery } from './page.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'

const eventSchema = z.object({
  id: z.uuid(),
  event: z.string(),
  occurred_at: z.iso.datetime(),
  actor: z.enum(['user', 'operator', 'anybody']),
  detail: z.string().nullable(),
  session_id: z.uuid().nullable(),
  api_key_id: z.uuid().nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_id: z.string().nullable(),
})

/** What happened to a user. */
export function events(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/events',
      access: 'session',
      summary: 'What happened to your account, newest first',
      query: pageQuery,
      answers: {
        200: {
          description: 'A page of it',
          body: z.object({ events: z.array(eventSchema), next_cursor: z.uuid().nullable() }),
        },
      },
      async handle({ user, query: { limit, cursor = null } }) {
        const wanted = { limit: limit + 1, after: cursor }
        const found = await auth.listEvents({ userId: user.id, name: null }, wanted)
        const { page, next_cursor } = pageOf(found, limit)
        return answer({ events: page.map(presentEvent), next_cursor })
      },
    }),
  ]
}

// SECURITY: a user must not learn from where an operator acted.
function presentEvent(event: AuditEvent): z.infer<typeof eventSchema> {
  const { ipAddress, userAgent, requestId } = event.actor === 'operator' ? unknownClient : event
  return {
    id: event.id,
    event: event.name,
    occurred_at: toTimestamp(event.occurredAt),
    actor: event.actor,
    detail: event.detail,
    session_id: event.sessionId,
    api_key_id: event.apiKeyId,
    ip_address: ipAddress,
    user_agent: userAgent,
    request_id: requestId,
  }
}
