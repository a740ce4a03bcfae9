// The rules that hold for every route: a route that forgets one fails here.
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { answer, createApp, type Log, nodeServer, type Route, route, Secret } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  ann,
  appUrl,
  bearer,
  createApiKey,
  inCookie,
  openDatabase,
  read,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from '../harness.ts'

const someId = '00000000-0000-7000-8000-000000000000'

async function everyRoute(): Promise<{ server: Server; routes: Route[] }> {
  const server = await startServer()
  return { server, routes: tableOf(server) }
}

function lineOf({ method, path }: Route): string {
  return `${method} ${path.replace(/:\w+/g, someId)}`
}

test('a well-known path that nobody knows is no success', async () => {
  const { send } = await startServer()
  const made = 'resource-that-should-not-exist-whose-status-code-should-not-be-200'
  const { status, body } = await send(`GET /.well-known/${made}`)
  expect([status, body.code]).toEqual([404, 'not_found'])
})

test('a manager of passwords is led to the page where one is changed', async () => {
  const { auth, send } = await startServer()
  const { status, headers, text } = await send('GET /.well-known/change-password')
  expect([status, headers.get('location'), text]).toEqual([302, `${appUrl}/account`, ''])
  const below = createApp(auth, { appUrl: 'https://example.com/app/' })
  const { headers: led } = await below.request('/.well-known/change-password')
  expect(led.get('location')).toBe('https://example.com/app/account')
  const alone = await createApp(auth).request('/.well-known/change-password')
  expect(alone.status).toBe(404)
  expect(() => createApp(auth, { appUrl: 'app.example.com' })).toThrow(RangeError)
})

test('what needs a session answers 401 with a challenge to everybody else, and does nothing', async () => {
  const { server, routes } = await everyRoute()
  const token = await signUp(server)
  const snapshot = () =>
    Promise.all(
      ['users', 'sessions', 'projects'].map((table) =>
        server.database.query(`SELECT * FROM ${table}`),
      ),
    )
  const before = await snapshot()
  const closed = routes.filter(({ access }) => access !== 'public')
  for (const route of closed) {
    const mistyped = token.slice(0, -1) + (token.endsWith('1') ? '2' : '1')
    const cookies = [{ cookie: `token=${token}; session=${token}` }, inCookie(mistyped)]
    for (const headers of [{}, bearer(mistyped), ...cookies]) {
      const { status, headers: answered } = await server.send(lineOf(route), undefined, headers)
      expect([lineOf(route), status]).toEqual([lineOf(route), 401])
      expect(answered.get('www-authenticate')).toMatch(/^Bearer realm="api"/)
    }
    if (route.method === 'GET') continue
    const malformed = await server.send(lineOf(route), '{')
    expect([lineOf(route), malformed.status]).toEqual([lineOf(route), 401])
  }
  expect(await snapshot()).toEqual(before)
})

test('what is sensitive is refused to a session that is not fresh, and to a wrong password', async () => {
  const { server, routes } = await everyRoute()
  const headers = bearer(await signUp(server))
  const sensitive = routes.filter(({ access }) => access === 'fresh')
  expect(sensitive.length).toBeGreaterThan(0)
  const users = () => server.database.query('SELECT * FROM users')
  const before = await users()
  for (const minutes of [0, 10]) {
    server.clock.advance({ minutes })
    for (const route of sensitive) {
      // Whoever reads the document learns how.
      expect(
        Object(z.toJSONSchema(Object(route.schemas.body), { io: 'input' })).properties,
      ).toHaveProperty('password_challenge')
      for (const password_challenge of ['wrong password', '', null, 0, [], {}, true]) {
        const reply = await server.send(lineOf(route), { password_challenge }, headers)
        expect([lineOf(route), reply.status]).toEqual([lineOf(route), 422])
      }
      if (minutes === 0) continue
      for (const body of [undefined, {}, { password: ann.password }]) {
        const { status, body: answered } = await server.send(lineOf(route), body, headers)
        expect([status, answered.code]).toEqual([403, 'fresh_authentication_required'])
      }
    }
  }
  expect(await users()).toEqual(before)
})

test('every answer, good or bad, is not stored, not sniffed, not framed, and has a request id', async () => {
  const { server, routes } = await everyRoute()
  const headers = bearer(await signUp(server))
  const lines = [
    ...routes.map(lineOf),
    'GET /nowhere',
    'DELETE /v1/projects',
    'OPTIONS /v1/session',
  ]
  for (const line of lines) {
    for (const credentials of [headers, {}]) {
      const reply = await server.send(line, undefined, credentials)
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        // Who asks in vain finds no key that could be kept.
        'cache-control':
          line === 'GET /v1/revocations'
            ? 'public, max-age=2, stale-while-revalidate=0'
            : 'no-store',
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/./),
        vary: 'Origin',
      })
      if (reply.status >= 400) {
        expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
        // The routes of password resets call it `errors`.
        const { error = reply.body.errors } = reply.body
        expect({ ...reply.body, error }).toMatchObject({
          error: expect.anything(),
          code: expect.stringMatching(/^[a-z_]+$/),
          request_id: reply.headers.get('x-request-id'),
        })
      }
    }
  }
})

