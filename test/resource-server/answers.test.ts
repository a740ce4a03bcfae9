// What a resource server says: who it is, or the answer of RFC 6750.
import { createServer } from 'node:http'
import { resourceServer } from 'latchkey/resource-server'
import { expect, onTestFinished, test } from 'vitest'
import {
  audience,
  goodClaims,
  invalidToken,
  serverFor,
  startPublishedApi,
  token,
} from './published-api.ts'

test('a good token says who it is, and nothing else of it is passed on', async () => {
  const api = await startPublishedApi()
  const { sub, sid } = goodClaims(api)
  const { authenticate } = serverFor(api)
  const claims = { scope: 'reports:read reports:write', admin: true }
  expect(await authenticate(`Bearer ${token(api, { claims })}`)).toEqual({
    userId: sub,
    sid,
    scopes: ['reports:read', 'reports:write'],
    jti: 'j1',
    expiresAt: new Date('2026-01-01T12:05:00Z'),
  })
  expect(api.asked).toEqual(['GET /.well-known/jwks.json', 'GET /v1/revocations'])
})

test.each(['bearer TOKEN', 'BEARER TOKEN', 'Bearer   TOKEN'])('%s is let in', async (header) => {
  const api = await startPublishedApi()
  const caller = await serverFor(api).authenticate(header.replace('TOKEN', token(api)))
  expect(caller).toMatchObject({ jti: 'j1' })
})

test.each([
  null,
  undefined,
  '',
  'Basic b25lOnR3bw==',
  'DPoP TOKEN',
  'TOKEN',
  'BearerTOKEN',
  'Basic x, Bearer TOKEN',
])('%s is no credential: a challenge without an error', async (header) => {
  const api = await startPublishedApi()
  expect(await serverFor(api).authenticate(header?.replace('TOKEN', token(api)))).toEqual({
    status: 401,
    headers: { ...invalidToken.headers, 'www-authenticate': 'Bearer realm="api"' },
    body: { error: 'Unauthorized', code: 'unauthenticated' },
  })
  expect(api.asked).toEqual([])
})

test.each([
  'Bearer',
  'Bearer ',
  'Bearer TOKEN TOKEN',
  'Bearer TOKEN, Bearer TOKEN',
  'Bearer TOKEN,',
  'Bearer "TOKEN"',
  'Bearer token=TOKEN',
  'Bearer TOKEN ',
  'Bearer \tTOKEN',
  'Bearer lks_ntVNM5mb8pHnK8tJVN3idH6gYrrs4WFs3JA1G7',
])('%s is an invalid token, and nobody is asked about it', async (header) => {
  const api = await startPublishedApi()
  const caller = await serverFor(api).authenticate(header.replaceAll('TOKEN', token(api)))
  expect(caller).toEqual(invalidToken)
  expect(api.asked).toEqual([])
})

test('who lacks the scope is told which, and who has it and others is let in', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const scope = 'reports:write'
  const asks = async (claims: Record<string, unknown>, needed: string) =>
    authenticate(`Bearer ${token(api, { claims })}`, { scope: needed })
  const refused = {
    status: 403,
    headers: {
      ...invalidToken.headers,
      'www-authenticate': 'Bearer realm="api", error="insufficient_scope", scope="reports:write"',
    },
    body: {
      error: 'The access token lacks the scope reports:write',
      code: 'insufficient_scope',
    },
  }
  for (const granted of ['reports:read', 'reports:writer', 'REPORTS:WRITE', undefined]) {
    expect(await asks({ scope: granted }, scope)).toEqual(refused)
  }
  expect(await asks({ scope: 'a reports:write' }, scope)).toHaveProperty('userId')
  expect(await asks({ scope: 'a b' }, 'a b')).toHaveProperty('userId')
  expect(await asks({ scope: 'a c' }, 'a b')).toMatchObject({ status: 403 })
})

