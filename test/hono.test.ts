// Latchkey inside somebody's own Hono app.
import { Hono } from 'hono'
import { protect } from 'latchkey/hono'
import { AuthError, createApp, createAuth, createStore, current } from 'latchkey/server'
import { logInAs } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { ann, cheapHash, openDatabase, signUpDirectly, startServer } from './harness.ts'

async function startOwnApp() {
  const store = createStore(await openDatabase())
  const auth = createAuth({ store, passwordHash: cheapHash })
  const app = new Hono()
  app.route('/', createApp(auth))
  app.use(protect(auth, { allowUnauthenticated: ['GET /welcome'] }))
  app.get('/welcome', (c) => c.text('welcome'))
  app.post('/welcome', (c) => c.text('posted'))
  app.post('/notes', (c) => c.text('noted'))
  app.get('/notes', (c) => c.json({ notes: [], of: current()?.user.emailAddress }))
  return app
}

test('what is registered after protect needs a session', async () => {
  const app = await startOwnApp()
  const refused = await app.request('/notes')
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  const { headers, emailAddress } = await logInAs(app)
  const answered = await app.request('/notes', { headers })
  expect(await answered.json()).toEqual({ notes: [], of: emailAddress })
})

test('a route that is opened by name is open, and no other spelling of it', async () => {
  const app = await startOwnApp()
  expect((await app.request('/welcome')).status).toBe(200)
  for (const [method, path] of [
    ['POST', '/welcome'],
    ['GET', '/Welcome'],
    ['GET', '//welcome'],
    ['GET', '/welcome/'],
    ['GET', '/notes'],
  ] as const) {
    expect([path, (await app.request(path, { method })).status]).toEqual([path, 401])
  }
})

test('in an app below another a name is the full path, and in a mounted one what is left of it', async () => {
  const auth = createAuth({ store: createStore(await openDatabase()), passwordHash: cheapHash })
  const shop = (name: string) =>
    new Hono()
      .use(protect(auth, { allowUnauthenticated: [name] }))
      .get('/open', (c) => c.text('open'))
      .get('/closed', (c) => c.text('closed'))
  const app = new Hono()
  app.route('/full', shop('GET /full/open')).route('/short', shop('GET /open'))
  app.mount('/mounted', shop('GET /open').fetch)
  const statuses = async (path: string) => [
    (await app.request(`${path}/open`)).status,
    (await app.request(`${path}/closed`)).status,
  ]
  expect(await statuses('/full')).toEqual([200, 401])
  expect(await statuses('/short')).toEqual([401, 401])
  expect(await statuses('/mounted')).toEqual([200, 401])
})

test('Latchkey’s own routes stay public where they are', async () => {
  const app = await startOwnApp()
  const { headers } = await logInAs(app, 'ann@example.com')
  expect((await app.request('/v1/session', { headers })).status).toBe(200)
  expect((await app.request('/v1/session', { method: 'DELETE', headers })).status).toBe(200)
  expect((await app.request('/notes', { headers })).status).toBe(401)
})

test('while the database is away the answer is 503 with a time to return', async () => {
  const store = createStore(await openDatabase())
  const auth = createAuth({ store, passwordHash: cheapHash })
  const app = new Hono().use(protect(auth)).get('/notes', (c) => c.text('notes'))
  const { token } = await signUpDirectly(auth, {
    emailAddress: 'a@b.example',
    password: 'correct horse',
  })
  store.findSession = async () => {
    throw new AuthError('unavailable')
  }
  const headers = { authorization: `Bearer ${token.reveal()}`, 'x-request-id': 'mine' }
  const answered = await app.request('/notes', { headers })
  expect(answered.status).toBe(503)
  expect(answered.headers.get('retry-after')).toBe('2')
  expect(await answered.json()).toMatchObject({ code: 'unavailable', request_id: 'mine' })
})

test('HEAD is open where GET is', async () => {
  const app = await startOwnApp()
  expect((await app.request('/welcome', { method: 'HEAD' })).status).toBe(200)
})

const json = { 'content-type': 'application/json' }
const fromOwnPage = { 'sec-fetch-site': 'same-origin' }

async function cookieOf(app: Hono, headers: Record<string, string>): Promise<string> {
  const body = JSON.stringify({ ...ann, transport: 'cookie' })
  const init = { method: 'POST', headers: { ...json, ...headers }, body }
  const loggedIn = await app.request('/v1/registrations', init)
  const [cookie = ''] = (loggedIn.headers.get('set-cookie') ?? '').split(';')
  return cookie
}

test('a session in a cookie is let in too, and changes something for a page of this origin alone', async () => {
  const app = await startOwnApp()
  const cookie = await cookieOf(app, fromOwnPage)
  expect(cookie).toMatch(/^__Host-session=lks_/)
  const got = await app.request('/notes', { headers: { cookie } })
  expect(await got.json()).toEqual({ notes: [], of: ann.email_address })
  const post = async (headers: Record<string, string>) => {
    const answered = await app.request('/notes', {
      method: 'POST',
      headers: { cookie, ...headers },
    })
    return [answered.status, await answered.text()]
  }
  expect(await post(fromOwnPage)).toEqual([200, 'noted'])
  const origin = 'https://evil.example'
  for (const headers of [{}, { origin }, { 'sec-fetch-site': 'same-site', origin }]) {
    expect(await post(headers)).toEqual([403, expect.stringContaining('"code":"csrf"')])
  }
})

test('protect reads the same header and cookie as Latchkey’s own routes, and judges them alike', async () => {
  const app = await startOwnApp()
  const cookie = await cookieOf(app, fromOwnPage)
  const [, token = ''] = cookie.split('=')
  const statusOf = async (headers: Record<string, string>) =>
    (await app.request('/notes', { headers })).status
  expect(await statusOf({ cookie: `session=${token}` })).toBe(401)
  expect(await statusOf({ cookie: `${cookie}; ${cookie}` })).toBe(401)
  expect(await statusOf({ cookie, authorization: 'Basic YTpi' })).toBe(401)
  expect(await statusOf({ cookie: 'junk', authorization: `Bearer ${token}` })).toBe(200)
})

test('protect knows listed origins, and the plain cookie of development, where it is told', async () => {
  const store = createStore(await openDatabase())
  const auth = createAuth({ store, passwordHash: cheapHash })
  const options = { mode: 'development', corsOrigins: ['http://localhost:3001'] } as const
  const app = new Hono()
  app.route('/', createApp(auth, options))
  app.use(protect(auth, options)).post('/notes', (c) => c.text('noted'))
  const origin = 'http://localhost:3001'
  const cookie = await cookieOf(app, { origin })
  expect(cookie).toMatch(/^session=lks_/)
  const statusOf = async (headers: Record<string, string>) =>
    (await app.request('/notes', { method: 'POST', headers: { cookie, ...headers } })).status
  expect(await statusOf({ origin, 'sec-fetch-site': 'same-site' })).toBe(200)
  expect(await statusOf({ origin: 'http://localhost:3000' })).toBe(403)
  expect(() => protect(auth, { corsOrigins: ['*'] })).toThrow(RangeError)
})

test.each(['GET /posts/:id', 'GET /*', '/welcome', 'get /welcome'])(
  'the name %s would open nothing, and is refused',
  async (name) => {
    const { auth } = await startServer()
    expect(() => protect(auth, { allowUnauthenticated: [name] })).toThrow(RangeError)
  },
)
