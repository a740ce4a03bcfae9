import { createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import { bearer, signUp, startServer } from '../harness.ts'

const page = 'http://localhost:3001'
const open = { app: { corsOrigins: [page, 'https://app.example.com'] } }
const preflight = { origin: page, 'access-control-request-method': 'POST' }

test('a preflight from a listed origin is told what is allowed, cookies included', async () => {
  const { send } = await startServer(open)
  const { status, text, headers } = await send('OPTIONS /v1/session', undefined, preflight)
  expect([status, text]).toEqual([204, ''])
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'Authorization, Content-Type, X-Request-Id',
    'access-control-max-age': '7200',
    'cache-control': 'no-store',
    vary: 'Origin',
  })
})

test('every answer can be read by a page of a listed origin, refusals too', async () => {
  const server = await startServer(open)
  const token = await signUp(server)
  for (const line of ['GET /v1/projects', 'GET /nowhere', 'PUT /v1/session']) {
    for (const headers of [bearer(token), {}]) {
      const reply = await server.send(line, undefined, { ...headers, origin: page })
      expect(reply.headers.get('access-control-allow-origin')).toBe(page)
      expect(reply.headers.get('access-control-allow-credentials')).toBe('true')
      expect(reply.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
      expect(reply.headers.get('vary')).toBe('Origin')
    }
  }
})

test.each([
  'http://evil.example',
  'http://localhost:3000',
  'http://localhost:3001.evil.example',
  'http://evil-localhost:3001',
  'https://localhost:3001',
  'HTTP://LOCALHOST:3001',
  'http://localhost:3001/',
  'https://app.example.com.evil.example',
  'null',
  '',
  '*',
])('the origin %s gets no permission', async (origin) => {
  const { send } = await startServer(open)
  const asked = await send('OPTIONS /v1/session', undefined, { ...preflight, origin })
  const got = await send('GET /health/live', undefined, { origin })
  for (const { headers } of [asked, got]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers.get('vary')).toBe('Origin')
  }
})

test('without a list nobody is allowed', async () => {
  const { send } = await startServer()
  const { headers } = await send('OPTIONS /v1/session', undefined, preflight)
  expect(headers.has('access-control-allow-origin')).toBe(false)
})

test.each(['*', 'null', 'https://a.example/', 'a.example', 'https://*.example'])(
  'a list with %s in it is refused when the app is made',
  async (origin) => {
    const { auth } = await startServer()
    expect(() => createApp(auth, { corsOrigins: [origin] })).toThrow(RangeError)
  },
)

test('a preflight needs no token and reads none', async () => {
  const { send } = await startServer(open)
  const asked = await send('OPTIONS /v1/projects', undefined, { ...preflight, ...bearer('junk') })
  expect(asked.status).toBe(204)
})
