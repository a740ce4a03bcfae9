import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { bearer, signUp, startServer } from '../harness.ts'

test('a session gets a token for another service, which verifies it with the keys that are served', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const asked = { audience: 'https://files.example.com' }
  const { body, status } = await server.send('POST /v1/access_tokens', asked, bearer(token))
  expect([status, body]).toEqual([200, expect.objectContaining({ expires_in: 300 })])
  const jwks = (await server.send('GET /.well-known/jwks.json')).body
  const verified = await jwtVerify(body.access_token, createLocalJWKSet(jwks), {
    issuer: 'https://api.example.com',
    audience: 'https://files.example.com',
    currentDate: server.clock(),
  })
  expect(verified.protectedHeader).toEqual({
    alg: 'ES256',
    typ: 'at+jwt',
    kid: jwks.keys[0].kid,
  })
})
