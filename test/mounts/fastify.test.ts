// What is Fastify's own: scopes, the order of plugins, the config of a route, the request.
import { Readable } from 'node:stream'
import { setTimeout as later } from 'node:timers/promises'
import cors from '@fastify/cors'
import Fastify, { type FastifyInstance } from 'fastify'
import { latchkey, protect } from 'latchkey/fastify'
import { type Auth, AuthError, answer, current, route } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { mount } from '../../templates/authentication/fastify/mount.ts'
import { ann, bearer, createApiKey, read, signUp, startServer, verifyAddress } from '../harness.ts'

async function start() {
  const server = await startServer()
  const app = Fastify()
  onTestFinished(() => app.close())
  return { ...server, app, own: bearer(await signUp(server)) }
}

const open = { config: { access: 'public' } } as const
const hello = async () => 'hello'

async function statusOf(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  return (await app.inject({ url, headers })).statusCode
}

test('the order in which plugins and routes are registered opens nothing', async () => {
  const { app, auth, own } = await start()
  app.get('/before', hello)
  app.register(async (child) => {
    child.get('/child-before', hello)
    child.register(async (grandchild) => void grandchild.get('/grandchild-before', hello))
  })
  app.get('/open-before', open, hello)
  // Not awaited.
  app.register(latchkey, { auth })
  app.get('/after', hello)
  app.get('/open-after', open, hello)
  app.register(async (child) => void child.get('/child-after', hello))
  await app.ready()
  const paths = ['/before', '/child-before', '/grandchild-before', '/after', '/child-after']
  for (const path of [...paths, '/nowhere']) {
    expect([path, await statusOf(app, path)]).toEqual([path, 401])
  }
  for (const path of paths) expect([path, await statusOf(app, path, own)]).toEqual([path, 200])
  for (const path of ['/open-before', '/open-after']) {
    expect([path, await statusOf(app, path)]).toEqual([path, 200])
  }
  expect(await statusOf(app, '/nowhere', own)).toBe(404)
})

test('the same holds for what is loaded before the plugin is registered', async () => {
  const { app, auth } = await start()
  app.get('/before', hello)
  await app.register(async (child) => void child.get('/child-before', hello))
  await app.register(protect, { auth })
  expect([await statusOf(app, '/before'), await statusOf(app, '/child-before')]).toEqual([401, 401])
})

test('a scope is closed with those below it, and none beside it or above', async () => {
  const { app, auth, own } = await start()
  app.get('/', hello)
  app.register(async (site) => void site.get('/site', hello), { prefix: '/a' })
  app.register(
    async (api) => {
      await api.register(latchkey, { auth })
      api.register(async (below) => void below.get('/notes', hello))
    },
    { prefix: '/b' },
  )
  expect([await statusOf(app, '/'), await statusOf(app, '/a/site')]).toEqual([200, 200])
  expect([await statusOf(app, '/b/notes'), await statusOf(app, '/b/notes', own)]).toEqual([
    401, 200,
  ])
  // Latchkey's own routes are where the scope is.
  expect(await statusOf(app, '/b/v1/session', own)).toBe(200)
  expect(await statusOf(app, '/v1/session', own)).toBe(404)
})

test('Latchkey’s own routes may be below a path, with parameters in it as well', async () => {
  const { app, auth, own } = await start()
  app.register(async (scope) => scope.register(latchkey, { auth, prefix: '/auth/' }), {
    prefix: '/:tenant',
  })
  expect(await statusOf(app, '/acme/auth/v1/session?x=1', own)).toBe(200)
  expect(await statusOf(app, '/acme/v1/session', own)).toBe(404)
  const asked = await app.inject({
    ...{ method: 'POST', url: '/acme/auth/v1/session' },
    payload: ann,
  })
  expect([asked.statusCode, asked.json().token]).toEqual([200, expect.stringMatching(/^lks_/)])
})

