import { equal } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createTestServer, logInAs, type TestServer } from 'latchkey/testing'
import { testOptions } from './testing.ts'

test('a session ends after thirty days without use', async (context) => {
  const { app, clock } = await startServer(context)
  const { headers } = await logInAs(app)
  clock.advance({ days: 30 })
  equal((await app.request('/v1/projects', { headers })).status, 401)
})

test('the link in the mail sets a new password once, and only within fifteen minutes', async (context) => {
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