const headersOfAll = [
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
  'x-request-id',
]

test('an answer has the headers that are listed here, and no other', async () => {
  const { server, routes } = await everyRoute()
  const found = new Map<string, Set<number>>()
  const lines = [...routes.map(lineOf), 'GET /nowhere', 'DELETE /v1/projects']
  for (const line of lines) {
    for (const body of line.startsWith('GET') ? [undefined] : ['{', '{}', undefined]) {
      // Of whoever this line logs out or deletes.
      await signUp(server)
      const { token } = (await server.send('POST /v1/session', ann)).body
      const { token: another } = (await server.send('POST /v1/session', ann)).body
      const hostile = { ...inCookie(another), 'sec-fetch-site': 'cross-site' }
      const credentials = [bearer(token), hostile, inCookie(another), {}]
      for (const headers of [...credentials, { authorization: 'Bearer x, Bearer y' }]) {
        const reply = await server.send(line, body, headers)
        for (const name of reply.headers.keys()) {
          found.set(name, (found.get(name) ?? new Set()).add(reply.status))
        }
      }
    }
  }
  const statusesOf = (name: string) => [...(found.get(name) ?? [])].sort().join(' ')
  expect([...found.keys()].sort()).toEqual(
    [
      ...headersOfAll,
      ...['allow', 'clear-site-data', 'content-type', 'location', 'set-cookie', 'www-authenticate'],
    ].sort(),
  )
  expect(statusesOf('clear-site-data')).toBe('200')
  expect(statusesOf('set-cookie')).toBe('200')
  expect(statusesOf('allow')).toBe('405')
  expect(statusesOf('location')).toBe('302')
  expect(statusesOf('www-authenticate')).toBe('401')
  const all = [...new Set([...found.values()].flatMap((statuses) => [...statuses]))].sort()
  expect(all).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 404, 405, 422]))
  for (const name of headersOfAll) expect([name, statusesOf(name)]).toEqual([name, all.join(' ')])
})

test('what only reads changes nothing, whatever else it says it is', async () => {
  const { server, routes } = await everyRoute()
  const token = await signUp(server)
  const tables = ['users', 'sessions', 'api_keys', 'projects', 'outbox', 'password_resets']
  const snapshot = () =>
    Promise.all(tables.map((table) => server.database.query(`SELECT * FROM ${table}`)))
  const before = await snapshot()
  for (const path of new Set(routes.map((route) => route.path))) {
    const asked = path.replace(/:\w+/g, someId)
    for (const other of ['DELETE', 'POST', 'PUT', 'PATCH']) {
      const pretended = {
        ...(other === 'PUT' ? inCookie(token) : bearer(token)),
        'x-http-method-override': other,
        'x-http-method': other,
        'x-method-override': other,
      }
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const line = `${method} ${asked}?_method=${other}&password_challenge=${ann.password}`
        const { status } = await server.send(line, undefined, pretended)
        // For whoever has another token.
        const own = asked === '/metrics' ? [401, 405] : [200, 302, 404, 405, 422]
        expect([line, status]).toEqual([line, expect.toBeOneOf(own)])
      }
    }
  }
  expect(await snapshot()).toEqual(before)
})

test('another method on a known path is 405 and says which there are', async () => {
  const { server, routes } = await everyRoute()
  for (const path of new Set(routes.map(({ path }) => path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (methods.some((known) => known === method)) continue
      const reply = await server.send(`${method} ${path.replace(/:\w+/g, someId)}`)
      expect([method, path, reply.status]).toEqual([method, path, 405])
      expect(reply.headers.get('allow')).toBe(allowed.join(', '))
    }
  }
})

test('HEAD answers as GET does, without a body', async () => {
  const { server, routes } = await everyRoute()
  const headers = bearer(await signUp(server))
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const got = await server.send(lineOf(route), undefined, headers)
    const head = await server.send(lineOf(route).replace('GET', 'HEAD'), undefined, headers)
    expect([route.path, head.status, head.text]).toEqual([route.path, got.status, ''])
  }
})

