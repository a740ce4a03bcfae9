import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { User } from '../core/entities.ts'
import { answer } from './answers.ts'
import { emailAddressField, passwordChallengeField } from './fields.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import { toTimestamp } from './timestamp.ts'
import { takeCookie } from './transport.ts'

export const userSchema = z.object({
  id: z.uuid(),
  email_address: z.string().meta({ format: 'email' }),
  email_verified: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

/** The logged-in user: show, change the address, delete. */
export function users(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/user',
      access: 'session',
      summary: 'Who you are',
      answers: { 200: { description: 'The user', body: z.object({ user: userSchema }) } },
      handle: ({ user }) => answer({ user: presentUser(user) }),
    }),

    route({
      method: 'PATCH',
      path: '/v1/user',
      access: 'fresh',
      summary: 'Change your address, by a link that is mailed to the new one',
      body: z.object({
        email_address: emailAddressField,
        password_challenge: passwordChallengeField.optional(),
      }),
      answers: {
        202: {
          description: 'The mail is on its way: the same for an address that somebody has',
          body: z.object({ message: z.string() }),
        },
      },
      async handle({ session, user, client, body }) {
        const { email_address: emailAddress } = body
        const queued = await auth.requestEmailChange({ session, user }, emailAddress, client)
        if (!queued) return refuse('invalid_token')
        return answer({ message: 'Confirmation instructions sent' }, 202)
      },
    }),

    route({
      method: 'DELETE',
      path: '/v1/user',
      access: 'fresh',
      summary: 'Delete yourself, with everything that is yours',
      answers: { 204: { description: 'It is gone; the address may sign up again' } },
      async handle({ session, client, transport, cookie }) {
        const isDeleted = await auth.deleteOwnUser(session, client)
        if (!isDeleted) return refuse('invalid_token')
        return { ...answer(undefined, 204), headers: takeCookie({ transport, cookie }, 'forget') }
      },
    }),
  ]
}

// SECURITY: the members are named one by one, so that a new member of `User` is not sent until it is added here.
export function presentUser(user: User): z.infer<typeof userSchema> {
  return {
    id: user.id,
    email_address: user.emailAddress,
    email_verified: user.emailVerifiedAt !== null,
    created_at: toTimestamp(user.createdAt),
    updated_at: toTimestamp(user.updatedAt),
  }
}