test('a scope that no token can have is a fault of the program, and lets nobody in', async () => {
  const api = await startPublishedApi()
  for (const scope of ['', ' ', 'a  b', ' a', 'a"b', 'a\\b', 'ä', 'a\nb']) {
    const asked = serverFor(api).authenticate(`Bearer ${token(api)}`, { scope })
    await expect(asked).rejects.toThrow(RangeError)
  }
})

test('a bad token is no question of its scope', async () => {
  const api = await startPublishedApi()
  const bearer = `Bearer ${token(api, { claims: { aud: 'another' } })}`
  expect(await serverFor(api).authenticate(bearer, { scope: 'x' })).toEqual(invalidToken)
})

test('three lines make a route of it, in a server of either kind', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const handler = async (request: Request) => {
    const caller = await authenticate(request.headers.get('authorization'))
    if ('status' in caller) return Response.json(caller.body, caller)
    return Response.json({ of: caller.userId })
  }
  const http = createServer(async (request, response) => {
    const caller = await authenticate(request.headers.authorization)
    if ('status' in caller) {
      return response.writeHead(caller.status, caller.headers).end(JSON.stringify(caller.body))
    }
    response.end(JSON.stringify({ of: caller.userId }))
  }).listen(0)
  onTestFinished(() => void http.close())
  const url = `http://127.0.0.1:${Object(http.address()).port}`
  const { sub } = goodClaims(api)
  for (const answer of [
    (init: RequestInit) => handler(new Request(url, init)),
    (init: RequestInit) => fetch(url, init),
  ]) {
    const good = await answer({ headers: { authorization: `Bearer ${token(api)}` } })
    expect([good.status, await good.json()]).toEqual([200, { of: sub }])
    const bad = await answer({ headers: { authorization: 'Bearer nope' } })
    expect([bad.status, await bad.json()]).toEqual([401, invalidToken.body])
    expect(bad.headers.get('content-type')).toBe('application/json')
    expect(bad.headers.get('www-authenticate')).toBe(invalidToken.headers['www-authenticate'])
  }
})

const good = {
  api: 'https://api.example.com',
  issuer: 'https://api.example.com',
  audience,
  revocations: 'fail-closed',
} as const

test.each([
  ['api', 'api.example.com'],
  ['api', ''],
  ['api', 'http://api.example.com'],
  ['api', 'http://127.0.0.1.example.com'],
  ['api', 'http://localhost.example.com'],
  ['api', 'ftp://api.example.com'],
  ['api', 'https://user@api.example.com'],
  ['api', 'https://api.example.com?'],
  ['api', 'https://api.example.com#keys'],
  ['issuer', ''],
  ['issuer', undefined],
  ['audience', ''],
  ['revocations', 'open'],
  ['revocations', undefined],
  ['pollSeconds', 0],
  ['pollSeconds', -1],
  ['pollSeconds', 1.5],
  ['pollSeconds', 301],
  ['pollSeconds', Number.NaN],
])('with the option %s as %s there is no server', (name, value) => {
  expect(() => resourceServer(Object.assign({}, good, { [name]: value }))).toThrow(RangeError)
})

test('an API on this machine needs no certificate, and a path before its own is kept', async () => {
  for (const api of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
    expect(resourceServer({ ...good, api })).toHaveProperty('authenticate')
  }
  const published = await startPublishedApi()
  const asked: string[] = []
  const { authenticate } = serverFor(published, {
    api: 'https://example.com/auth/',
    issuer: 'https://example.com/auth',
    fetch: async (url) => {
      asked.push(url)
      return Response.json(url.endsWith('jwks.json') ? published.keys : published.revocations)
    },
  })
  const claims = { iss: 'https://example.com/auth' }
  expect(await authenticate(`Bearer ${token(published, { claims })}`)).toHaveProperty('userId')
  expect(asked).toEqual([
    'https://example.com/auth/.well-known/jwks.json',
    'https://example.com/auth/v1/revocations',
  ])
})
