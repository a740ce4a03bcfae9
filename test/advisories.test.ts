// What broke elsewhere, tried here: each test is the rule that an advisory of another project says was
// missing. docs/security/advisories.md has the advisories, and those that no test is needed for.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Route } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  appUrl,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from './harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const another = 'another horse battery'

function routesOf(server: Server): Route[] {
  return tableOf(server)
}

function lineOf({ method, path }: Route, id = '00000000-0000-7000-8000-000000000000'): string {
  return `${method} ${path.replace(/:\w+/g, id)}`
}

const tables = ['users', 'sessions', 'api_keys', 'projects', 'outbox', 'email_changes']

function rows({ database }: Server): Promise<unknown[]> {
  return Promise.all(tables.map((table) => database.query(`SELECT * FROM ${table}`)))
}

async function idOf({ send }: Server, token: string): Promise<string> {
  return (await send('GET /v1/user', undefined, bearer(token))).body.user.id
}

test('whose id is sent along, in whatever place, lets nobody in and changes nothing', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const id = await idOf(server, token)
  const before = await rows(server)
  const named = { user_id: id, userId: id, owner: id, user: { id }, session: { userId: id }, id }
  const headers = { 'x-user-id': id, 'x-user': id, 'x-forwarded-user': id, 'remote-user': id }
  const cookie = `user_id=${id}; session=${id}`
  const query = `user_id=${id}&userId=${id}&owner=${id}`
  for (const route of routesOf(server).filter(({ access }) => access !== 'public')) {
    const line = `${lineOf(route, id)}?${query}`
    const body =
      route.method === 'GET' ? undefined : { ...named, name: 'x', scopes: [], title: 'x' }
    for (const sent of [headers, { cookie }, { authorization: `Basic ${btoa(`${id}:`)}` }]) {
      const { status } = await server.send(line, body, sent)
      expect([line, status]).toEqual([line, 401])
    }
  }
  expect(await rows(server)).toEqual(before)
})

test('fields that a client may not write change nothing, on any route', async () => {
  const server = await startServer()
  const bobs = await idOf(server, await signUp(server, bob))
  const token = await signUp(server)
  await verifyAddress(server, token)
  const past = '2001-01-01T00:00:00.000Z'
  const strange = {
    id: bobs,
    user_id: bobs,
    userId: bobs,
    role: 'admin',
    admin: true,
    email_verified: true,
    emailVerifiedAt: past,
    email_verified_at: past,
    banned_at: null,
    password_hash: 'x',
    token_digest: 'x',
    token: 'lkk_x',
    created_at: past,
    updated_at: past,
    last_used_at: past,
    password_verified_at: '2999-01-01T00:00:00.000Z',
    requests_per_minute: 1_000_000,
  }
  const { send } = server
  const carol = { ...ann, email_address: 'carol@example.com' }
  const signedUp = await send('POST /v1/registrations', { ...carol, ...strange })
  expect(signedUp.body.user).toMatchObject({ email_verified: false })
  expect(signedUp.body.user.id).not.toBe(bobs)
  const project = await send('POST /v1/projects', { title: 'Mine', ...strange }, bearer(token))
  expect(project.body.project.created_at).not.toBe(past)
  const asked = { name: 'Mine', scopes: ['projects:read'], ...strange }
  const key = await send('POST /v1/api_keys', asked, bearer(token))
  expect(key.body.token).toMatch(/^lkk_\w{38}$/)
  const { session } = (await send('GET /v1/session', undefined, bearer(token))).body
  const renamed = { name: 'Phone', ...strange }
  await send(`PATCH /v1/sessions/${session.id}`, renamed, bearer(token))
  const path = `/v1/projects/${project.body.project.id}`
  await send(`PATCH ${path}`, { title: 'Changed', ...strange }, bearer(token))
  await send(
    'PUT /v1/password',
    { password_challenge: ann.password, password: another, ...strange },
    bearer(token),
  )

  const owners = await server.database.query(
    'SELECT email_address, title FROM projects JOIN users ON users.id = user_id',
  )
  expect(owners).toEqual([[ann.email_address, 'Changed']])
  const held = await server.database.query(
    'SELECT DISTINCT email_address FROM api_keys JOIN users ON users.id = user_id',
  )
  expect(held).toEqual([[ann.email_address]])
  const hashes = (await server.database.query('SELECT password_hash FROM users')).flat()
  for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$/)
  server.clock.advance({ minutes: 10 })
  expect((await send('DELETE /v1/user', strange, bearer(token))).status).toBe(403)
})

