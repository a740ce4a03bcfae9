import { deepEqual, equal } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  createApiKey,
  createTestServer,
  logInAs,
  type TestServer,
  verifyAddress,
} from 'latchkey/testing'
import { testOptions } from './testing.ts'

test('a project is its owner’s alone', async (context) => {
  const { app } = await startServer(context)
  const [ann, bob] = [await logInAs(app), await logInAs(app)]
  const body = new URLSearchParams({ title: 'Garden' })
  const created = await app.request('/v1/projects', { method: 'POST', body, headers: ann.headers })
  equal(created.status, 201)
  const { project } = Object(await created.json())
  equal(project.created_at, '2026-01-01T12:00:00.000Z')
  const path = `/v1/projects/${project.id}`
  equal((await app.request(path, { headers: ann.headers })).status, 200)
  equal((await app.request(path, { headers: bob.headers })).status, 404)
  equal((await app.request(path)).status, 401)
  const list = await app.request('/v1/projects', { headers: bob.headers })
  deepEqual(await list.json(), { projects: [], next_cursor: null })
})

test('a key that may read creates no project', async (context) => {
  const server = await startServer(context)
  const ann = await logInAs(server.app)
  await verifyAddress(server, ann)
  const { headers } = await createApiKey(server.app, ann, { scopes: ['projects:read'] })
  const body = new URLSearchParams({ title: 'Garden' })
  const refused = await server.app.request('/v1/projects', { method: 'POST', body, headers })
  equal(refused.status, 403)
  const list = await server.app.request('/v1/projects', { headers })
  deepEqual(await list.json(), { projects: [], next_cursor: null })
})

test('whoever has not come back for thirty days logs in again', async (context) => {
  const { app, clock } = await startServer(context)
  const { headers } = await logInAs(app)
  clock.advance({ days: 30 })
  equal((await app.request('/v1/projects', { headers })).status, 401)
})

test('the link in the mail sets a new password once, and for a quarter of an hour', async (context) => {
  const { app, mails, clock } = await startServer(context)
  const ann = await logInAs(app, 'ann@example.com')
  const ask = { method: 'POST', body: new URLSearchParams({ email_address: ann.emailAddress }) }
  const reset = async (token: string) => {
    const body = new URLSearchParams({ token, password: 'another horse battery' })
    return (await app.request('/v1/passwords', { method: 'PUT', body })).status
  }

  await app.request('/v1/passwords', ask)
  const late = await mails.tokenTo(ann.emailAddress)
  clock.advance({ minutes: 15 })
  equal(await reset(late), 401)

  await app.request('/v1/passwords', ask)
  const token = await mails.tokenTo(ann.emailAddress)
  equal(await reset(token), 200)
  equal(await reset(token), 401)
  equal((await mails.newestTo(ann.emailAddress)).subject, 'Your password was changed')
  equal((await app.request('/v1/projects', { headers: ann.headers })).status, 401)
})

async function startServer(context: TestContext): Promise<TestServer> {
  const server = await createTestServer(testOptions)
  context.after(() => server.close())
  return server
}