test('a body in another format is 415, a broken one 400, one over 64 KiB 413', async () => {
  const { server, routes } = await everyRoute()
  const authorization = bearer(await signUp(server))
  for (const { method, path, schemas } of routes) {
    if (!schemas.body) continue
    const send = async (
      body: string | Uint8Array<ArrayBuffer> | ReadableStream,
      type: string,
      more = {},
    ) => {
      const headers = { ...authorization, 'content-type': type, ...more }
      const init = { method, headers, body, duplex: 'half' as const }
      return (await server.app.request(path.replace(/:\w+/g, someId), init)).status
    }
    expect(await send('a=b', 'text/plain')).toBe(415)
    expect(await send('{}', 'application/vnd.api+json')).toBe(415)
    expect(await send('{}', 'application/json, text/plain')).toBe(415)
    expect(await send('{}', 'application/json; charset=latin1')).toBe(415)
    expect(await send('--x--', 'multipart/form-data; boundary=x')).toBe(415)
    const gzip = { 'content-encoding': 'gzip' }
    expect(await send('{}', 'application/json', gzip)).toBe(415)
    expect(await send(gzipSync('{}'), 'application/json', gzip)).toBe(415)
    expect(await send('{', 'application/json')).toBe(400)
    expect(await send('[1]', 'application/json')).toBe(400)
    expect(await send('a=%ff', 'application/x-www-form-urlencoded')).toBe(400)
    expect(await send(new Uint8Array([0x22, 0xff, 0x22]), 'application/json')).toBe(400)
    const large = JSON.stringify({ z: 'z'.repeat(65_536) })
    expect(await send(large, 'application/json')).toBe(413)
    expect(await send(new Blob([large]).stream(), 'application/json')).toBe(413)
    // Node holds a body to its Content-Length; whoever calls `fetch` in this process need not.
    expect(await send(large, 'application/json', { 'content-length': '2' })).toBe(413)
    expect(await send('{}', 'application/json', { 'content-length': '70000' })).toBe(413)
  }
})

test('every route is in the OpenAPI document, with its access, and nothing else is', async () => {
  const { server, routes } = await everyRoute()
  const { body } = await server.send('GET /openapi.json')
  expect(body.openapi).toBe('3.1.0')
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.entries(Object(operations)).map(([method, operation]) => {
      const security = JSON.stringify(Object(operation).security)
      return `${security} ${method.toUpperCase()} ${path}`
    }),
  )
  const declared = routes.map(({ access, scope, method, path }) => {
    const own = access === 'operator' ? [{ operator: [] }] : []
    const session = ['public', 'operator'].includes(access)
      ? own
      : [{ session: [] }, { session_cookie: [] }]
    const security = scope === null ? session : [...session, { api_key: [scope] }]
    return `${JSON.stringify(security)} ${method} ${path.replace(/:(\w+)/g, '{$1}')}`
  })
  expect(documented.sort()).toEqual(declared.sort())
})

test('what may be left out of a query has its default in the document', async () => {
  const { server } = await everyRoute()
  const { body } = await server.send('GET /openapi.json')
  const limit = { type: 'integer', minimum: 1, maximum: 100, default: 50 }
  expect(body.paths['/v1/sessions'].get.parameters).toContainEqual(
    expect.objectContaining({ name: 'limit', in: 'query', required: false, schema: limit }),
  )
})

test('a success has the shape that the document promises', async () => {
  const { server, routes } = await everyRoute()
  const headers = bearer(await signUp(server))
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const { status, body } = await server.send(lineOf(route), undefined, headers)
    if (status !== 200) continue
    expect(route.answers[200]?.body?.safeParse(body).error).toBeUndefined()
  }
})

test('an answer has the members that its document names, and no other', async () => {
  const { server, routes } = await everyRoute()
  const token = await signUp(server)
  const headers = bearer(token)
  await verifyAddress(server, token)
  await createApiKey(server, token)
  const { project } = (await server.send('POST /v1/projects', { title: 'x' }, headers)).body
  const bodies: Record<string, object> = {
    'POST /v1/registrations': { ...ann, email_address: 'bob@example.com' },
    'POST /v1/session': ann,
    'POST /v1/api_keys': { name: 'x', scopes: ['projects:read'] },
    'POST /v1/projects': { title: 'x' },
    'PUT /v1/session/freshness': { password_challenge: ann.password },
    'PATCH /v1/projects/:id': { title: 'y' },
    'PATCH /v1/user': { email_address: 'new@example.com' },
    'POST /v1/passwords': ann,
  }
  const asked = routes.filter(({ method, path }) => method === 'GET' || bodies[`${method} ${path}`])
  expect(asked.length).toBeGreaterThan(15)
  // One document is whatever it is, one is for somebody else, and one route leads away.
  const others = ['/openapi.json', '/metrics', '/.well-known/change-password']
  for (const route of asked.filter(({ path }) => !others.includes(path))) {
    const line = `${route.method} ${route.path}`
    const reply = await server.send(line.replace(':id', project.id), bodies[line], headers)
    const schema = route.answers[reply.status]?.body
    expect([line, reply.status, schema !== undefined]).toEqual([line, reply.status, true])
    if (schema) expect([line, strangers(z.toJSONSchema(schema), reply.body)]).toEqual([line, []])
  }
})

