// The Authorization header: RFC 6750, RFC 9110 §11, and what Rails' clients send.
import { assert, asyncProperty, constantFrom, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import { bearer, createApiKey, signUp, startServer, verifyAddress } from '../harness.ts'

const url = 'GET /v1/projects'
const realm = 'Bearer realm="api"'

test.each([
  'Bearer TOKEN',
  'bearer TOKEN',
  'BEARER TOKEN',
  'Token TOKEN',
  'token TOKEN',
  'Token token=TOKEN',
  'Token token="TOKEN"',
  'Bearer token="TOKEN"',
  'Bearer "TOKEN"',
  'Bearer   TOKEN',
  'Bearer \tTOKEN',
  'Bearer TOKEN   ',
  '   Bearer TOKEN',
  'Bearer TOKEN, nonce="x"',
  'Bearer TOKEN;y',
  'Bearer TOKEN\tfoo',
  'Bearer ,,TOKEN',
  'Bearer ,  TOKEN',
  'Bearer TOKEN  , nonce="x"',
])('%s is let in', async (header) => {
  const server = await startServer()
  const authorization = header.replace('TOKEN', await signUp(server))
  expect((await server.send(url, undefined, { authorization })).status).toBe(200)
})

test.each([
  'Basic b25lOnR3bw==',
  'DPoP TOKEN',
  'TOKEN',
  'BearerTOKEN',
  '\u00a0Bearer TOKEN',
  'Bearer\u00a0TOKEN',
  '',
])('%s counts as no credential: a challenge without an error', async (header) => {
  const server = await startServer()
  const authorization = header.replace('TOKEN', await signUp(server))
  const { status, body, headers } = await server.send(url, undefined, { authorization })
  expect(status).toBe(401)
  expect(body).toMatchObject({ error: 'Unauthorized', code: 'unauthenticated' })
  expect(headers.get('www-authenticate')).toBe(realm)
})

test.each([
  'Bearer',
  'Bearer ,',
  'Bearer ;',
  'Bearer token=',
  'Bearer token=""',
  'Bearer TOKEN more',
  'Bearer TOKEN=',
  'Bearer token=TOKEN=x',
  'Bearer TOKENtoken=',
  'Bearer ""TOKEN',
  'Bearer TOKEN""',
  'Bearer nonce=x, token=TOKEN',
  'Bearer Bearer TOKEN',
  'Bearer Token TOKEN',
  "Bearer ' OR 1=1 --",
  'Bearer é',
  'Bearer lks_',
  'Bearer \u00a0TOKEN\u00a0',
])('%s is an invalid token', async (header) => {
  const server = await startServer()
  const authorization = header.replace('TOKEN', await signUp(server))
  const { status, body, headers } = await server.send(url, undefined, { authorization })
  expect(status).toBe(401)
  expect(body).toMatchObject({ error: 'Unauthorized', code: 'invalid_token' })
  expect(headers.get('www-authenticate')).toBe(`${realm}, error="invalid_token"`)
})

test('malformed, unknown, revoked and expired are one answer, byte for byte', async () => {
  const server = await startServer()
  const expired = await signUp(server)
  server.clock.advance({ days: 30 })
  const revoked = await signUp(server, {
    email_address: 'b@example.com',
    password: 'pass phrase 2',
  })
  await server.send('DELETE /v1/session', undefined, bearer(revoked))
  const unknown = await signUp(await startServer())
  const answers = []
  for (const token of ['malformed', unknown, revoked, expired]) {
    const headers = { ...bearer(token), 'x-request-id': 'same' }
    const reply = await server.send(url, undefined, headers)
    answers.push([reply.status, reply.text, ...reply.headers])
  }
  expect(answers[0]?.[0]).toBe(401)
  for (const each of answers) expect(each).toEqual(answers[0])
})

test.each([
  'Bearer TOKEN, Bearer TOKEN',
  'Bearer nope, Basic abc',
  'Basic abc, Bearer TOKEN',
  'Bearer TOKEN, Basic',
  'Bearer TOKEN, Bearer =x',
  'Bearer TOKEN, X_Y abc',
  'Bearer TOKEN, X_Y  abc',
  'Bearer TOKEN,Bearer TOKEN',
])('%s are two credentials, and a bad request', async (header) => {
  const server = await startServer()
  const authorization = header.replaceAll('TOKEN', await signUp(server))
  const { status, body } = await server.send(url, undefined, { authorization })
  expect([status, body.code]).toEqual([400, 'invalid_request'])
  expect(body.error).toMatch(/one Authorization header/)
})

test('a token with a blank within is no token', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { status } = await server.send(
    url,
    undefined,
    bearer(`${token.slice(0, 9)} ${token.slice(9)}`),
  )
  expect(status).toBe(401)
})

test('a token in the query or in the body is not read', async () => {
  const server = await startServer()
  const token = await signUp(server)
  for (const name of ['token', 'access_token']) {
    expect((await server.send(`${url}?${name}=${token}`)).status).toBe(401)
    expect((await server.send('DELETE /v1/session', { [name]: token })).status).toBe(401)
  }
  expect((await server.send(url, undefined, bearer(token))).status).toBe(200)
})

test('a challenge has each parameter once, and nothing of what was sent', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token, { scopes: ['projects:read'] })
  const parameter = '(?:error|scope)="[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]+"'
  const grammar = new RegExp(`^Bearer realm="api"(?:, ${parameter})*$`)
  const hostile = stringMatching(/^[\t -~\xa0-\xff]*$/)
  const scheme = constantFrom(
    '',
    'Bearer ',
    'Token ',
    'Bearer realm="x", ',
    `Bearer ${key}, `,
    'Basic ',
  )
  await assert(
    asyncProperty(scheme, hostile, async (start, rest) => {
      const authorization = `${start}${rest}`
      for (const line of ['GET /v1/session', 'POST /v1/projects']) {
        const { status, headers } = await server.send(line, undefined, { authorization })
        expect([authorization, [400, 401, 403].includes(status)]).toEqual([authorization, true])
        const challenge = headers.get('www-authenticate')
        if (status === 400) expect(challenge).toBeNull()
        else expect(challenge).toMatch(grammar)
        const names = challenge?.match(/\w+(?==)/g) ?? []
        expect(new Set(names).size).toBe(names.length)
      }
    }),
    { numRuns: 300 },
  )
})

test('a very long header is refused and not searched for long', async () => {
  const { send } = await startServer()
  for (const filler of [' ', ',', 'a', 'a ', ', a', '"', '=']) {
    const authorization = `Bearer ${filler.repeat(80_000 / filler.length)}`
    expect((await send(url, undefined, { authorization })).status).toBeGreaterThanOrEqual(400)
  }
})
