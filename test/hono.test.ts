// Latchkey inside somebody's own Hono app.
import { Hono } from 'hono'
import { protect } from 'latchkey/hono'
import { AuthError, createApp, createAuth, createStore, current } from 'latchkey/server'
import { logInAs } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { cheapHash, openDatabase, signUpDirectly, startServer } from './harness.ts'

async function startOwnApp() {
  const store = createStore(await openDatabase())
  const auth = createAuth({ store, passwordHash: cheapHash })
  const app = new Hono()
  app.route('/', createApp(auth))
  app.use(protect(auth, { allowUnauthenticated: ['GET /welcome'] }))
  app.get('/welcome', (c) => c.text('welcome'))
  app.post('/welcome', (c) => c.text('posted'))
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

test.each(['GET /posts/:id', 'GET /*', '/welcome', 'get /welcome'])(
  'the name %s would open nothing, and is refused',
  async (name) => {
    const { auth } = await startServer()
    expect(() => protect(auth, { allowUnauthenticated: [name] })).toThrow(RangeError)
  },
)
