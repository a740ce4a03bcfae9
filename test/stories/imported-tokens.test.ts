// A session that began in another system goes on by the token that it has there.
import { hash } from 'node:crypto'
import { createAuth, createStore } from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { ann, bearer, type Server, signUp, startServer } from '../harness.ts'

// As has_secure_token of Rails makes them, and better-auth.
const rails = 'pX27zsMN2ViQKta1bGfLmVJE'
const betterAuth = 'Zq0OIl3bJk2vT9xYcN5wRd8sAe7uFg1h'

/** Ann, with a session of these tokens each, imported now. */
async function start(...tokens: string[]): Promise<Server> {
  const server = await startServer()
  await signUp(server)
  for (const token of tokens) await importSession(server, token)
  await noteImport(server)
  return server
}

async function importSession({ auth, database, clock }: Server, token: string): Promise<void> {
  const [row] = await database.query('SELECT id FROM users')
  const at = clock()
  await database.transaction((each) =>
    each.query(
      `INSERT INTO sessions
         (id, user_id, token_digest, created_at, last_used_at, password_verified_at)
       VALUES ($1, $2, $3, $4, $4, $5)`,
      [auth.config.newId(at), String(row?.[0]), hash('sha256', token, 'buffer'), at, new Date(0)],
    ),
  )
}

async function noteImport({ database, clock }: Server, origin = 'rails'): Promise<void> {
  await database.transaction((each) =>
    each.query('INSERT INTO imported_sessions (origin, imported_at) VALUES ($1, $2)', [
      origin,
      clock(),
    ]),
  )
}

async function look({ send }: Server, headers: Record<string, string>) {
  const { status, body } = await send('GET /v1/session', undefined, headers)
  return status === 200 ? body.user.email_address : body.code
}

test.each([
  ['a token of Rails', bearer(rails)],
  ['one as Rails’ clients send it', { authorization: `Token token="${rails}"` }],
  ['a token of better-auth', bearer(betterAuth)],
  [
    'one with its signature behind it',
    bearer(`${betterAuth}.DjtXp0gq9cLvE2Yk1Zf3n+Q/8r5wA7bM4sT6uHxJhKo=`),
  ],
  [
    'one with its signature as it stands in a URL',
    bearer(`${betterAuth}.DjtXp0gq9cLvE2Yk1Zf3n%2BQ%2F8r5wA7bM4sT6uHxJhKo%3D`),
  ],
])('%s is known', async (_what, headers) => {
  const server = await start(rails, betterAuth)
  expect(await look(server, headers)).toBe(ann.email_address)
})

test.each([
  ['of which one letter is another', bearer(`${rails.slice(0, -1)}F`)],
  ['that is cut off', bearer(rails.slice(0, -1))],
  ['that goes on', bearer(`${rails}2`)],
  ['that is a signature alone', bearer('.DjtXp0gq9cLvE2Yk1Zf3nQ8r5wA7bM4sT6uHxJhKo=')],
  ['in a session’s clothes', bearer(`lks_${rails}`)],
  ['that is its digest', bearer(hash('sha256', rails, 'hex'))],
  ['that is its digest, cut', bearer(hash('sha256', rails, 'hex').slice(0, 32))],
])('a token %s is nobody’s', async (_what, headers) => {
  expect(await look(await start(rails, betterAuth), headers)).toBe('invalid_token')
})

test('it is a session as every other: not fresh, listed, revoked by itself, ended by a log-out', async () => {
  const server = await start(rails, betterAuth)
  const { send } = server
  const key = { name: 'Nightly build', scopes: ['projects:read'] }
  const refused = await send('POST /v1/api_keys', key, bearer(rails))
  expect([refused.status, refused.body.code]).toEqual([403, 'fresh_authentication_required'])
  const { sessions } = (await send('GET /v1/sessions', undefined, bearer(rails))).body
  expect(sessions).toHaveLength(3)
  const current = sessions.find((each: { current: boolean }) => each.current)
  const other = (await send('GET /v1/session', undefined, bearer(betterAuth))).body.session
  expect((await send(`DELETE /v1/sessions/${other.id}`, undefined, bearer(rails))).status).toBe(204)
  expect(await look(server, bearer(betterAuth))).toBe('invalid_token')
  expect(await look(server, bearer(rails))).toBe(ann.email_address)
  expect((await send('DELETE /v1/session', undefined, bearer(rails))).status).toBe(200)
  expect(await look(server, bearer(rails))).toBe('invalid_token')
  const events = await server.auth.listEvents(
    { userId: null, name: 'session_expired' },
    { limit: 9, after: null },
  )
  expect(events.map(({ sessionId, detail }) => [sessionId, detail])).toEqual([
    [current.id, 'logout'],
    [other.id, 'revoked'],
  ])
})

