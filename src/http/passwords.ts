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

/** Changing the password, and resetting a forgotten one by a mailed link. */
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
        .refine(passwordConfirmation.holds, passwordConfirmation.problem),
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
      body: z
        .object(newPassword(auth))
        .refine(passwordConfirmation.holds, passwordConfirmation.problem),
      answers: reset,
      admit: ({ params }) => admit(auth, params.token),
      handle: ({ params, body, client }) => resetPassword(auth, { ...params, ...body, client }),
    }),
  )
}

// The front end uses this one, since every proxy on the way logs the path.
function resetByBody(auth: Auth, method: 'PUT' | 'PATCH'): Route {
  return namingErrors(
    route({
      method,
      path: '/v1/passwords',
      access: 'public',
      summary: 'Choose a new password, with the token in the body',
      body: z
        .object({ token: z.string(), ...newPassword(auth) })
        .refine(passwordConfirmation.holds, passwordConfirmation.problem),
      answers: reset,
      admit: ({ input }) => admit(auth, input.token),
      handle: ({ body, client }) => resetPassword(auth, { ...body, client }),
    }),
  )
}

const reset = {
  200: {
    description: 'Every session of the user has ended, and the token is spent',
    body: message,
  },
}

function newPassword(auth: Auth) {
  return {
    password: newPasswordField(auth.config.passwords),
    password_confirmation: passwordConfirmationField,
  }
}

// SECURITY: checked before the password is validated and hashed: a dead token must not cost a hash. A live one is not
// consumed if the password is refused.
async function admit(auth: Auth, token: unknown) {
  const isLive = typeof token === 'string' && (await auth.isPasswordResetLive(token))
  return isLive ? null : refuse('invalid_reset_token')
}

async function resetPassword(
  auth: Auth,
  { token, password, client }: { token: string; password: string; client: Client },
) {
  try {
    const user = await auth.resetPassword(token, password, client)
    return user ? answer({ message: 'Password has been reset.' }) : refuse('invalid_reset_token')
  } catch (error) {
    // Returned, not thrown, so that `namingErrors` renames its list of messages.
    const refusal = refusalOf(error, auth.config.passwords)
    if (refusal.code === 'validation_failed') return refusal
    throw error
  }
}

// The bodies of these routes call the list of messages `errors`; all others call it `error`.
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
