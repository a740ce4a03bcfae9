// Node's short way into the app, beside the long one: nobody can tell which an answer came by.
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type App, answer, createApp, nodeServer, type Route, route } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import { ann, signUp, startServer } from '../harness.ts'

const nowhere = '00000000-0000-7000-8000-000000000000'

test.each([
  ['/', {}],
  ['/health/live', { 'x-request-id': 'a-proxys-own' }],
  ['/openapi.json', { origin: 'https://app.example.com' }],
  ['/openapi.json', { origin: 'https://other.example.com' }],
  ['/v1/projects', {}],
  ['/v1/projects', { authorization: 'ours' }],
  ['/v1/projects', { authorization: 'Bearer lks_rubbish' }],
  ['/v1/projects', { authorization: 'Basic YTpi' }],
  ['/v1/projects?limit=1', { authorization: 'ours' }],
  ['/v1/projects?limit=0&cursor=x', { authorization: 'ours' }],
  ['/v1/projects?limit=%31', { authorization: 'ours' }],
  [`/v1/projects/${nowhere}`, { authorization: 'ours' }],
  ['/v1/projects/its-own', { authorization: 'ours' }],
  ['/v1/projects/', { authorization: 'ours' }],
  ['//v1/projects', { authorization: 'ours' }],
  ['/v1/./projects', { authorization: 'ours' }],
  ['/v1/%70rojects', { authorization: 'ours' }],
  ['/v1/nothing', {}],
])('GET %s with %o', async (path, headers) => {
  await requireSame(`GET ${path}`, { headers })
})

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const page = { origin: 'https://app.example.com' }
const asking = { 'access-control-request-method': 'POST' }

test.each<[string, Record<string, string>, string | Uint8Array<ArrayBuffer> | undefined]>([
  ['POST /v1/session', json, JSON.stringify(ann)],
  ['POST /v1/session', form, String(new URLSearchParams(ann))],
  ['POST /v1/session', { ...json, ...page }, JSON.stringify(ann)],
  ['POST /v1/session', json, JSON.stringify({ ...ann, password: 'wrong' })],
  ['POST /v1/session', json, ''],
  ['POST /v1/session', json, undefined],
  ['POST /v1/session', json, '{"email_address":'],
  ['POST /v1/session', json, '[]'],
  ['POST /v1/session', json, new Uint8Array([0x7b, 0xff, 0x7d])],
  ['POST /v1/session', json, '\u{feff}{}'],
  ['POST /v1/session', form, '%ff=%ff'],
  ['POST /v1/session', { 'content-type': 'application/json; charset=utf-8' }, '{}'],
  ['POST /v1/session', { 'content-type': 'application/json; charset=latin1' }, '{}'],
  ['POST /v1/session', { 'content-type': 'text/plain' }, '{}'],
  ['POST /v1/session', json, 'x'.repeat(64 * 1024)],
  ['POST /v1/session', json, 'x'.repeat(64 * 1024 + 1)],
  ['POST /v1/session?a=1', json, JSON.stringify(ann)],
  ['POST /v1/session/', json, JSON.stringify(ann)],
  ['POST /v1/registrations', json, JSON.stringify(ann)],
  ['POST /v1/registrations', json, JSON.stringify({ email_address: 'é@example.com' })],
  ['POST /v1/passwords', json, JSON.stringify(ann)],
  ['POST /v1/projects', { ...json, authorization: 'ours' }, '{"title":"Grün 🌱"}'],
  ['POST /v1/projects', json, '{"title":"Garden"}'],
  ['POST /v1/projects', { ...json, authorization: 'Bearer lks_rubbish' }, '{"title":"Garden"}'],
  ['POST /v1/projects', { ...json, cookie: 'ours', ...page }, '{"title":"Garden"}'],
  ['POST /v1/projects', { ...json, cookie: 'ours', origin: 'https://evil.example' }, '{}'],
  ['PATCH /v1/projects/its-own', { ...json, authorization: 'ours' }, '{"title":"Hedge"}'],
  [`DELETE /v1/projects/${nowhere}`, { authorization: 'ours' }, undefined],
  ['DELETE /v1/session', {}, undefined],
  ['DELETE /v1/session', json, '{}'],
  ['PUT /v1/session', json, '{}'],
  ['DELETE /v1/passwords', {}, undefined],
  ['PROPFIND /v1/session', {}, undefined],
  ['OPTIONS /v1/session', { ...page, ...asking }, undefined],
  ['OPTIONS /v1/session', { origin: 'https://evil.example', ...asking }, undefined],
  ['OPTIONS /v1/session', page, undefined],
  ['POST /v1/nothing', json, '{}'],
  ['HEAD /health/live', {}, undefined],
  ['HEAD /v1/projects', { authorization: 'ours' }, undefined],
])('%s with %o and the body %o', async (line, headers, body) => {
  await requireSame(line, { headers, body: body ?? null })
})