test('it is exchanged for a token of Latchkey’s, and is then refused', async () => {
  const server = await start(rails)
  const { id } = (await server.send('GET /v1/session', undefined, bearer(rails))).body.session
  const { status, body } = await server.send('PUT /v1/session/token', undefined, bearer(rails))
  expect([status, body.token]).toEqual([200, expect.stringMatching(/^lks_/)])
  expect(await look(server, bearer(rails))).toBe('invalid_token')
  const shown = await server.send('GET /v1/session', undefined, bearer(body.token))
  expect(shown.body.session.id).toBe(id)
  expect((await server.send('PUT /v1/session/token', undefined, bearer(rails))).status).toBe(401)
})

test('it ends as others do: unused for thirty days, ninety days after the import, by a ban', async () => {
  const idle = await start(rails)
  idle.clock.advance({ days: 30 })
  expect(await look(idle, bearer(rails))).toBe('invalid_token')

  const used = await start(rails)
  for (let days = 0; days < 89; days++) {
    used.clock.advance({ days: 1 })
    expect(await look(used, bearer(rails))).toBe(ann.email_address)
    await used.auth.flush()
  }
  used.clock.advance({ days: 1 })
  expect(await look(used, bearer(rails))).toBe('invalid_token')

  const banned = await start(rails)
  const { user } = (await banned.send('GET /v1/session', undefined, bearer(rails))).body
  await banned.auth.banUser(user.id)
  expect(await look(banned, bearer(rails))).toBe('invalid_token')
})

test('no such token is looked up where none was imported, nor when all of them are over', async () => {
  const server = await startServer()
  await signUp(server)
  const { store } = server.auth.config
  const findSession = vi.fn(store.findSession)
  const findLastSessionImport = vi.fn(store.findLastSessionImport)
  const watched = { ...store, findSession, findLastSessionImport }
  const auth = createAuth({ store: watched, clock: server.clock })
  for (let time = 0; time < 20; time++) expect(await auth.authenticate(rails)).toBeNull()
  expect(findLastSessionImport).toHaveBeenCalledTimes(1)
  expect(findSession).not.toHaveBeenCalled()

  await importSession(server, rails)
  await noteImport(server)
  // A process knows of an import soon.
  expect(await auth.authenticate(rails)).toBeNull()
  server.clock.advance({ seconds: 1 })
  expect((await auth.authenticate(rails))?.user.emailAddress).toBe(ann.email_address)
  expect(findSession).toHaveBeenCalledTimes(1)

  server.clock.advance({ days: 90, seconds: -1 })
  for (const token of [rails, betterAuth]) expect(await auth.authenticate(token)).toBeNull()
  expect(findSession).toHaveBeenCalledTimes(1)
  // Another one prolongs it for all.
  await noteImport(server, 'better-auth')
  server.clock.advance({ seconds: 1 })
  expect(await auth.authenticate(rails)).toBeNull()
  expect(findSession).toHaveBeenCalledTimes(2)
})

test('whoever comes with a token of Latchkey’s, or with none at all, costs no look at imports', async () => {
  const server = await start(rails)
  const store = createStore(server.database)
  const findLastSessionImport = vi.fn(store.findLastSessionImport)
  const auth = createAuth({ store: { ...store, findLastSessionImport }, clock: server.clock })
  const loggedIn = await auth.logIn({ emailAddress: ann.email_address, password: ann.password })
  expect(await auth.authenticate(loggedIn?.token ?? '')).not.toBeNull()
  for (const text of [
    '',
    'x',
    'lkk_x',
    `lks_${betterAuth}`,
    `${betterAuth}x`,
    `${rails} `,
    'ä'.repeat(24),
  ]) {
    expect(await auth.authenticate(text)).toBeNull()
  }
  expect(findLastSessionImport).not.toHaveBeenCalled()
})