/** Members of a value, at any depth, that a JSON Schema does not name. */
function strangers(schema: unknown, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => strangers(Object(schema).items, each))
  if (typeof value !== 'object' || value === null) return []
  const { anyOf = [], properties } = Object(schema)
  if (anyOf.length > 0) return strangers(Object(anyOf).find(isOfObjects), value)
  return Object.entries(value).flatMap(([name, each]) => {
    const known = Object(properties)[name]
    return known === undefined ? [name] : strangers(known, each)
  })
}

function isOfObjects({ type }: { type?: unknown }): boolean {
  return type === 'object'
}

test('a fault inside a route is a bare 500 with the request id, logged with its cause', async () => {
  const database = await openDatabase()
  const { auth } = await startServer()
  const logged: unknown[] = []
  const log = { info() {}, error: (entry: object) => void logged.push(entry) }
  const app = createApp(auth, { routes: templateRoutes(database), log })
  auth.config.store.ping = async () => {
    throw new Error('the secret reason')
  }
  const reply = await read(await app.request('/health/ready'))
  expect(reply.status).toBe(500)
  expect(reply.body).toEqual({
    error: 'Internal Server Error',
    code: 'internal_error',
    request_id: reply.headers.get('x-request-id'),
  })
  expect(logged).toEqual([{ requestId: reply.body.request_id, err: expect.any(Error) }])
})

test('two routes on one line are refused when the app is made', async () => {
  const { auth, database } = await startServer()
  const twice = [...templateRoutes(database), ...templateRoutes(database)]
  expect(() => createApp(auth, { routes: twice })).toThrow('GET / is declared twice')
})

test.each(['/wrong', '/%77rong'])(
  'what JSON cannot hold is a fault too, by the short way and by the long one: %s',
  async (path) => {
    const { auth } = await startServer()
    const logged: string[] = []
    const log: Log = {
      info: (entry, message) => void logged.push(`${message} ${entry.status}`),
      error: (entry, message) => void logged.push(`${message} ${String(entry.err)}`),
    }
    const wrong = route({
      method: 'GET',
      path: '/wrong',
      access: 'public',
      summary: 'Answer a bigint',
      answers: { 200: { description: 'Nothing that JSON can hold' } },
      handle: () => answer({ count: 1n }),
    })
    const server = nodeServer(createApp(auth, { routes: [wrong], log })).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = Object(server.address())
    const reply = await read(await fetch(`http://127.0.0.1:${port}${path}`))
    expect([reply.status, reply.body.code, reply.headers.get('x-content-type-options')]).toEqual([
      500,
      'internal_error',
      'nosniff',
    ])
    expect(reply.body.request_id).toBe(reply.headers.get('x-request-id'))
    expect(logged).toEqual([
      expect.stringMatching(/^internal_error TypeError: .*BigInt/),
      'request 500',
    ])
  },
)

test.each([undefined, 'Session', 'operators'])(
  'a route with the access %s is not declared',
  (access) => {
    // As plain JavaScript would say it.
    const wrong = Object({ method: 'GET', path: '/notes', summary: '', answers: {}, access })
    expect(() => route(wrong)).toThrow(`GET /notes has the access ${access}, which does not exist`)
  },
)

test('a handler that is a method finds what else its definition has', async () => {
  const server = await startServer()
  const given = { method: 'GET', summary: 'Greet', answers: {}, greeting: 'Good morning' } as const
  const handle = function (this: { readonly greeting?: string }) {
    return answer({ greeting: this.greeting })
  }
  const routes = [
    route({ ...given, access: 'public', path: '/public', handle }),
    route({ ...given, access: 'session', path: '/session', handle }),
    route({ ...given, access: 'session_or_key', scope: 'projects:read', path: '/key', handle }),
    route({ ...given, access: 'operator', token: new Secret(operator), path: '/operator', handle }),
    route({ ...given, access: 'development', path: '/development', handle }),
  ]
  const app = createApp(server.auth, { routes, mode: 'development' })
  const own = bearer(await signUp(server))
  for (const { path } of routes) {
    const headers = { host: 'localhost', ...(path === '/operator' ? bearer(operator) : own) }
    const reply = await app.request(path, { headers }, { address: '127.0.0.1' })
    expect([path, await reply.json()]).toEqual([path, { greeting: 'Good morning' }])
  }
})

const operator = 'an operator of the tests'
