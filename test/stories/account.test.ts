// What a user does with their account: another password, proof of the password, the end of it all.
import { answer, passwordChallengeField, type Route, route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Server,
  signUp,
  startServer,
} from '../harness.ts'

const another = 'another horse battery'

async function statusOf({ send }: Server, token: string): Promise<number> {
  return (await send('GET /v1/session', undefined, bearer(token))).status
}

async function logIn({ send }: Server, password = ann.password) {
  return send('POST /v1/session', { ...ann, password })
}

test('a user is told who they are', async () => {
  const server = await startServer()
  const { body } = await server.send('POST /v1/registrations', ann)
  const reply = await server.send('GET /v1/user', undefined, bearer(body.token))
  expect([reply.status, reply.body]).toEqual([200, { user: body.user }])
})

test('an application finds a user by id, or by their address in any spelling, and others not at all', async () => {
  const { auth, send } = await startServer()
  const { body } = await send('POST /v1/registrations', ann)
  const { id } = body.user
  const byId = await auth.findUser({ id })
  expect(byId).toMatchObject({ id, emailAddress: 'ann@example.com', bannedAt: null })
  expect(await auth.findUser({ emailAddress: ' Ann@EXAMPLE.com ' })).toEqual(byId)
  expect(JSON.stringify(byId)).not.toContain('$argon2id$')
  for (const named of [
    { id: '00000000-0000-7000-8000-000000000000' },
    { id: 'ann' },
    { emailAddress: 'bob@example.com' },
    { emailAddress: 'ann' },
    { emailAddress: '' },
  ]) {
    expect([named, await auth.findUser(named)]).toEqual([named, null])
  }
})

test('users are listed page by page, the oldest first', async () => {
  const { auth } = await startServer()
  const names = ['ann', 'bob', 'cara']
  for (const name of names) {
    await auth.createUser({ emailAddress: `${name}@example.com`, password: ann.password })
  }
  const first = await auth.listUsers({ limit: 2, after: null })
  const rest = await auth.listUsers({ limit: 2, after: first[1]?.id ?? null })
  const listed = [...first, ...rest].map(({ emailAddress }) => emailAddress)
  expect([first.length, listed]).toEqual([2, names.map((name) => `${name}@example.com`)])
  await expect(auth.listUsers({ limit: 2, after: 'ann' })).rejects.toThrow(RangeError)
})

test('a changed password is the only one, and every other session has ended', async () => {
  const server = await startServer()
  const { send, outbox, mailbox } = server
  const [token, other] = [await signUp(server), (await logIn(server)).body.token]
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  const link = mailedToken(server)
  const change = { password_challenge: ann.password, password: another }
  const { status, body } = await send('PUT /v1/password', change, bearer(token))
  expect([status, body]).toEqual([200, { message: 'Password has been changed.' }])
  expect([await statusOf(server, token), await statusOf(server, other)]).toEqual([200, 401])
  expect([(await logIn(server)).status, (await logIn(server, another)).status]).toEqual([401, 200])
  const redeemed = await send('PUT /v1/passwords', { token: link, password: 'a third battery' })
  expect(redeemed.status).toBe(401)
  await outbox.deliverDue()
  expect(mailbox.mails[0]).toMatchObject({
    to: ann.email_address,
    subject: 'Your password was changed',
  })
})

test('whoever changed the password is fresh', async () => {
  const server = await startServer()
  const token = await signUp(server)
  server.clock.advance({ hours: 1 })
  const change = { password_challenge: ann.password, password: another }
  expect((await server.send('PUT /v1/password', change, bearer(token))).status).toBe(200)
  expect((await server.send('DELETE /v1/user', undefined, bearer(token))).status).toBe(204)
})

test('what is wrong with a change changes nothing', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const other = (await logIn(server)).body.token
  const change = { password_challenge: ann.password, password: another }
  for (const [wrong, field, code] of [
    [{ password_challenge: 'wrong password' }, 'password_challenge', 'invalid'],
    [{ password_challenge: '' }, 'password_challenge', 'invalid'],
    [{ password_challenge: null }, 'password_challenge', 'blank'],
    [{ password_challenge: undefined }, 'password_challenge', 'blank'],
    [{ password_challenge: [ann.password] }, 'password_challenge', 'invalid_type'],
    [{ password: 'short' }, 'password', 'too_short'],
    [{ password: 'password1' }, 'password', 'too_common'],
    [{ password: null }, 'password', 'blank'],
    [{ password_confirmation: 'different' }, 'password_confirmation', 'confirmation'],
  ] as const) {
    const { status, body } = await server.send(
      'PUT /v1/password',
      { ...change, ...wrong },
      bearer(token),
    )
    expect([wrong, status]).toEqual([wrong, 422])
    expect(body.details).toMatchObject([{ field, code }])
  }
  expect([await statusOf(server, other), (await logIn(server)).status]).toEqual([200, 200])
  await server.outbox.deliverDue()
  expect(server.mailbox.mails).toEqual([])
})

