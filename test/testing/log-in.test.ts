// Whoever a test logs in as, whatever it asks.
import { once } from 'node:events'
import { createApp, nodeServer } from 'latchkey/server'
import { createApiKey, logInAs, type TestedApp, verifyAddress } from 'latchkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { count, startTestServer } from './projects-api.ts'

describe('somebody signs up and is let in', () => {
  const kinds: [string, (app: ReturnType<typeof createApp>) => TestedApp | Promise<TestedApp>][] = [
    ['an app with request', ({ request }) => ({ request })],
    ['an app with fetch', (app) => ({ fetch: (request) => app.fetch(request) })],
    ['a server that listens', listen],
  ]
  test.each(kinds)('to %s, by header and by cookie', async (_kind, make) => {
    const { auth } = await startTestServer()
    const api = createApp(auth, { mode: 'development' })
    const app = await make(api)
    for (const transport of ['bearer', 'cookie'] as const) {
      const user = await logInAs(app, { transport })
      expect(Object.keys(user.headers)).toContain(
        transport === 'cookie' ? 'cookie' : 'authorization',
      )
      const answer = await api.request('/v1/session', { headers: user.headers })
      expect(Object(await answer.json()).user.id).toBe(user.id)
      const out = { method: 'DELETE', headers: user.headers }
      expect((await api.request('/v1/session', out)).status).toBe(200)
    }
  })
})

async function listen(app: ReturnType<typeof createApp>): Promise<string> {
  const server = nodeServer(app).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://localhost:${Object(server.address()).port}`
}

test('in production too the cookie is found by its name', async () => {
  const { app } = await startTestServer({ app: (auth) => createApp(auth) })
  const { headers, token } = await logInAs(app, { transport: 'cookie' })
  expect(headers.cookie).toBe(`__Host-session=${token}`)
  expect((await app.request('/v1/session', { headers })).status).toBe(200)
})

test('a user who is given logs in once more, and does not sign up', async () => {
  const server = await startTestServer()
  const ann = await logInAs(server.app, 'ann@example.com')
  const onPhone = await logInAs(server.app, ann)
  expect(onPhone).toMatchObject({ id: ann.id, emailAddress: 'ann@example.com' })
  expect(onPhone.token).not.toBe(ann.token)
  expect([await count(server, 'users'), await count(server, 'sessions')]).toEqual([1, 2])
})

test('where nobody may sign up, a user is created and logs in', async () => {
  const { app, auth } = await startTestServer({ auth: { signUp: 'closed' } })
  const password = 'correct horse battery'
  const user = await auth.createUser({ emailAddress: 'ann@example.com', password })
  const { headers } = await logInAs(app, { ...user, password })
  expect((await app.request('/v1/user', { headers })).status).toBe(200)
  await expect(logInAs(app)).rejects.toThrow(/^POST \/v1\/registrations answered 4\d\d: \{/)
})

test('what else a sign-up asks for is sent along', async () => {
  const signUpFields = z.object({ name: z.string() })
  const { app } = await startTestServer({ auth: { signUpFields } })
  await expect(logInAs(app)).rejects.toThrow('answered 422')
  expect((await logInAs(app, { fields: { name: 'Ann' } })).id).toMatch(/^[\da-f-]{36}$/)
})

test('whoever has proved their address has keys, which may what their scopes say', async () => {
  const server = await startTestServer()
  const ann = await logInAs(server.app)
  const asked = { scopes: ['projects:read'] }
  await expect(createApiKey(server.app, ann, asked)).rejects.toThrow('POST /v1/api_keys answered')
  await verifyAddress(server, ann)
  const { headers } = await createApiKey(server.app, ann, asked)
  expect((await server.app.request('/v1/projects', { headers })).status).toBe(200)
  const body = new URLSearchParams({ title: 'Garden' })
  const refused = await server.app.request('/v1/projects', { method: 'POST', body, headers })
  expect(refused.status).toBe(403)
})
