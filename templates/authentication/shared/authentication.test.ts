import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { logInAs, type TestServer } from 'latchkey/testing'
import { withServer } from '../hono/testing.ts'

const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }

test('signing up logs the user in', () =>
  withServer(async (server) => {
    const { status, body } = await ask(server, 'POST /v1/registrations', { body: ann })
    equal(status, 201)
    match(body.token, /^lks_/)
    const notes = await ask(server, 'GET /notes', { token: body.token })
    deepEqual([notes.status, notes.body.of], [200, ann.email_address])
  }))

test('an email address can sign up only once', () =>
  withServer(async (server) => {
    await ask(server, 'POST /v1/registrations', { body: ann })
    const again = await ask(server, 'POST /v1/registrations', { body: ann })
    equal(again.status, 422)
    equal(again.body.token, undefined)
  }))

test('only the right password logs in', () =>
  withServer(async (server) => {
    await ask(server, 'POST /v1/registrations', { body: ann })
    equal((await ask(server, 'POST /v1/session', { body: ann })).status, 200)
    const wrong = { ...ann, password: 'wrong horse battery' }
    const refused = await ask(server, 'POST /v1/session', { body: wrong })
    equal(refused.status, 401)
    equal(refused.body.token, undefined)
  }))

test('your own routes require a log-in, except those that are open', () =>
  withServer(async (server) => {
    equal((await ask(server, 'GET /notes')).status, 401)
    equal((await ask(server, 'GET /notes', { token: 'lks_made_up' })).status, 401)
    equal((await server.app.request('/')).status, 200)
  }))

test('logging out ends the session', () =>
  withServer(async (server) => {
    const { token } = await logInAs(server.app)
    equal((await ask(server, 'DELETE /v1/session', { token })).status, 200)
    equal((await ask(server, 'GET /notes', { token })).status, 401)
  }))

test('a second device has its own session, which the first can end', () =>
  withServer(async (server) => {
    const here = await logInAs(server.app)
    const phone = await logInAs(server.app, here)
    const { body } = await ask(server, 'GET /v1/sessions', { token: here.token })
    equal(body.sessions.length, 2)
    const { id } = body.sessions.find((session: { current: boolean }) => !session.current)
    await ask(server, `DELETE /v1/sessions/${id}`, { token: here.token })
    equal((await ask(server, 'GET /notes', { token: phone.token })).status, 401)
    equal((await ask(server, 'GET /notes', { token: here.token })).status, 200)
  }))

test('a session ends after thirty days without use', () =>
  withServer(async (server) => {
    const { token } = await logInAs(server.app)
    server.clock.advance({ days: 29 })
    equal((await ask(server, 'GET /notes', { token })).status, 200)
    server.clock.advance({ days: 30 })
    equal((await ask(server, 'GET /notes', { token })).status, 401)
  }))

test('the link in the mail sets a new password once, and logs out everywhere', () =>
  withServer(async (server) => {
    const { token, emailAddress } = await logInAs(server.app, ann.email_address)
    const asked = await ask(server, 'POST /v1/passwords', { body: { email_address: emailAddress } })
    equal(asked.status, 200)
    const reset = { token: await server.mails.tokenTo(emailAddress), password: 'a new password' }
    equal((await ask(server, 'PUT /v1/passwords', { body: reset })).status, 200)
    equal((await ask(server, 'PUT /v1/passwords', { body: reset })).status, 401)
    equal((await ask(server, 'GET /notes', { token })).status, 401)
    const fresh = { email_address: emailAddress, password: reset.password }
    equal((await ask(server, 'POST /v1/session', { body: fresh })).status, 200)
  }))

test('the link works for fifteen minutes', () =>
  withServer(async (server) => {
    const { emailAddress } = await logInAs(server.app)
    await ask(server, 'POST /v1/passwords', { body: { email_address: emailAddress } })
    const reset = { token: await server.mails.tokenTo(emailAddress), password: 'a new password' }
    server.clock.advance({ minutes: 15 })
    equal((await ask(server, 'PUT /v1/passwords', { body: reset })).status, 401)
  }))

test('a reset does not reveal whether an email address has a user', () =>
  withServer(async (server) => {
    await logInAs(server.app, ann.email_address)
    const known = await ask(server, 'POST /v1/passwords', {
      body: { email_address: ann.email_address },
    })
    const unknown = await ask(server, 'POST /v1/passwords', {
      body: { email_address: 'nobody@example.com' },
    })
    deepEqual([known.status, known.body], [unknown.status, unknown.body])
    deepEqual(await server.mails.to('nobody@example.com'), [])
    notEqual((await server.mails.to(ann.email_address)).length, 0)
  }))

interface Asking {
  readonly body?: object
  readonly token?: string
}

async function ask({ app }: TestServer, line: string, { body, token }: Asking = {}) {
  const [method = '', path = ''] = line.split(' ')
  const answer = await app.request(path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // A 204 has no body.
  const text = await answer.text()
  return { status: answer.status, body: Object(JSON.parse(text || '{}')) }
}