test('a token opens the door that it was made for, no other, and is not used up by trying', async () => {
  const server = await startServer()
  const session = await signUp(server)
  await verifyAddress(server, session)
  const { token: key } = await createApiKey(server, session)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  await server.send('PATCH /v1/user', { email_address: 'ann@new.example' }, bearer(session))
  await server.outbox.deliverDue()
  const proof = mailedToken(server)
  const tokens = { session, key, reset, proof }
  const before = await rows(server)
  const { send, auth } = server
  const password = { password: another }
  const doors: Record<string, (token: string) => Promise<boolean>> = {
    session: async (token) =>
      (await send('GET /v1/session', undefined, bearer(token))).status === 200,
    'key in the library': async (token) => (await auth.authenticateApiKey(token)) !== null,
    'session in the library': async (token) => (await auth.authenticate(token)) !== null,
    reset: async (token) =>
      (await send('PUT /v1/passwords', { token, ...password })).status === 200,
    'reset by its path': async (token) =>
      (await send(`PATCH /v1/passwords/${token}`, password)).status === 200,
    'reset in the library': async (token) => (await auth.resetPassword(token, another)) !== null,
    proof: async (token) => {
      const submitted = { token, password: ann.password }
      return (await send('PUT /v1/email_verifications', submitted)).status === 200
    },
    'proof with a session': async (token) =>
      (await send('PUT /v1/email_verifications', { token }, bearer(session))).status === 200,
  }
  for (const [door, opens] of Object.entries(doors)) {
    for (const [kind, token] of Object.entries(tokens)) {
      if (door.startsWith(kind)) continue
      expect([door, kind, await opens(token)]).toEqual([door, kind, false])
    }
  }
  expect(await rows(server)).toEqual(before)
  const own = [doors.session?.(session), doors['key in the library']?.(key), doors.proof?.(proof)]
  expect(await Promise.all(own)).toEqual([true, true, true])
  await server.send('POST /v1/passwords', { email_address: 'ann@new.example' })
  await server.outbox.deliverDue()
  expect(await doors.reset?.(mailedToken(server))).toBe(true)
})

test('a link that was mailed for one user proves nothing for the next who has the address', async () => {
  const server = await startServer()
  const first = await signUp(server)
  const id = await idOf(server, first)
  await server.send('POST /v1/email_verifications', undefined, bearer(first))
  await server.outbox.deliverDue()
  const proof = mailedToken(server)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  await server.send('POST /v1/projects', { title: 'Hers' }, bearer(first))
  await server.send('DELETE /v1/user', { password_challenge: ann.password }, bearer(first))

  const second = await signUp(server)
  expect(await idOf(server, second)).not.toBe(id)
  const before = await rows(server)
  const own = await server.send('PUT /v1/email_verifications', { token: proof }, bearer(second))
  const typed = { token: proof, password: ann.password }
  const open = await server.send('PUT /v1/email_verifications', typed)
  const redeemed = await server.send('PUT /v1/passwords', { token: reset, password: another })
  expect([own.status, open.status, redeemed.status]).toEqual([401, 401, 401])
  expect(await rows(server)).toEqual(before)
  expect((await server.send('GET /v1/projects', undefined, bearer(first))).status).toBe(401)
  const { projects } = (await server.send('GET /v1/projects', undefined, bearer(second))).body
  expect(projects).toEqual([])
})

const elsewhere = [
  '//evil.example',
  '/\\evil.example',
  '\t//evil.example',
  '%2f%2fevil.example',
  'https:evil.example',
  'https://app.example.com@evil.example',
  'https://app.example.com.evil.example',
  'javascript:alert(1)',
]

