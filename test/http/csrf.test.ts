// What a page of another origin makes a browser send with the session's cookie is refused, on every route
// there is, before anything is looked at.
import { answer, createApp, type Database, type Route, route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { routeTable } from '../../src/http/routes.ts'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  ann,
  appUrl,
  bearer,
  cookieIn,
  inCookie,
  ownPage,
  read,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const listed = ['https://app.example.com', 'http://localhost:3001']
const corsOrigins = listed
const page = 'https://app.example.com'

const lookalikes = [
  'https://evil.example',
  'null',
  '',
  '*',
  'https://app.example.com.evil.example',
  'https://evil-app.example.com',
  'https://app.example.com@evil.example',
  'https://sub.app.example.com',
  'https://example.com',
  'https://api.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com:443',
  'https://app.example.com/',
  'https://app.example.com.',
  'HTTPS://APP.EXAMPLE.COM',
  'https://app.example.com https://evil.example',
  'https://evil.example, https://app.example.com',
  'https://app.example.com, https://app.example.com',
  'http://localhost:3000',
  'https://localhost:3001',
  'http://127.0.0.1:3001',
  'app.example.com',
  '//app.example.com',
]

/** What a browser may say of where a request comes from, or somebody in its place. */
const sites = [
  null,
  'cross-site',
  'same-site',
  'none',
  '',
  'Same-Origin',
  'same-origin, same-origin',
  'same-origin,cross-site',
  'same-origin;a',
  '"same-origin"',
]

/** Every header that could let something through, and does not. */
const hostile = [
  ...sites.map((site) => ({ site, origin: null })),
  ...lookalikes.map((origin) => ({ site: null, origin })),
  ...sites.flatMap((site) => ['https://evil.example', 'null'].map((origin) => ({ site, origin }))),
].map(({ site, origin }) => ({
  ...(site === null ? {} : { 'sec-fetch-site': site }),
  ...(origin === null ? {} : { origin }),
}))

const own = [
  ...[null, ...lookalikes, page].map((origin) => ({
    'sec-fetch-site': 'same-origin',
    ...(origin === null ? {} : { origin }),
  })),
  ...sites.flatMap((site) =>
    listed.map((origin) => ({ ...(site === null ? {} : { 'sec-fetch-site': site }), origin })),
  ),
]

const unsafe = ['POST', 'PUT', 'PATCH', 'DELETE']

/** As somebody may add them tomorrow: one of each kind, for every method. */
const answers = { 200: { description: 'Done' } }
const body = z.object({ title: z.string().optional() })
const future = (['POST', 'PUT', 'PATCH', 'DELETE'] as const).flatMap((method) => {
  const given = { method, summary: 'Tomorrow', body, answers } as const
  const done = () => answer(undefined)
  return [
    route({ ...given, access: 'public', path: '/tomorrow/public', handle: done }),
    route({ ...given, access: 'session', path: '/tomorrow/session', handle: done }),
    route({ ...given, access: 'fresh', path: '/tomorrow/fresh', handle: done }),
    route({
      ...given,
      access: 'session_or_key',
      scope: 'projects:write',
      path: '/tomorrow/key',
      handle: done,
    }),
  ]
})

interface Walked {
  readonly server: Server
  readonly routes: readonly Route[]
  /** What the database was asked since the last time. */
  takeOperations(): readonly string[]
}

async function start(): Promise<Walked> {
  const operations: string[] = []
  const server = await startServer({
    app: { corsOrigins },
    watch: (database) => watched(database, operations),
  })
  // Whatever is sent comes through to the app that has tomorrow's routes too.
  const routes = [...templateRoutes(server.database), ...future]
  const app = createApp(server.auth, { routes, corsOrigins })
  const send: Server['send'] = async (line, sent, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = sent === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...json, ...headers } }
    const whole = sent === undefined ? init : { ...init, body: JSON.stringify(sent) }
    return read(await app.request(path, whole))
  }
  return {
    server: { ...server, app, send },
    routes: routeTable(server.auth, { appUrl, routes }),
    takeOperations: () => operations.splice(0),
  }
}

function watched(database: Database, operations: string[]): Database {
  return {
    ...database,
    countConnections: () => database.countConnections(),
    lookUp(sql, values, read) {
      operations.push(sql)
      return database.lookUp(sql, values, read)
    },
    query(sql, values) {
      operations.push(sql)
      return database.query(sql, values)
    },
    transaction(work, options) {
      operations.push('transaction')
      return database.transaction(work, options)
    },
  }
}

async function snapshot({ database }: Server): Promise<unknown[]> {
  const tables = ['users', 'sessions', 'api_keys', 'projects', 'outbox', 'password_resets']
  const more = ['email_verifications', 'email_changes', 'guard_counts', 'failed_attempts', 'events']
  return Promise.all([...tables, ...more].map((table) => database.query(`SELECT * FROM ${table}`)))
}

function lineOf({ method, path }: Route, id: string): string {
  return `${method} ${path.replace(/:\w+/g, id)}`
}