test('a route says in its config who may, and what it says has to exist', async () => {
  const server = await startServer()
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(latchkey, { auth: server.auth })
  app.get('/session', { config: { access: 'session' } }, hello)
  app.get('/fresh', { config: { access: 'fresh' } }, hello)
  const byKey = { config: { access: { scope: 'projects:read' } } } as const
  app.get('/key', byKey, async () => current()?.apiKey?.name ?? null)
  app.get('/key/user', byKey, async ({ user }) => user.emailAddress)
  app.get('/key/session', byKey, async ({ session }) => session.id)
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token, { scopes: ['projects:read'] })
  const { token: other } = await createApiKey(server, token, { scopes: ['projects:write'] })
  expect(await statusOf(app, '/fresh', bearer(token))).toBe(200)
  server.clock.advance({ minutes: 11 })
  const stale = await app.inject({ url: '/fresh', headers: bearer(token) })
  expect([stale.statusCode, stale.json().code]).toEqual([403, 'fresh_authentication_required'])
  for (const [path, status] of [
    ...([
      ['/session', 403],
      ['/fresh', 403],
      ['/key', 200],
      ['/key/user', 200],
    ] as const),
    ['/key/session', 500],
  ] as const) {
    expect([path, await statusOf(app, path, bearer(key))]).toEqual([path, status])
  }
  expect((await app.inject({ url: '/key', headers: bearer(key) })).body).toBe('Nightly build')
  expect(await statusOf(app, '/key', bearer(other))).toBe(403)
  expect(await statusOf(app, '/key', bearer(token))).toBe(200)
  expect(await statusOf(app, '/key')).toBe(401)
})

test.each(['Public', 'Fresh', { scope: 'notes:fly' }, {}, null])(
  'the access %j stops the start, and a route that was there before lets nobody in',
  async (access) => {
    const { app, auth, own } = await start()
    // As plain JavaScript would say it.
    const config = Object({ access })
    app.get('/early', { config }, hello)
    await app.register(latchkey, { auth })
    expect(() => app.get('/late', { config }, hello)).toThrow(RangeError)
    expect(await statusOf(app, '/early')).toBe(500)
    expect(await statusOf(app, '/early', own)).toBe(500)
  },
)

test('on a route that is opened there is nobody, and to ask the request for them is a fault', async () => {
  const { app, auth, own } = await start()
  await app.register(latchkey, { auth })
  const faults: unknown[] = []
  app.addHook('onError', async (_request, _reply, error) => void faults.push(error.message))
  app.get('/user', open, async ({ user }) => user)
  app.get('/session', open, async ({ session }) => session)
  app.get('/current', open, async () => ({ current: current() }))
  expect(await statusOf(app, '/user', own)).toBe(500)
  expect(await statusOf(app, '/session', own)).toBe(500)
  expect(faults).toEqual([
    expect.stringMatching(/^\/user is open to everybody/),
    expect.stringMatching(/^\/session is open to everybody/),
  ])
  expect((await app.inject({ url: '/current', headers: own })).json()).toEqual({ current: null })
})

test('current() is whose request it is in every hook and handler, also behind a body', async () => {
  const server = await startServer()
  const app = Fastify()
  await app.register(latchkey, { auth: server.auth })
  const seen = async () => {
    await later(1)
    return current()?.user.emailAddress
  }
  app.addHook('preHandler', async (request) => {
    if ((await seen()) !== request.user.emailAddress) throw new Error('somebody else')
  })
  app.addHook('preHandler', (_request, _reply, done) => void setImmediate(done))
  app.post('/notes', async ({ user, body }) => ({
    body,
    of: user.emailAddress,
    seen: await seen(),
  }))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const people = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
  const tokens = await Promise.all(
    people.map((email_address) => signUp(server, { ...ann, email_address })),
  )
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const headers = { ...bearer(tokens[index % 10] ?? ''), 'content-type': 'application/json' }
      const body = JSON.stringify({ index, padding: 'x'.repeat(100_000) })
      const answered = await fetch(`${url}/notes`, { method: 'POST', headers, body })
      const { body: said } = await read(answered)
      return [said.body.index, said.of, said.seen]
    }),
  )
  expect(answers).toEqual(
    answers.map((_, index) => [index, people[index % 10], people[index % 10]]),
  )
})