test('no answer sends anybody elsewhere, whatever is asked for', async () => {
  const server = await startServer()
  const names = [
    'redirect',
    'redirect_uri',
    'redirect_to',
    'return_to',
    'next',
    'url',
    'callbackUrl',
  ]
  for (const place of elsewhere) {
    const fields = Object.fromEntries(names.map((name) => [name, place]))
    const query = new URLSearchParams(fields)
    const headers = { referer: place.trim(), origin: 'https://evil.example' }
    for (const route of routesOf(server)) {
      const body = route.method === 'GET' ? undefined : { ...bob, ...fields }
      const reply = await server.send(`${lineOf(route)}?${query}`, body, headers)
      // The one that leads somewhere leads where the configuration says.
      const leads = route.path === '/.well-known/change-password' ? `${appUrl}/account` : null
      expect([route.path, reply.headers.get('location')]).toEqual([route.path, leads])
      const isLed = reply.status >= 300 && reply.status < 400
      expect([route.path, isLed]).toEqual([route.path, leads !== null])
      for (const name of ['refresh', 'content-location', 'link']) {
        expect([route.path, name, reply.headers.get(name)]).toEqual([route.path, name, null])
      }
    }
    expect((await server.send(`GET /${encodeURIComponent(place)}`)).status).toBe(404)
  }
  await server.send('POST /v1/passwords', { ...ann, redirect_to: '//evil.example' })
  await server.outbox.deliverDue()
  expect(JSON.stringify(server.mailbox.mails)).not.toContain('evil.example')
})

test('a reset ends every credential, whatever else the request says', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token)
  const sessions = [token]
  for (let device = 1; device <= 4; device++) {
    sessions.push((await server.send('POST /v1/session', ann)).body.token)
  }
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const body = {
    token: mailedToken(server),
    password: another,
    revoke_sessions: false,
    revokeSessions: false,
    logout: 'false',
    keep: sessions,
    deviceId: 'x',
    session_id: 'x',
  }
  expect((await server.send('PUT /v1/passwords', body, bearer(token))).status).toBe(200)
  for (const each of [...sessions, key]) {
    expect((await server.send('GET /v1/projects', undefined, bearer(each))).status).toBe(401)
  }
  expect(await server.database.query('SELECT id FROM sessions')).toEqual([])
})

test('what somebody made up before a log-in is nothing after it', async () => {
  const server = await startServer()
  await signUp(server)
  const strangers = await signUp(await startServer())
  for (const made of [strangers, 'lks_fixed', '0']) {
    const headers = { ...bearer(made), cookie: `token=${made}; session=${made}` }
    const body = { ...ann, token: made, session_id: made, id: made }
    const reply = await server.send(`POST /v1/session?token=${made}`, body, headers)
    expect([reply.status, reply.body.token === made]).toEqual([200, false])
    expect(reply.headers.has('set-cookie')).toBe(false)
    for (const sent of [bearer(made), { cookie: headers.cookie }]) {
      expect((await server.send('GET /v1/session', undefined, sent)).status).toBe(401)
    }
  }
})

test('a log-out ends what it was asked with, and nothing that it names', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const bobs = await signUp(server, bob)
  const { session } = (await server.send('GET /v1/session', undefined, bearer(bobs))).body
  const named = { token: bobs, session_id: session.id, id: session.id, user_id: session.user_id }
  const line = `DELETE /v1/session?token=${bobs}&id=${session.id}`
  const headers = { cookie: `token=${bobs}; session=${bobs}` }
  expect((await server.send(line, named, headers)).status).toBe(401)
  expect((await server.send(line, named, { ...headers, ...bearer(token) })).status).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(bobs))).status).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
})

test('an access token says nothing that its caller chose, but for which service it is', async () => {
  const server = await startServer()
  const bobs = await idOf(server, await signUp(server, bob))
  const token = await signUp(server)
  const claims = {
    ...{ iss: 'https://evil.example', aud: 'evil', sub: bobs, user_id: bobs, sid: 'x', jti: 'x' },
    ...{ iat: 0, nbf: 0, exp: 4_102_444_800, expires_in: 86_400, email: bob.email_address },
    ...{ alg: 'none', typ: 'JWT', kid: 'x', jwk: {}, crit: ['exp'], admin: true },
  }
  const asked = { audience: 'billing', scope: 'projects:read' }
  const wished = { ...claims, claims, payload: claims, header: claims, ...asked }
  const line = `POST /v1/access_tokens?${new URLSearchParams({ sub: bobs, aud: 'evil' })}`
  const [given, plain] = [
    await server.send(line, wished, { ...bearer(token), 'x-user-id': bobs }),
    await server.send('POST /v1/access_tokens', asked, bearer(token)),
  ].map(({ body }) => String(body.access_token))
  const said = (accessToken = '') => ({
    ...{ ...decodeProtectedHeader(accessToken), ...decodeJwt(accessToken) },
    jti: expect.stringMatching(/^[\w-]{22}$/),
  })
  expect(said(given)).toEqual(said(plain))
  expect(decodeJwt(given ?? '').sub).toBe(await idOf(server, token))
})
