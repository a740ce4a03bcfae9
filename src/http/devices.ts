import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { deviceName, maximumDeviceNameLength } from '../core/device-name.ts'
import type { Session } from '../core/entities.ts'
import { answer } from './answers.ts'
import { lineField } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'
import { takeCookie } from './transport.ts'

export const sessionSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  current: z.boolean(),
})

const params = z.object({ id: z.uuid().toLowerCase() })

/** A user's sessions, each on one device: list them, name one, revoke one or all others. */
export function devices(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/sessions',
      access: 'session',
      summary: 'Your devices, newest first',
      query: pageQuery,
      answers: {
        200: {
          description: 'A page of them',
          body: z.object({ sessions: z.array(sessionSchema), next_cursor: z.uuid().nullable() }),
        },
      },
      async handle({ session, user, query: { limit, cursor = null } }) {
        const found = await auth.listSessions(user.id, { limit: limit + 1, after: cursor })
        const { page, next_cursor } = pageOf(found, limit)
        const presented = page.map((each) => presentSession(auth, each, session.id))
        return answer({ sessions: presented, next_cursor })
      },
    }),

    route({
      method: 'DELETE',
      path: '/v1/sessions',
      access: 'session',
      summary: 'Log out every other device',
      answers: {
        200: {
          description: 'How many there were',
          body: z.object({ revoked: z.number().int() }),
        },
      },
      async handle({ session, client }) {
        const revoked = await auth.revokeOtherSessions(session, client)
        return revoked === null ? refuse('invalid_token') : answer({ revoked })
      },
    }),

    route({
      method: 'PATCH',
      path: '/v1/sessions/:id',
      access: 'session',
      summary: 'Name a device',
      params,
      body: z.object({ name: lineField({ maximumLength: maximumDeviceNameLength }) }),
      answers: {
        200: { description: 'The device', body: z.object({ session: sessionSchema }) },
      },
      async handle({ session, user, params: { id }, body: { name } }) {
        const renamed = await auth.renameSession({ id, userId: user.id }, name)
        if (!renamed) return refuse('not_found')
        return answer({ session: presentSession(auth, renamed, session.id) })
      },
    }),

    route({
      method: 'DELETE',
      path: '/v1/sessions/:id',
      access: 'session',
      summary: 'Log out a device',
      params,
      answers: { 204: { description: 'Its token is dead' } },
      async handle({ session, client, params: { id }, transport, cookie }) {
        const revoked = await auth.revokeOwnSession(session, id, client)
        if (revoked === null) return refuse('invalid_token')
        if (!revoked) return refuse('not_found')
        const isCurrent = id === session.id
        const headers = isCurrent ? takeCookie({ transport, cookie }, 'forget') : {}
        return { ...answer(undefined, 204), headers }
      },
    }),
  ]
}

/** A session as its user sees it; `currentId` is the session that asks. */
export function presentSession(
  auth: Auth,
  session: Session,
  currentId: string,
): z.infer<typeof sessionSchema> {
  return {
    id: session.id,
    name: session.name ?? deviceName(session.userAgent),
    created_at: toTimestamp(session.createdAt),
    last_used_at: toTimestamp(session.lastUsedAt),
    expires_at: toTimestamp(auth.expiresAt(session)),
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
    current: session.id === currentId,
  }
}
