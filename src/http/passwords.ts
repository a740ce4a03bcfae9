import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { Client } from '../core/client.ts'
import { answer } from './answers.ts'
import { refusalOf } from './errors.ts'
import {
  emailAddressField,
  newPasswordField,
  passwordChallengeField,
  passwordConfirmation,
  passwordConfirmationField,
} from './fields.ts'
import { wrongChallenge } from './password-challenge.ts'
import { isRefusal, refuse } from './problems.ts'
import { type Route, route } from './route.ts'

const message = z.object({ message: z.string() })

/** A new password: for whoever knows the old one, or by a link for whoever forgot it. */
export function passwords(auth: Auth): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/passwords',
      access: 'public',
      summary: 'Ask for a mail with a link to reset the password',
      body: z.object({ email_address: emailAddressField }),
      answers: { 200: { description: 'The same for every address, known or not', body: message } },
      async handle({ body, client }) {
        await auth.requestPasswordReset(body.email_address, client)
        return answer({ message: 'Password reset instructions sent' })
      },
    }),
    route({
      method: 'PUT',
      path: '/v1/password',
      access: 'session',
      summary: 'Change your password',
      body: z
        .object({ password_challenge: passwordChallengeField, ...newPassword(auth) })
        .refine(matches, otherwise),
      answers: { 200: { description: 'Every other session of yours has ended', body: message } },
      async handle({ session, user, client, body }) {
        const { password_challenge: challenge, password } = body
        const change = { challenge, password }
        const outcome = await auth.changePassword({ session, user }, change, client)
        if (outcome === 'session_ended') return refuse('invalid_token')
        if (outcome === 'wrong_password') return wrongChallenge
        return answer({ message: 'Password has been changed.' })
      },
    }),
    ...(['PUT', 'PATCH'] as const).flatMap((method) => [
      resetByPath(auth, method),
      resetByBody(auth, method),
    ]),
  ]
}

function resetByPath(auth: Auth, method: 'PUT' | 'PATCH'): Route {
  return namingErrors(
    route({
      method,
      path: '/v1/passwords/:token',
      access: 'public',
      summary: 'Choose a new password, with the token in the path',
      params: z.object({ token: z.string() }),
      body: z.object(newPassword(auth)).refine(matches, otherwise),
      answers: reset,
      admit: ({ params }) => admit(auth, params.token),
      handle: ({ params, body, client }) => redeem(auth, { ...params, ...body, client }),
    }),
  )
}

// What the front end uses: a path is logged by every proxy on its way here.
function resetByBody(auth: Auth, method: 'PUT' | 'PATCH'): Route {
  return namingErrors(
    route({
      method,
      path: '/v1/passwords',
      access: 'public',
      summary: 'Choose a new password, with the token in the body',
      body: z.object({ token: z.string(), ...newPassword(auth) }).refine(matches, otherwise),
      answers: reset,
      admit: ({ input }) => admit(auth, input.token),
      handle: ({ body, client }) => redeem(auth, { ...body, client }),
    }),
  )
}

const reset = {
  200: {
    description: 'Every session of the user has ended, and the token is spent',
    body: message,
  },
}

const { matches, otherwise } = passwordConfirmation

function newPassword(auth: Auth) {
  return {
    password: newPasswordField(auth.config.passwords),
    password_confirmation: passwordConfirmationField,
  }
}

// SECURITY: before the password is validated, let alone hashed. A dead token buys no hash, and a live token is
// not consumed by a password that is refused.
async function admit(auth: Auth, token: unknown) {
  const isLive = typeof token === 'string' && (await auth.isPasswordResetLive(token))
  return isLive ? null : refuse('invalid_reset_token')
}

async function redeem(
  auth: Auth,
  { token, password, client }: { token: string; password: string; client: Client },
) {
  try {
    const user = await auth.resetPassword(token, password, client)
    return user ? answer({ message: 'Password has been reset.' }) : refuse('invalid_reset_token')
  } catch (error) {
    // Refused by this route, whose bodies name the messages `errors`.
    const refusal = refusalOf(error, auth.config.passwords)
    if (refusal.code === 'validation_failed') return refusal
    throw error
  }
}

// These routes name the list of messages `errors`; all others name it `error`.
function namingErrors(route: Route): Route {
  return {
    ...route,
    async respond(context) {
      const answer = await route.respond(context)
      const isNamed = isRefusal(answer) && (answer.status === 401 || answer.status === 422)
      return isNamed ? { ...answer, member: 'errors' } : answer
    },
  }
}