test('an ordinary request takes the short way, what can be read in two ways the long one', async () => {
  const server = await startServer()
  await signUp(server)
  const app = createApp(server.auth)
  const long = vi.spyOn(app, 'fetch')
  const origin = await listen(app)
  const logIn = { method: 'POST', headers: json, body: JSON.stringify(ann) }
  const short: [string, RequestInit, number][] = [
    ['/health/live?a=1', {}, 200],
    ['/v1/session', logIn, 200],
    ['/v1/session', { method: 'POST' }, 422],
    ['/v1/session', { method: 'DELETE' }, 401],
    ['/v1/session', { method: 'PUT' }, 405],
    ['/v1/session', { method: 'OPTIONS', headers: asking }, 204],
  ]
  for (const [path, init, status] of short) {
    expect((await fetch(origin + path, init)).status).toBe(status)
  }
  expect(long).not.toHaveBeenCalled()
  const chunked = { ...logIn, body: new Blob([logIn.body]).stream(), duplex: 'half' as const }
  const others: [string, RequestInit, number][] = [
    ['/health/%6cive', {}, 200],
    ['/health/live', { method: 'HEAD' }, 200],
    ['/v1/%73ession', logIn, 200],
    ['/v1/session', chunked, 200],
    ['/nowhere', {}, 404],
  ]
  for (const [path, init, status] of others) {
    expect((await fetch(origin + path, init)).status).toBe(status)
  }
  expect(long).toHaveBeenCalledTimes(others.length)
  const withBody = request(`${origin}/health/live`, { headers: { 'content-length': 2 } }).end('{}')
  const [answered] = await once(withBody, 'response')
  expect(answered.resume().statusCode).toBe(200)
  expect(long).toHaveBeenCalledTimes(others.length + 1)
})

test('a body is read once: to ask for it again is a fault, and not a body without bytes', async () => {
  const { auth } = await startServer()
  const error = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void error.mockRestore())
  const app = createApp(auth, { routes: [twice, raw] })
  for (const send of [await overNode(app), inProcess(app)]) {
    const init = { method: 'POST', headers: json, body: '{"a":1}' }
    expect((await send('/twice', init)).status).toBe(500)
    expect(Object(await (await send('/raw', init)).json())).toEqual({ read: '{"a":1}' })
  }
})

test('what is added to the app afterwards is not passed by', async () => {
  const { auth } = await startServer()
  const app = createApp(auth)
  app.get('/health/late', (context) => context.text('late'))
  const server = await listen(app)
  expect(await (await fetch(`${server}/health/late`)).text()).toBe('late')
  expect((await fetch(`${server}/health/live`)).status).toBe(200)
})

test('a body that cannot be sent is a 500, and the server lives on', async () => {
  const { auth } = await startServer()
  const error = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void error.mockRestore())
  const server = await listen(createApp(auth, { routes: [circular] }))
  const broken = await fetch(`${server}/circular`)
  expect([broken.status, Object(await broken.json()).code]).toEqual([500, 'internal_error'])
  expect(error).toHaveBeenCalled()
  expect((await fetch(`${server}/health/live`)).status).toBe(200)
})

const circular: Route = route({
  method: 'GET',
  path: '/circular',
  access: 'public',
  summary: 'A bug',
  answers: {},
  handle() {
    const body: Record<string, unknown> = {}
    body.itself = body
    return answer(body)
  },
})

const twice: Route = route({
  method: 'POST',
  path: '/twice',
  access: 'public',
  summary: 'A body that is read twice',
  body: z.object({ a: z.number() }),
  answers: {},
  async handle({ request }) {
    return answer({ length: (await request.arrayBuffer()).byteLength })
  },
})

const raw: Route = route({
  method: 'POST',
  path: '/raw',
  access: 'public',
  summary: 'A body that the route reads itself',
  answers: {},
  async handle({ request }) {
    return answer({ read: Buffer.from(await request.arrayBuffer()).toString() })
  },
})

type Send = (target: string, init: RequestInit) => Promise<Response>

/** What one way gives, in a world of its own, so that no attempt counts for the other. */
async function requireSame(line: string, init: RequestInit & { headers: object }): Promise<void> {
  const [short, long] = [await ask(overNode), await ask(inProcess)]
  expect(short).toEqual(long)

  async function ask(way: (app: App) => Send | Promise<Send>) {
    const { app, token, projectId } = await withProject()
    const [method = '', path = ''] = line.split(' ')
    const send = await way(app)
    const headers = Object.entries(init.headers).map(([name, value]) => [
      name,
      value.replace('ours', name === 'cookie' ? `__Host-session=${token}` : `Bearer ${token}`),
    ])
    const target = path.replace('its-own', projectId)
    return read(await send(target, { ...init, method, headers: Object.fromEntries(headers) }))
  }
}

async function withProject() {
  const server = await startServer()
  const token = await signUp(server)
  const title = 'Garden'
  const bearer = { authorization: `Bearer ${token}` }
  const created = await server.send('POST /v1/projects', { title }, bearer)
  expect(created.status).toBe(201)
  const app = createApp(server.auth, {
    routes: templateRoutes(server.database),
    corsOrigins: [page.origin],
  })
  return { app, token, projectId: String(created.body.project.id) }
}

async function overNode(app: App): Promise<Send> {
  const origin = await listen(app)
  return (target, init) => fetch(origin + target, init)
}

function inProcess(app: App): Send {
  return async (target, init) => app.request(`http://localhost${target}`, init)
}

async function read(response: Response) {
  const headers = new Headers(response.headers)
  // Node's own.
  for (const name of ['connection', 'content-length', 'date', 'keep-alive']) headers.delete(name)
  const answered = { headers: [...headers].sort(), text: await response.text() }
  const same = JSON.stringify(answered).replaceAll(neverTwice, '<its own>')
  return { status: response.status, ...JSON.parse(same) }
}

// Ids, tokens, times.
const neverTwice =
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\blk[a-z]_\w+|\b\d{4}-\d\d-\d\dT[\d:.]+Z/g

async function listen(app: App): Promise<string> {
  const http = nodeServer(app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
