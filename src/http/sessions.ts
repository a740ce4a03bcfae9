import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import { presentSession, sessionSchema } from './devices.ts'
import { passwordChallengeField } from './fields.ts'
import { wrongChallenge } from './password-challenge.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'
import { presentUser, userSchema } from './users.ts'

const newToken = z.object({ token: z.string() })

/** Log in, see who one is, log out; a new token, and proof of the password for the session. */
export function sessions(auth: Auth): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/session',
      access: 'public',
      summary: 'Log in',
      body: z.object({ email_address: z.string(), password: z.string() }),
      answers: {
        200: { description: 'The token of a new session: shown this once', body: newToken },
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
        answer({ session: presentSession(auth, session, session.id), user: presentUser(user) }),
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
      async handle({ session, client }) {
        await auth.logOut(session, client)
        return answer({ message: 'Logged out' })
      },
    }),

    route({
      method: 'PUT',
      path: '/v1/session/token',
      access: 'session',
      summary: 'Another token for the same session',
      answers: {
        200: { description: 'The new token, shown this once; the old one is dead', body: newToken },
      },
      async handle({ session, token, client }) {
        const rotated = await auth.rotateToken({ session, token }, client)
        return rotated ? answer({ token: rotated.reveal() }) : refuse('invalid_token')
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
        const submitted = { challenge: body.password_challenge, client }
        const until = await auth.freshen({ session, user }, submitted)
        if (until === 'session_ended') return refuse('invalid_token')
        if (until === 'wrong_password') return wrongChallenge
        return answer({ fresh_until: toTimestamp(until) })
      },
    }),
  ]
}
