import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import {
  emailAddressField,
  newPasswordField,
  passwordConfirmation,
  passwordConfirmationField,
} from './fields.ts'
import { type Route, route } from './route.ts'
import { presentUser, userSchema } from './users.ts'

/** Sign up. */
export function registrations(auth: Auth): Route[] {
  const { matches, otherwise } = passwordConfirmation
  const { passwords, signUpFields } = auth.config
  return [
    route({
      method: 'POST',
      path: '/v1/registrations',
      access: 'public',
      summary: 'Sign up',
      body: z
        .object({
          email_address: emailAddressField,
          password: newPasswordField(passwords),
          password_confirmation: passwordConfirmationField,
          ...signUpFields?.shape,
        })
        .refine(matches, otherwise),
      answers: {
        201: {
          description: 'The user, and the token of the first session: shown this once',
          body: z.object({ token: z.string(), user: userSchema }),
        },
      },
      async handle({ body, client }) {
        const {
          email_address: emailAddress,
          password,
          password_confirmation: _same,
          ...rest
        } = body
        const fields = signUpFields ? rest : null
        const { token, user } = await auth.signUp({ emailAddress, password }, client, fields)
        return answer({ token: token.reveal(), user: presentUser(user) }, 201)
      },
    }),
  ]
}
