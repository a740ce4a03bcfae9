import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import { type Route, route } from './route.ts'

const keySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
})

/** The public keys with which services verify access tokens. */
export function signingKeys(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/.well-known/jwks.json',
      access: 'public',
      summary: 'The keys that access tokens are verified with',
      answers: {
        200: { description: 'A JWK set (RFC 7517)', body: z.object({ keys: z.array(keySchema) }) },
      },
      async handle() {
        const keys = await auth.listPublicKeys()
        // An empty set must not be cached: the first token makes the first key.
        if (keys.length === 0) return answer({ keys })
        return { ...answer({ keys }), headers: { 'cache-control': 'public, max-age=300' } }
      },
    }),
  ]
}
