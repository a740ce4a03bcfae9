import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { Revocations } from '../core/revocations.ts'
import { answer, WrittenJson } from './answers.ts'
import { type Route, route } from './route.ts'

/** The ended sessions whose access tokens have not expired yet, for services that accept access tokens. */
export function revocations(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/revocations',
      access: 'public',
      summary: 'Sessions that ended within the life of their access tokens',
      answers: {
        200: {
          description:
            'Of each `sid` the first 16 bytes of its SHA-256, base64url; `issued_before`, where they are too many to list: tokens whose `iat` is not greater are refused too',
          body: z.object({
            revoked: z.array(z.string()),
            issued_before: z.int().nullable(),
          }),
        },
      },
      async handle() {
        const body = writtenOnce(await auth.listRevocations())
        return { ...answer(body), headers: { 'cache-control': caching } }
      },
    }),
  ]
}

// SECURITY: the last directive is for Varnish, which otherwise serves an expired answer for ten more seconds (RFC 5861
// §3), and ignores `must-revalidate`.
const caching = 'public, max-age=2, stale-while-revalidate=0'

const written = new WeakMap<Revocations, WrittenJson>()

// Serializing ten thousand entries takes longer than reading them, and many services may ask.
function writtenOnce(list: Revocations): WrittenJson {
  const { revoked, issuedBefore } = list
  const json = written.get(list) ?? new WrittenJson({ revoked, issued_before: issuedBefore })
  written.set(list, json)
  return json
}
