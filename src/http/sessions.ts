import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { Session } from '../core/store.ts'
import { answer } from './answers.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'
import { presentUser, userSchema } from './users.ts'

const sessionSchema = z.object({
  id: z.uuid(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  current: z.boolean(),
})

/** Log in, see who one is, log out. */
export function sessions(auth: Auth): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/session',
      access: 'public',
      summary: 'Log in',
      body: z.object({ email_address: z.string(), password: z.string() }),
      answers: {
        200: {
          description: 'The token of a new session: shown this once',
          body: z.object({ token: z.string() }),
        },
      },
      async handle({ body, client }) {
        const { email_address: emailAddress, password } = body
        const loggedIn = await auth.logIn({ emailAddress, password }, client)
        if (!loggedIn) return refuse('invalid_credentials')
        return answer({ token: loggedIn.token.reveal() })
      },
    }),

    route({
      method: 'GET',
      path: '/v1/session',
      access: 'session',
      summary: 'The session and the user of the token',
      answers: {
        200: {
          description: 'The session and its user',
          body: z.object({ session: sessionSchema, user: userSchema }),
        },
      },
      handle: ({ session, user }) =>
        answer({ session: presentSession(auth, session), user: presentUser(user) }),
    }),

    route({
      method: 'DELETE',
      path: '/v1/session',
      access: 'session',
      summary: 'Log out',
      answers: {
        200: {
          description: 'The token is dead; other sessions live on',
          body: z.object({ message: z.string() }),
        },
      },
      async handle({ session }) {
        await auth.logOut(session)
        return answer({ message: 'Logged out' })
      },
    }),
  ]
}

function presentSession(auth: Auth, session: Session): z.infer<typeof sessionSchema> {
  return {
    id: session.id,
    created_at: toTimestamp(session.createdAt),
    last_used_at: toTimestamp(session.lastUsedAt),
    expires_at: toTimestamp(auth.expiresAt(session)),
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
    current: true,
  }
}