test('with @fastify/cors before it a preflight is answered, and a page can read a refusal', async () => {
  const { app, auth } = await start()
  const origin = 'https://app.example.com'
  await app.register(cors, { origin: [origin], credentials: true })
  await app.register(latchkey, { auth, corsOrigins: [origin] })
  app.post('/notes', hello)
  const asked = { origin, 'access-control-request-method': 'POST' }
  const preflight = await app.inject({ method: 'OPTIONS', url: '/notes', headers: asked })
  expect(preflight.statusCode).toBe(204)
  const refused = await app.inject({ method: 'POST', url: '/notes', headers: { origin } })
  expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([
    401,
    origin,
  ])
  const own = await app.inject({ method: 'DELETE', url: '/v1/session', headers: { origin } })
  expect([own.statusCode, own.headers['access-control-allow-origin']]).toEqual([401, origin])
})

test('whom a request comes from is said by trustedProxies, and not by trustProxy of Fastify', async () => {
  const { auth } = await startServer()
  const addressIn = async (options: object) => {
    const app = Fastify({ trustProxy: true })
    onTestFinished(() => app.close())
    await app.register(latchkey, { auth, ...options, log: { info() {}, error() {} } })
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    const payload = { ...ann, email_address: `${Object.keys(options).length}@example.com` }
    const begun = await app.inject({ method: 'POST', url: '/v1/registrations', headers, payload })
    const listed = { url: '/v1/sessions', headers: bearer(begun.json().token) }
    return (await app.inject(listed)).json().sessions[0].ip_address
  }
  expect(await addressIn({})).toBe('127.0.0.1')
  expect(await addressIn({ trustedProxies: ['127.0.0.1'] })).toBe('203.0.113.7')
})

test('what cannot be answered is in the log of Fastify, and what is broken is its own to answer', async () => {
  const { auth, ...server } = await startServer()
  const lines: string[] = []
  const app = Fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } })
  onTestFinished(() => app.close())
  await app.register(latchkey, { auth })
  app.get('/notes', hello)
  const own = bearer(await signUp({ ...server, auth }))
  auth.config.store.findSession = async () => {
    throw new AuthError('unavailable')
  }
  expect(await statusOf(app, '/notes', own)).toBe(503)
  expect(lines.filter((line) => line.includes('"level":50')).join()).toContain('"unavailable"')
  auth.config.store.findSession = async () => {
    throw new TypeError('a fault')
  }
  expect((await app.inject({ url: '/notes', headers: own })).json().message).toBe('a fault')
})

test('what would be refused or not found at each request is refused at the start', async () => {
  const { auth } = await startServer()
  const http2 = Fastify({ http2: true })
  await expect(async () => http2.register(protect, { auth })).rejects.toThrow('HTTP/1.1')
  const access = 'public'
  const summary = 'A pattern'
  const described = { access, summary, answers: { 200: { description: 'Found' } } } as const
  const pattern = route({
    ...{ ...described, method: 'GET', path: '/notes/:id{[0-9]+}' },
    handle: () => answer({}),
  })
  const app = Fastify()
  app.register(latchkey, { auth, routes: [pattern] })
  await expect(app.ready()).rejects.toThrow('/notes/:id{[0-9]+} has a pattern')
})

test.each([
  ['a log-out', 1_000, 401],
  ['a log-out', 999, 200],
  ['nothing', 1_001, 200],
] as const)(
  'after %s, a body that comes %i ms late gets %i',
  async (what, milliseconds, status) => {
    const { app, auth, own, send } = await start()
    const done: unknown[] = []
    app.register(latchkey, { auth })
    app.post('/late', async ({ body, user }) => {
      done.push(body)
      return user.emailAddress
    })
    await app.ready()
    // It stands still but for that: a busy machine makes no body later than it says.
    const began = Math.round(performance.now())
    const moved = vi.spyOn(performance, 'now').mockReturnValue(began)
    onTestFinished(() => moved.mockRestore())
    async function* text() {
      if (what === 'a log-out') await send('DELETE /v1/session', undefined, own)
      moved.mockReturnValue(began + milliseconds)
      yield '{"title":"Late"}'
    }
    const headers = { ...own, 'content-type': 'application/json' }
    const payload = Readable.from(text(), { objectMode: false, highWaterMark: 1 })
    const answered = await app.inject({ method: 'POST', url: '/late', headers, payload })
    expect(answered.statusCode).toBe(status)
    expect(done).toEqual(status === 200 ? [{ title: 'Late' }] : [])
  },
)

