import { createHash } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { accessTokens, bearer, type Reply, type Server } from './harness.ts'

const [audience = ''] = accessTokens.audiences

/** Asks for an access token with the token of a session. */
export function askForAccessToken(
  { send }: Pick<Server, 'send'>,
  token: string,
  asked: object = { audience },
): Promise<Reply> {
  return send('POST /v1/access_tokens', asked, bearer(token))
}

/** @returns an access token */
export async function issue(server: Server, token: string): Promise<string> {
  const { body, status } = await askForAccessToken(server, token)
  expect([status, body.error]).toEqual([200, undefined])
  return body.access_token
}

/** Verifies an access token as a service does that knows only the published keys. */
export async function verify({ send, clock }: Server, accessToken: string) {
  const { body } = await send('GET /.well-known/jwks.json')
  return jwtVerify(accessToken, createLocalJWKSet(body), {
    algorithms: ['ES256'],
    typ: 'at+jwt',
    issuer: accessTokens.issuer,
    audience: [...accessTokens.audiences],
    currentDate: clock(),
  })
}

/** The session that an access token names. */
export async function sidOf(server: Server, accessToken: string): Promise<string> {
  const { payload } = await verify(server, accessToken)
  return String(payload.sid)
}

/** Whether the published list revokes tokens with this `sid`. Moves the clock by a second, by which it may be late. */
export async function isRevoked(server: Server, sid: string): Promise<boolean> {
  server.clock.advance({ seconds: 1 })
  const { body } = await server.send('GET /v1/revocations')
  return body.revoked.includes(revocationOf(sid))
}

export function revocationOf(sid: string): string {
  return createHash('sha256').update(sid, 'ascii').digest().subarray(0, 16).toString('base64url')
}
