import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import { scopesField } from './api-key-fields.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'

/** Issuing access tokens, for these other services. */
export function accessTokens(auth: Auth, audiences: readonly string[]): Route[] {
  const { apiKeys } = auth.config
  return [
    route({
      method: 'POST',
      path: '/v1/access_tokens',
      access: 'session',
      summary: 'A token for another service',
      body: z.object({
        audience: z.enum(audiences),
        scope: scopesField(apiKeys).optional(),
      }),
      answers: {
        200: {
          description: 'A signed token (RFC 9068), and how many seconds it lives',
          body: z.object({
            access_token: z.string(),
            token_type: z.literal('Bearer'),
            expires_in: z.int().positive(),
          }),
        },
      },
      async handle({ session, user, client, body }) {
        const submitted = { audience: body.audience, scopes: body.scope ?? null }
        const issued = await auth.issueAccessToken({ session, user }, submitted, client)
        if (!issued) return refuse('invalid_token')
        return answer({
          access_token: issued.token.reveal(),
          token_type: 'Bearer',
          expires_in: issued.expiresInSeconds,
        })
      },
    }),
  ]
}