test('so is what comes late with a key that was revoked, and a database that is away lets nobody in', async () => {
  const server = await startServer()
  const { auth, send } = server
  const app = Fastify()
  onTestFinished(() => app.close())
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key, id } = await createApiKey(server, token)
  app.register(latchkey, { auth })
  const byKey = { config: { access: { scope: 'projects:write' } } } as const
  app.post('/late', byKey, async () => 'done')
  await app.ready()
  const now = performance.now.bind(performance)
  const moved = vi.spyOn(performance, 'now')
  onTestFinished(() => moved.mockRestore())
  const ask = (act: () => Promise<unknown>) => {
    async function* text() {
      await act()
      moved.mockImplementation(() => now() + 1_001)
      yield '{}'
    }
    moved.mockImplementation(now)
    const headers = { ...bearer(key), 'content-type': 'application/json' }
    return app.inject({ method: 'POST', url: '/late', headers, payload: Readable.from(text()) })
  }
  expect((await ask(async () => {})).statusCode).toBe(200)
  const { store } = auth.config
  const find = vi.spyOn(store, 'findApiKeyById').mockRejectedValueOnce(new AuthError('unavailable'))
  expect((await ask(async () => {})).statusCode).toBe(503)
  find.mockRestore()
  const revoked = await ask(() => send(`DELETE /v1/api_keys/${id}`, undefined, bearer(token)))
  expect([revoked.statusCode, revoked.json().code]).toEqual([401, 'invalid_token'])
})

test('nor is a body let in late that a parser reads and gives to nobody', async () => {
  const { app, auth, own, send } = await start()
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume().on('end', () => done(null))
  })
  app.register(latchkey, { auth })
  app.post('/late', hello)
  await app.ready()
  const began = Math.round(performance.now())
  const moved = vi.spyOn(performance, 'now').mockReturnValue(began)
  onTestFinished(() => moved.mockRestore())
  async function* text() {
    await send('DELETE /v1/session', undefined, own)
    moved.mockReturnValue(began + 1_000)
    yield 'a picture'
  }
  const headers = { ...own, 'content-type': 'image/png' }
  const payload = Readable.from(text(), { objectMode: false, highWaterMark: 1 })
  const answered = await app.inject({ method: 'POST', url: '/late', headers, payload })
  expect(answered.statusCode).toBe(401)
})

test('an access that a hook gives to the routes of a scope counts, and one that does not exist lets nobody in', async () => {
  const build = (auth: Auth, access: unknown) => {
    const app = Fastify()
    onTestFinished(() => app.close())
    app.register(protect, { auth })
    app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        // As plain JavaScript would say it.
        route.config = Object({ access, ...route.config })
      })
      scope.get('/own', hello)
    })
    return app
  }
  const { auth, clock, own } = await start()
  clock.advance({ minutes: 10 })
  expect(await statusOf(build(auth, 'session'), '/own', own)).toBe(200)
  expect(await statusOf(build(auth, 'fresh'), '/own', own)).toBe(403)
  // It would let in any session, however old.
  for (const wrong of ['Fresh', { scope: 'projects:fly' }]) {
    expect(await statusOf(build(auth, wrong), '/own', own)).toBe(500)
  }
})

test('in a generated app, a route of several methods is opened only by all of their names', async () => {
  const { app, auth } = await start()
  await mount(app, auth)
  app.route({ method: ['GET', 'POST', 'DELETE'], url: '/', handler: hello })
  // Otherwise the GET, which has a name, would open the other two for whoever comes later.
  for (const method of ['POST', 'GET', 'POST', 'DELETE'] as const) {
    expect([method, (await app.inject({ method, url: '/' })).statusCode]).toEqual([method, 401])
  }
})

test('in a generated app, a route of one method is opened by its name, and so is its HEAD', async () => {
  const { app, auth } = await start()
  await mount(app, auth)
  app.get('/', hello)
  app.post('/', hello)
  const answers = [
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['POST', '/', 401],
    ['GET', '/nowhere', 401],
  ] as const
  for (const [method, url, status] of answers) {
    expect([method, url, (await app.inject({ method, url })).statusCode]).toEqual([
      method,
      url,
      status,
    ])
  }
})