/** One body with whatever any route asks for, and nothing that is wrong with it. */
const wholeBody = {
  ...ann,
  email_address: 'new@example.com',
  password_confirmation: ann.password,
  password_challenge: ann.password,
  name: 'x',
  title: 'x',
  scopes: ['projects:read'],
}

test('every route that may change something refuses a cookie to a hostile page, and reads nothing', async () => {
  const { server, routes, takeOperations } = await start()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const dead = await signUp(server, { ...ann, email_address: 'dead@example.com' })
  await server.send('DELETE /v1/session', undefined, bearer(dead))
  const changing = routes.filter(({ method }) => method !== 'GET')
  expect(changing.length).toBeGreaterThan(20 + future.length)
  await server.auth.flush()
  const before = await snapshot(server)
  takeOperations()
  // SECURITY: live, dead, no token at all, and two of them: whoever is refused learns of none.
  const cookies = [token, dead, 'x', '', `${token}; __Host-session=${token}`]
  for (const route of changing) {
    const line = lineOf(route, session.id)
    for (const headers of hostile) {
      for (const held of headers === hostile[1] ? cookies : [token]) {
        const sent = { ...headers, cookie: `a=b; __Host-session=${held}` }
        const reply = await server.send(line, wholeBody, sent)
        const said = [line, sent, reply.status, reply.body?.code]
        expect(said).toEqual([line, sent, 403, 'csrf'])
        expect(reply.headers.has('set-cookie')).toBe(false)
      }
    }
  }
  expect(takeOperations()).toEqual([])
  await server.auth.flush()
  expect(await snapshot(server)).toEqual(before)
}, 60_000)

test('so does what is no route', async () => {
  const { server } = await start()
  const cookie = `__Host-session=${await signUp(server)}`
  for (const line of ['POST /nowhere', 'DELETE /v1/projects', 'PROPFIND /v1/session']) {
    const { status, body } = await server.send(line, undefined, { cookie, origin: 'null' })
    expect([line, status, body.code]).toEqual([line, 403, 'csrf'])
  }
})

test('no page of another origin is given a cookie, and none of its tries counts', async () => {
  const { server, takeOperations } = await start()
  await signUp(server)
  const before = await snapshot(server)
  takeOperations()
  for (const headers of hostile) {
    for (const line of ['POST /v1/session', 'POST /v1/registrations']) {
      const person = { ...ann, transport: 'cookie' }
      for (const sent of [
        person,
        { ...person, password: 'wrong horse' },
        { transport: 'cookie' },
      ]) {
        const reply = await server.send(line, sent, headers)
        expect([line, headers, reply.status, reply.body.code]).toEqual([line, headers, 403, 'csrf'])
        expect(reply.headers.has('set-cookie')).toBe(false)
      }
    }
  }
  expect(takeOperations()).toEqual([])
  expect(await snapshot(server)).toEqual(before)
})

test('nor by a form, which needs no preflight', async () => {
  const { server } = await start()
  await signUp(server)
  for (const path of ['/v1/session', '/v1/registrations']) {
    const sent = new URLSearchParams({ ...ann, transport: 'cookie' })
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const reply = await read(
      await server.app.request(path, { method: 'POST', headers, body: sent }),
    )
    expect([reply.status, reply.body.code]).toEqual([403, 'csrf'])
  }
})

test('nor for a token that it has: the one before lives on', async () => {
  const { server } = await start()
  const token = await signUp(server)
  for (const headers of hostile) {
    const asked = { ...headers, ...bearer(token) }
    const reply = await server.send('PUT /v1/session/token', { transport: 'cookie' }, asked)
    expect([headers, reply.status, reply.body.code]).toEqual([headers, 403, 'csrf'])
    expect(reply.headers.has('set-cookie')).toBe(false)
  }
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
})

test('a page of the server’s own origin, or of a listed one, may', async () => {
  const { server } = await start()
  const cookie = `__Host-session=${await signUp(server)}`
  for (const headers of own) {
    const created = await server.send('POST /v1/projects', { title: 'x' }, { ...headers, cookie })
    expect([headers, created.status]).toEqual([headers, 201])
    const loggedIn = await server.send('POST /v1/session', { ...ann, transport: 'cookie' }, headers)
    expect([headers, loggedIn.status]).toEqual([headers, 200])
    expect(cookieIn(loggedIn)).toMatch(/^lks_/)
  }
})

test('where no origin is listed, none but the server’s own may', async () => {
  const server = await startServer()
  const cookie = `__Host-session=${await signUp(server)}`
  const asked = { cookie, origin: page, 'sec-fetch-site': 'same-site' }
  expect((await server.send('POST /v1/projects', { title: 'x' }, asked)).status).toBe(403)
  const sent = { cookie, ...ownPage }
  expect((await server.send('POST /v1/projects', { title: 'x' }, sent)).status).toBe(201)
})

