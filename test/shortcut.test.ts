// Node's short way into the app, beside the long one: nobody can tell which an answer came by.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type App, answer, createApp, nodeServer, type Route, route } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { routes as templateRoutes } from '../templates/api/routes.ts'
import { signUp, startServer } from './harness.ts'

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
])('GET %s with %o', async (path, given) => {
  const server = await startServer()
  const token = await signUp(server)
  const authorization = `Bearer ${token}`
  const title = 'Garden'
  const created = await server.send('POST /v1/projects', { title }, { authorization })
  expect(created.status).toBe(201)
  const app = createApp(server.auth, {
    routes: templateRoutes(server.database),
    corsOrigins: ['https://app.example.com'],
  })
  const target = path.replace('its-own', created.body.project.id)
  const headers: Record<string, string> = { ...given }
  if (headers.authorization === 'ours') headers.authorization = authorization
  const [short, long] = [
    await overNode(app, target, headers),
    await inProcess(app, target, headers),
  ]
  expect(short).toEqual(long)
})

test('an ordinary GET takes the short way, what can be read in two ways the long one', async () => {
  const { auth } = await startServer()
  const app = createApp(auth)
  const long = vi.spyOn(app, 'fetch')
  const server = await listen(app)
  expect((await fetch(`${server}/health/live?a=1`)).status).toBe(200)
  expect(long).not.toHaveBeenCalled()
  expect((await fetch(`${server}/health/%6cive`)).status).toBe(200)
  expect((await fetch(`${server}/health/live`, { method: 'HEAD' })).status).toBe(200)
  expect(long).toHaveBeenCalledTimes(2)
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

async function overNode(app: App, target: string, headers: Record<string, string>) {
  return read(await fetch(`${await listen(app)}${target}`, { headers }))
}

async function inProcess(app: App, target: string, headers: Record<string, string>) {
  return read(await app.request(`http://localhost${target}`, { headers }))
}

async function read(response: Response) {
  const headers = new Headers(response.headers)
  // Node's own, and what is never twice the same.
  for (const name of ['connection', 'content-length', 'date', 'keep-alive']) headers.delete(name)
  const id = headers.get('x-request-id') ?? ''
  headers.set('x-request-id', id.replace(/^[\da-f-]{36}$/, '<id>'))
  const text = (await response.text()).replace(/"request_id":"[^"]*"/, '"request_id":"<id>"')
  return { status: response.status, headers: [...headers].sort(), text }
}

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
