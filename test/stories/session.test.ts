import { answer, createApp, current, route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ann, bearer, read, signUp, signUpDirectly, startServer } from '../harness.ts'

test('the session says who one is, from where, and until when', async () => {
  const { app, send } = await startServer()
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'curl/8' },
    body: JSON.stringify(ann),
  }
  const peer = { address: '::ffff:192.0.2.7' }
  const signedUp = await read(await app.request('/v1/registrations', init, peer))
  const { token, user } = signedUp.body
  const { status, body } = await send('GET /v1/session', undefined, bearer(token))
  expect(status).toBe(200)
  expect(body).toEqual({
    user,
    session: {
      id: expect.any(String),
      name: 'curl',
      created_at: '2026-01-01T12:00:00.000Z',
      last_used_at: '2026-01-01T12:00:00.000Z',
      expires_at: '2026-01-31T12:00:00.000Z',
      ip_address: '192.0.2.7',
      user_agent: 'curl/8',
      current: true,
    },
  })
})

test('logging out ends this session and no other', async () => {
  const server = await startServer()
  const first = await signUp(server)
  const second = (await server.send('POST /v1/session', ann)).body.token
  const out = await server.send('DELETE /v1/session', undefined, bearer(first))
  expect([out.status, out.body]).toEqual([200, { message: 'Logged out' }])
  for (const line of ['GET /v1/projects', 'GET /v1/session', 'DELETE /v1/session']) {
    expect((await server.send(line, undefined, bearer(first))).status).toBe(401)
  }
  expect((await server.send('GET /v1/projects', undefined, bearer(second))).status).toBe(200)
})

test('a session ends at the very instant it was idle for 30 days', async () => {
  const server = await startServer()
  const token = await signUp(server)
  server.clock.advance({ days: 30, milliseconds: -1 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  server.clock.advance({ milliseconds: 1 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
})

test('a session that is used does not end, however short the idle time', async () => {
  const server = await startServer({ auth: { sessions: { idleHours: 0.05 } } })
  const token = await signUp(server)
  for (let minute = 1; minute <= 10; minute++) {
    server.clock.advance({ minutes: 1 })
    expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
    await server.auth.flush()
  }
  server.clock.advance({ minutes: 3 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
})

test('a session ends at its maximum age, whatever the idle time allows', async () => {
  const server = await startServer({ auth: { sessions: { idleHours: 48, maximumHours: 24 } } })
  const token = await signUp(server)
  server.clock.advance({ hours: 24, milliseconds: -1 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  server.clock.advance({ milliseconds: 1 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
})

test('whether its user may is looked at when a session is used, and not when it began', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const ban = (at: Date | null) =>
    server.database.transaction((each) => each.query('UPDATE users SET banned_at = $1', [at]))
  await ban(server.clock())
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
  await ban(null)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
})

test('a log-out that was acknowledged survives a transaction that rolls back around it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  let inside = () => {}
  const begun = new Promise<void>((resolve) => {
    inside = resolve
  })
  const undone = server.database.transaction(async (transaction) => {
    await transaction.query('UPDATE users SET updated_at = $1', [new Date(0)])
    inside()
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new Error('undone')
  })
  await begun
  const out = server.send('DELETE /v1/session', undefined, bearer(token))
  await expect(undone).rejects.toThrow('undone')
  expect((await out).status).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
})

test('on a public route that a closed one calls nobody is current', async () => {
  const { auth } = await startServer()
  const who = () => current()?.user.emailAddress ?? null
  const open = route({
    method: 'GET',
    path: '/open',
    access: 'public',
    summary: 'Say who is current',
    answers: { 200: { description: 'Who' } },
    handle: () => answer({ who: who() }),
  })
  const closed = route({
    ...{ method: 'GET', path: '/closed', access: 'session', summary: 'Ask the open one' },
    answers: { 200: { description: 'Both' } },
    async handle() {
      const { body } = await read(await app.request('/open'))
      return answer({ outside: who(), inside: body.who })
    },
  })
  const app = createApp(auth, { routes: [open, closed] })
  const { token } = await signUpDirectly(auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  const headers = bearer(token.reveal())
  expect(await (await app.request('/closed', { headers })).json()).toEqual({
    outside: ann.email_address,
    inside: null,
  })
})

test('current() is the user of the request in every function below, and of no other', async () => {
  const whoAmI = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return current()?.user.emailAddress ?? null
  }
  const answers = { 200: { description: 'Who asks', body: z.string().nullable() } }
  const routes = [
    route({
      method: 'GET',
      path: '/me',
      access: 'session',
      summary: 'Who asks',
      answers,
      handle: async () => answer(await whoAmI()),
    }),
    route({
      method: 'GET',
      path: '/nobody',
      access: 'public',
      summary: 'Who asks',
      answers,
      handle: async () => answer(await whoAmI()),
    }),
  ]
  const server = await startServer({ app: { routes } })
  const asAnn = bearer(await signUp(server))
  const asBob = bearer(await signUp(server, { ...ann, email_address: 'bob@example.com' }))
  const replies = await Promise.all([
    server.send('GET /me', undefined, asAnn),
    server.send('GET /me', undefined, asBob),
    server.send('GET /nobody', undefined, asBob),
  ])
  expect(replies.map(({ body }) => body)).toEqual(['ann@example.com', 'bob@example.com', null])
  expect(current()).toBeNull()
})
