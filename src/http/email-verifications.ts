import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import { recognizeRequest } from './bearer.ts'
import { describeProblem } from './messages.ts'
import { isRefusal, refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { presentUser, userSchema } from './users.ts'

/** Verifying an address by the token in a mailed link. */
export function emailVerifications(auth: Auth): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/email_verifications',
      access: 'session',
      summary: 'Ask for a mail with a link that confirms your address',
      answers: {
        202: {
          description: 'The mail is on its way, unless the address is confirmed',
          body: z.object({ message: z.string() }),
        },
      },
      async handle({ session, user, client }) {
        const queued = await auth.requestEmailVerification({ session, user }, client)
        if (!queued) return refuse('invalid_token')
        return answer({ message: 'Confirmation instructions sent' }, 202)
      },
    }),

    route({
      method: 'PUT',
      path: '/v1/email_verifications',
      access: 'public',
      summary: 'Confirm an address, with your session or your password beside the token',
      body: z.object({ token: z.string(), password: z.string().optional() }),
      answers: {
        200: { description: 'The user, with that address', body: z.object({ user: userSchema }) },
      },
      async admit({ input: { token } }) {
        const isLive = typeof token === 'string' && (await auth.isEmailVerificationLive(token))
        return isLive ? null : refuse('invalid_verification_token')
      },
      async handle({ body: { token, password = null }, client, request, cookie }) {
        const authenticated = await recognizeRequest({ auth, request, cookie })
        if (authenticated && isRefusal(authenticated)) return authenticated
        const submitted = { token, authenticated, password }
        const verified = await auth.verifyEmailAddress(submitted, client)
        switch (verified.outcome) {
          case 'verified':
            return answer({ user: presentUser(verified.user) })
          case 'invalid_token':
            return refuse('invalid_verification_token')
          case 'password_required':
            return passwordBlank
          case 'wrong_password':
            return passwordWrong
        }
      },
    }),
  ]
}

const passwordBlank = refuse('validation_failed', {
  problems: [describeProblem('password', 'blank', "can't be blank")],
})

const passwordWrong = refuse('validation_failed', {
  problems: [describeProblem('password', 'invalid', 'is invalid')],
})