test('a session is fresh for ten minutes after the log-in, and again after the password', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const remove = (body?: object) => server.send('DELETE /v1/user', body, bearer(token))
  server.clock.advance({ minutes: 10 })
  const stale = await remove()
  expect([stale.status, stale.body]).toMatchObject([
    403,
    { code: 'fresh_authentication_required', error: 'Confirm your password, and try again' },
  ])
  const freshen = (password_challenge: unknown) =>
    server.send('PUT /v1/session/freshness', { password_challenge }, bearer(token))
  for (const wrong of ['wrong password', null, 7, {}, undefined]) {
    expect((await freshen(wrong)).status).toBe(422)
  }
  expect((await remove()).status).toBe(403)
  const { status, body } = await freshen(ann.password)
  expect([status, body]).toEqual([200, { fresh_until: '2026-01-01T12:20:00.000Z' }])
  server.clock.advance({ minutes: 10, milliseconds: -1 })
  expect((await remove()).status).toBe(204)
})

test('the right password in the body is enough, and a wrong one is refused however fresh', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const remove = (password_challenge: unknown) =>
    server.send('DELETE /v1/user', { password_challenge }, bearer(token))
  for (const wrong of ['wrong password', '', null, 7, [ann.password]]) {
    const { status, body } = await remove(wrong)
    expect([wrong, status, body.details[0].field]).toEqual([wrong, 422, 'password_challenge'])
  }
  server.clock.advance({ hours: 1 })
  expect((await remove(ann.password)).status).toBe(204)
})

test.each([
  ['no body', {}],
  [
    'a body of its own',
    { body: z.object({ password_challenge: passwordChallengeField.optional() }) },
  ],
])('a sensitive route of your own with %s takes the password along', async (_words, more) => {
  const given: unknown[] = []
  const wipe: Route = route({
    ...{ method: 'DELETE', path: '/notes', access: 'fresh', summary: 'Delete your notes', ...more },
    answers: { 204: { description: 'They are gone' } },
    handle({ body }: { body: unknown }) {
      given.push(body)
      return answer(undefined, 204)
    },
  })
  const server = await startServer({ app: { routes: [wipe] } })
  const token = await signUp(server)
  const ask = (body?: object) => server.send('DELETE /notes', body, bearer(token))
  for (const minutes of [0, 10]) {
    server.clock.advance({ minutes })
    for (const password_challenge of ['wrong password', '', null, 7]) {
      const { status, body } = await ask({ password_challenge })
      expect([status, body.details[0].field]).toEqual([422, 'password_challenge'])
    }
  }
  expect((await ask()).body.code).toBe('fresh_authentication_required')
  expect((await ask({ password: ann.password })).body.code).toBe('fresh_authentication_required')
  expect(given).toEqual([])
  expect((await ask({ password_challenge: ann.password })).status).toBe(204)
  // Whoever asks for no body is not handed a password.
  expect(given).toEqual(['body' in more ? { password_challenge: ann.password } : undefined])
  const { paths } = (await server.send('GET /openapi.json')).body
  const { content } = paths['/notes'].delete.requestBody
  expect(content['application/json'].schema.properties).toHaveProperty('password_challenge')
})

test('a sensitive GET of your own has no body, and asks for a session that is fresh', async () => {
  const secret = route({
    method: 'GET',
    path: '/secret',
    access: 'fresh',
    summary: 'What nobody else sees',
    answers: { 200: { description: 'It', body: z.object({ secret: z.string() }) } },
    handle: () => answer({ secret: 'x' }),
  })
  const server = await startServer({ app: { routes: [secret] } })
  const token = await signUp(server)
  expect((await server.send('GET /secret', undefined, bearer(token))).status).toBe(200)
  server.clock.advance({ minutes: 10 })
  expect((await server.send('GET /secret', undefined, bearer(token))).status).toBe(403)
  const { paths } = (await server.send('GET /openapi.json')).body
  expect(paths['/secret'].get).not.toHaveProperty('requestBody')
})