test('who sends a header is no browser’s victim: no page is asked for, with a cookie or without', async () => {
  const { server } = await start()
  const token = await signUp(server)
  for (const headers of hostile) {
    for (const cookie of [{}, { cookie: `__Host-session=${token}` }]) {
      const sent = { ...headers, ...bearer(token), ...cookie }
      const created = await server.send('POST /v1/projects', { title: 'x' }, sent)
      expect([headers, created.status]).toEqual([headers, 201])
    }
  }
})

test('who sends no cookie of ours is no victim either', async () => {
  const { server } = await start()
  await signUp(server)
  for (const cookie of [
    'session=x',
    'a=__Host-session=x',
    '__host-session=x',
    '__Host-session2=x',
  ]) {
    const headers = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await server.send('POST /v1/session', ann, headers)).status).toBe(200)
    expect((await server.send('POST /v1/projects', { title: 'x' }, headers)).status).toBe(401)
  }
})

test('what only reads is answered wherever it comes from, and changes nothing', async () => {
  const { server, routes } = await start()
  const token = await signUp(server)
  const before = await snapshot(server)
  for (const path of new Set(routes.map((each) => each.path))) {
    const asked = path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')
    for (const headers of [...hostile.slice(0, 5), ...own.slice(0, 2)]) {
      for (const other of unsafe) {
        const pretended = {
          ...headers,
          cookie: `__Host-session=${token}`,
          'x-http-method-override': other,
          'x-method-override': other,
        }
        for (const method of ['GET', 'HEAD', 'OPTIONS']) {
          const line = `${method} ${asked}?_method=${other}&transport=cookie`
          const { status, headers } = await server.send(line, undefined, pretended)
          // No cookie opens what METRICS_TOKEN opens.
          const good = path === '/metrics' ? [401, 404, 405] : [200, 404, 405, 422]
          expect([line, status]).toEqual([line, expect.toBeOneOf(good)])
          expect(headers.has('set-cookie')).toBe(false)
        }
      }
    }
  }
  expect(await snapshot(server)).toEqual(before)
})

test('a WebSocket is opened by a GET, and by no page of another origin', async () => {
  const server = await startServer({ app: { corsOrigins } })
  await signUp(server)
  const cookie = inCookie(
    cookieIn(await server.send('POST /v1/session', { ...ann, transport: 'cookie' }, ownPage)),
  )
  const opening = { cookie: cookie.cookie, upgrade: 'websocket', connection: 'Upgrade' }
  const statusOf = async (headers: Record<string, string>) =>
    (await server.send('GET /v1/session', undefined, { ...opening, ...headers })).status
  expect(await statusOf({ origin: 'https://evil.example' })).toBe(403)
  expect(await statusOf({ origin: 'https://evil.example', 'sec-fetch-site': 'same-site' })).toBe(
    403,
  )
  expect(await statusOf({})).toBe(403)
  expect(await statusOf({ origin: page })).toBe(200)
  expect(await statusOf({ 'sec-fetch-site': 'same-origin' })).toBe(200)
})

test('only pages that may act by the cookie are told that they may send it', async () => {
  const { server } = await start()
  const cookie = `__Host-session=${await signUp(server)}`
  for (const headers of [...hostile, ...own]) {
    const { origin = '' } = headers as { origin?: string }
    for (const line of ['GET /v1/session', 'POST /v1/projects', 'OPTIONS /v1/projects']) {
      const preflight = line.startsWith('OPTIONS')
        ? { 'access-control-request-method': 'POST' }
        : { cookie }
      const reply = await server.send(line, undefined, { ...headers, ...preflight })
      const isListed = listed.includes(origin)
      const allowed = reply.headers.get('access-control-allow-credentials')
      expect([line, headers, allowed]).toEqual([line, headers, isListed ? 'true' : null])
      const shared = reply.headers.get('access-control-allow-origin')
      expect(shared).toBe(isListed ? origin : null)
      expect(reply.headers.get('vary')).toBe('Origin')
    }
  }
})

test('a try is in the log as one that was not allowed, and counts against nobody', async () => {
  const lines: object[] = []
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const log = { info: (entry: object) => void lines.push(entry), error() {} }
  const app = createApp(server.auth, { log })
  const token = await signUp(server)
  const headers = { ...inCookie(token), 'sec-fetch-site': 'cross-site' }
  for (let time = 1; time <= 100; time++) {
    const reply = await app.request(
      '/v1/session',
      { method: 'DELETE', headers },
      { address: '192.0.2.7' },
    )
    expect(reply.status).toBe(403)
  }
  expect(lines.at(-1)).toMatchObject({
    method: 'DELETE',
    path: '/v1/session',
    status: 403,
    event: 'authz_fail',
    severity: 'CRITICAL',
    ipAddress: '192.0.2.7',
  })
  expect(JSON.stringify(lines)).not.toContain(token)
  const asked = { headers: { cookie: headers.cookie } }
  expect((await app.request('/v1/session', asked, { address: '192.0.2.7' })).status).toBe(200)
})
