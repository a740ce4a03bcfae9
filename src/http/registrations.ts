import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { SignUp } from '../core/options.ts'
import { answer } from './answers.ts'
import {
  emailAddressField,
  newPasswordField,
  passwordConfirmation,
  passwordConfirmationField,
  passwordIsNotAddress,
} from './fields.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'
import type { Answers } from './route-definition.ts'
import { admitTransport, endHeld, giveCookie, transportField } from './transport.ts'
import { presentUser, userSchema } from './users.ts'

/** Signing up. */
export function registrations(auth: Auth): Route[] {
  const { passwords, signUp, signUpFields } = auth.config
  const notAddress = passwordIsNotAddress(passwords)
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
          transport: transportField.default('bearer'),
          ...signUpFields?.shape,
        })
        .refine(passwordConfirmation.holds, passwordConfirmation.problem)
        .refine(notAddress.holds, notAddress.problem),
      answers: answers[signUp],
      // Before anything is validated: a request that is refused here costs no hash, and counts against no limit.
      admit: async (submission) =>
        signUp === 'closed' ? refuse('sign_up_closed') : admitTransport(submission),
      async handle({ body, client, request, cookie }) {
        const {
          email_address: emailAddress,
          password,
          password_confirmation: _same,
          transport,
          ...rest
        } = body
        const fields = signUpFields ? rest : null
        const signedUp = await auth.signUp({ emailAddress, password, fields }, client)
        if (signedUp.outcome === 'confirmation_queued') return confirmationQueued
        const user = presentUser(signedUp.user)
        if (transport === 'bearer') return answer({ token: signedUp.token.reveal(), user }, 201)
        await endHeld({ auth, request, client, cookie })
        return { ...answer({ user }, 201), headers: giveCookie({ auth, cookie }, signedUp) }
      },
    }),
  ]
}

const answers: Record<SignUp, Answers> = {
  open: {
    201: {
      description:
        'The user, and the token of the first session: shown this once, or in the cookie',
      body: z.object({ token: z.string().optional(), user: userSchema }),
    },
  },
  confirm: {
    202: {
      description: 'The same for every address, known or not: a mail with a link is on its way',
      body: z.object({ message: z.string() }),
    },
  },
  closed: {},
}

const confirmationQueued = answer({ message: 'Check your mail to finish signing up' }, 202)