test('the password of whoever has the old address now is nobody else’s', async () => {
  const server = await startServer()
  const held = await server.auth.authenticate(await signUp(server))
  if (!held) throw new Error('Nobody is logged in')
  // Between the look at the session and that at the password.
  await server.database.transaction((each) =>
    each.query('UPDATE users SET email_address = $1', ['ann@new.example']),
  )
  await signUp(server, { ...ann, password: another })
  const freshen = (challenge: string) => server.auth.freshen(held, challenge)
  expect(await freshen(another)).toBe('wrong_password')
  expect(await freshen(ann.password)).toBeInstanceOf(Date)
})

test('the password of whoever is banned proves nothing', async () => {
  const server = await startServer()
  const held = await server.auth.authenticate(await signUp(server))
  if (!held) throw new Error('Nobody is logged in')
  await server.database.transaction((each) =>
    each.query('UPDATE users SET banned_at = $1', [server.clock()]),
  )
  expect(await server.auth.freshen(held, ann.password)).toBe('wrong_password')
  expect(await server.auth.verifyPassword(held.user, ann.password)).toBe(false)
})

test('the right password forgets what was tried in vain, and so does a new one', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const { send, database, outbox } = server
  const token = await signUp(server)
  const confirm = (password_challenge: string) =>
    send('PUT /v1/session/freshness', { password_challenge }, bearer(token))
  const failures = () => database.query('SELECT count FROM failed_attempts')
  await confirm('wrong password')
  await confirm('another wrong password')
  expect(await failures()).toEqual([[2]])
  expect((await confirm(ann.password)).status).toBe(200)
  expect(await failures()).toEqual([])
  await confirm('wrong password')
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  await send('PUT /v1/passwords', { token: mailedToken(server), password: another })
  expect(await failures()).toEqual([])
})

test('a change with a wrong password buys no hash', async () => {
  const passwordHash = { ...cheapHash }
  const server = await startServer({ auth: { passwordHash } })
  const held = await server.auth.authenticate(await signUp(server))
  if (!held) throw new Error('Nobody is logged in')
  let hashes = 0
  passwordHash.hash = (password) => {
    hashes++
    return cheapHash.hash(password)
  }
  const change = (challenge: string, password = another) =>
    server.auth.changePassword(held, { challenge, password })
  expect(await change('wrong password')).toBe('wrong_password')
  await expect(change(ann.password, 'short')).rejects.toMatchObject({
    fields: [{ field: 'password', code: 'too_short' }],
  })
  expect(hashes).toBe(0)
  expect(await change(ann.password)).toBe('changed')
  expect(hashes).toBe(1)
})

test('a new token is as fresh as the old one was', async () => {
  const server = await startServer()
  const old = await signUp(server)
  server.clock.advance({ minutes: 10 })
  const { body } = await server.send('PUT /v1/session/token', undefined, bearer(old))
  expect((await server.send('DELETE /v1/user', undefined, bearer(body.token))).status).toBe(403)
})

test('guesses of whoever holds a token are counted, apart from those at the log-in', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  const lines = ['PUT /v1/session/freshness', 'PUT /v1/password', 'DELETE /v1/user']
  const guess = (count: number) => {
    const body = { password_challenge: `guess ${count}`, password: another }
    return server.send(lines[count % 3] ?? '', body, bearer(token))
  }
  const statuses = []
  for (let count = 0; count < 12; count++) statuses.push((await guess(count)).status)
  expect(statuses).toEqual([...Array(10).fill(422), 429, 429])
  const right = { password_challenge: ann.password, password: another }
  expect((await server.send('PUT /v1/password', right, bearer(token))).status).toBe(429)
  expect((await logIn(server)).status).toBe(200)
})

test('a user who deletes themselves leaves nothing, and may sign up again', async () => {
  const server = await startServer()
  const { send, database, outbox } = server
  const bob = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const [token, other] = [await signUp(server), (await logIn(server)).body.token]
  await send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  const link = mailedToken(server)
  await send('POST /v1/passwords', ann)
  expect((await send('DELETE /v1/user', undefined, bearer(token))).status).toBe(204)
  for (const each of [token, other]) expect(await statusOf(server, each)).toBe(401)
  expect((await logIn(server)).status).toBe(401)
  const redeemed = await send('PUT /v1/passwords', { token: link, password: another })
  expect(redeemed.status).toBe(401)
  for (const table of ['projects', 'password_resets', 'outbox']) {
    expect([table, await database.query(`SELECT * FROM ${table}`)]).toEqual([table, []])
  }
  for (const table of ['users', 'sessions', 'seen_devices']) {
    expect([table, await database.query(`SELECT * FROM ${table}`)]).toMatchObject([table, [{}]])
  }
  expect(await statusOf(server, bob)).toBe(200)
  expect((await send('POST /v1/registrations', ann)).status).toBe(201)
})
