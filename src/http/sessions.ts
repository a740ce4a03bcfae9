import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { Authenticated } from '../core/entities.ts'
import { answer } from './answers.ts'
import { presentSession, sessionSchema } from './devices.ts'
import { passwordChallengeField } from './fields.ts'
import { describeProblem } from './messages.ts'
import { wrongChallenge } from './password-challenge.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'
import { admitTransport, endHeld, giveCookie, takeCookie, transportField } from './transport.ts'
import { presentUser, userSchema } from './users.ts'

const newToken = z.object({ token: z.string() })
const shownSession = z.object({ session: sessionSchema, user: userSchema })

/** Logging in and out, and the current session: show it, rotate its token, make it fresh. */
export function sessions(auth: Auth): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/session',
      access: 'public',
      summary: 'Log in',
      body: z.object({
        email_address: z.string(),
        password: z.string(),
        transport: transportField.default('bearer'),
      }),
      answers: {
        200: {
          description: 'The token of a new session, shown this once; or the session, with a cookie',
          body: z.union([newToken, shownSession]),
        },
      },
      admit: admitTransport,
      async handle({ body, client, request, cookie }) {
        const { email_address: emailAddress, password, transport } = body
        const loggedIn = await auth.logIn({ emailAddress, password }, client)
        if (!loggedIn) return refuse('invalid_credentials')
        if (transport === 'bearer') return answer({ token: loggedIn.token.reveal() })
        await endHeld({ auth, request, client, cookie })
        const headers = giveCookie({ auth, cookie }, loggedIn)
        return { ...answer(show(auth, loggedIn)), headers }
      },
    }),

    route({
      method: 'GET',
      path: '/v1/session',
      access: 'session',
      summary: 'The session and the user of the token',
      answers: {
        200: { description: 'The session and its user', body: shownSession },
      },
      handle: ({ session, user }) => answer(show(auth, { session, user })),
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
      async handle({ session, client, transport, cookie }) {
        await auth.logOut(session, client)
        const headers = takeCookie({ transport, cookie }, 'logOut')
        return { ...answer({ message: 'Logged out' }), headers }
      },
    }),

    route({
      method: 'PUT',
      path: '/v1/session/token',
      access: 'session',
      summary: 'Another token for the same session',
      body: z.object({ transport: transportField.optional() }),
      answers: {
        200: {
          description: 'The new token, shown this once, or the session; the old one is dead',
          body: z.union([newToken, z.object({ session: sessionSchema })]),
        },
      },
      async handle({ session, token, client, transport: came, body, request, cookie }) {
        const { transport = came } = body
        // SECURITY: a script must not get hold of a token that the browser keeps from scripts.
        if (came === 'cookie' && transport === 'bearer') return staysInCookie
        if (transport === 'cookie' && !cookie.isIntended(request)) return refuse('csrf')
        const rotated = await auth.rotateToken({ session, token }, client)
        if (!rotated) return refuse('invalid_token')
        if (transport === 'bearer') return answer({ token: rotated.reveal() })
        await endHeld({ auth, request, client, cookie })
        const headers = giveCookie({ auth, cookie }, { session, token: rotated })
        return { ...answer({ session: presentSession(auth, session, session.id) }), headers }
      },
    }),

    route({
      method: 'PUT',
      path: '/v1/session/freshness',
      access: 'session',
      summary: 'Confirm the password, for what is sensitive',
      body: z.object({ password_challenge: passwordChallengeField }),
      answers: {
        200: {
          description: 'Until when nothing asks for it again',
          body: z.object({ fresh_until: z.iso.datetime() }),
        },
      },
      async handle({ session, user, client, body }) {
        const until = await auth.freshen({ session, user }, body.password_challenge, client)
        if (until === 'session_ended') return refuse('invalid_token')
        if (until === 'wrong_password') return wrongChallenge
        return answer({ fresh_until: toTimestamp(until) })
      },
    }),
  ]
}

function show(auth: Auth, { session, user }: Authenticated): z.infer<typeof shownSession> {
  return { session: presentSession(auth, session, session.id), user: presentUser(user) }
}

const staysInCookie = refuse('validation_failed', {
  problems: [describeProblem('transport', 'inclusion', 'must be cookie, as the request had it')],
})
