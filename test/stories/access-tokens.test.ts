// Tokens for other services: what they say, who gets one, and that they end with their session.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { createApp, createAuth } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  askForAccessToken,
  isRevoked,
  issue,
  revocationOf,
  sidOf,
  verify,
} from '../access-token.ts'
import {
  accessTokens,
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const another = 'another horse battery'
const ids = /^[\da-f-]{36}$/
const random128 = /^[\w-]{22}$/

test('a token verifies with the keys that are served, and its header says no more than which', async () => {
  const server = await startServer()
  const { body, headers } = await askForAccessToken(server, await signUp(server))
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    token_type: 'Bearer',
    expires_in: 300,
  })
  expect(headers.get('cache-control')).toBe('no-store')
  const { protectedHeader } = await verify(server, body.access_token)
  const kid = expect.stringMatching(ids)
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid })
})

test('a token says exactly this, and nothing of the person', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { user } = (await server.send('GET /v1/user', undefined, bearer(token))).body
  const now = server.clock().getTime() / 1_000
  expect(decodeJwt(await issue(server, token))).toEqual({
    iss: 'https://api.example.com',
    aud: 'https://files.example.com',
    sub: user.id,
    sid: expect.stringMatching(random128),
    scope: 'projects:read projects:write',
    jti: expect.stringMatching(random128),
    iat: now,
    exp: now + 300,
  })
})

test('every token has its own jti, and all of a session one sid, also after its own token was rotated', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const rotated = async () =>
    (await server.send('PUT /v1/session/token', undefined, bearer(token))).body.token
  const issued = [await issue(server, token), await issue(server, token)]
  issued.push(await issue(server, await rotated()))
  const claims = issued.map((each) => decodeJwt(each))
  expect(new Set(claims.map(({ jti }) => jti)).size).toBe(3)
  expect(new Set(claims.map(({ sid }) => sid)).size).toBe(1)
  const { body } = await server.send('POST /v1/session', ann)
  expect(decodeJwt(await issue(server, body.token)).sid).not.toBe(claims[0]?.sid)
})

test('a sid is no session’s id, and opens, names and ends nothing', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const sid = await sidOf(server, await issue(server, token))
  expect(sid).not.toBe(session.id)
  const reply = await server.send(`DELETE /v1/sessions/${sid}`, undefined, bearer(token))
  expect(reply.status).toBe(404)
  for (const text of [sid, `lks_${sid}`, session.id]) {
    expect((await server.send('GET /v1/session', undefined, bearer(text))).status).toBe(401)
  }
  const listed = await server.send('GET /v1/sessions', undefined, bearer(token))
  expect(listed.text).not.toContain(sid)
  expect(await isRevoked(server, sid)).toBe(false)
})

test.each([
  ['projects:read', 'projects:read'],
  ['projects:write projects:read', 'projects:write projects:read'],
  ['projects:read projects:read', 'projects:read'],
  [['projects:read'], 'projects:read'],
])('asked for the scope %j, a token has %j', async (scope, granted) => {
  const server = await startServer()
  const asked = { audience: 'billing', scope }
  const { body } = await askForAccessToken(server, await signUp(server), asked)
  expect(decodeJwt(body.access_token)).toMatchObject({ aud: 'billing', scope: granted })
})

test('where no scopes are declared a token has none', async () => {
  const server = await startServer({ auth: { apiKeys: { scopes: [] } }, app: { routes: [] } })
  const token = await signUp(server)
  expect(Object.keys(decodeJwt(await issue(server, token)))).not.toContain('scope')
  const asked = { audience: 'billing', scope: 'projects:read' }
  expect((await askForAccessToken(server, token, asked)).status).toBe(422)
})

test.each([
  [{}, ['audience blank']],
  [{ audience: null }, ['audience blank']],
  [{ audience: '' }, ['audience inclusion']],
  [{ audience: 'https://evil.example' }, ['audience inclusion']],
  [{ audience: 'https://files.example.com/' }, ['audience inclusion']],
  [{ audience: 'HTTPS://FILES.EXAMPLE.COM' }, ['audience inclusion']],
  [{ audience: 'billing https://files.example.com' }, ['audience inclusion']],
  [{ audience: ['billing'] }, ['audience inclusion']],
  [{ audience: { toString: 'billing' } }, ['audience inclusion']],
  [{ audience: 'billing', scope: 'admin' }, ['scope inclusion']],
  [{ audience: 'billing', scope: 'projects:read admin' }, ['scope inclusion']],
  [{ audience: 'billing', scope: 'projects:*' }, ['scope inclusion']],
  [{ audience: 'billing', scope: '' }, ['scope blank']],
  [{ audience: 'billing', scope: [] }, ['scope blank']],
  [{ audience: 'billing', scope: null }, ['scope blank']],
  [{ audience: 'billing', scope: 7 }, ['scope invalid']],
  [{ audience: 'evil', scope: 'admin' }, ['audience inclusion', 'scope inclusion']],
])('%j is refused, and no token or key is made', async (asked, problems) => {
  const server = await startServer()
  const { status, body } = await askForAccessToken(server, await signUp(server), asked)
  const said = body.details?.map(({ field, code }: Record<string, string>) => `${field} ${code}`)
  expect([status, body.code, said]).toEqual([422, 'validation_failed', problems])
  expect(await server.database.query('SELECT 1 FROM session_aliases')).toEqual([])
  expect(await server.database.query('SELECT 1 FROM signing_keys')).toEqual([])
})

test('whoever calls the library is refused in the same way', async () => {
  const { auth, ...server } = await startServer()
  const authenticated = await auth.authenticate(await signUp({ auth, ...server }))
  if (!authenticated) throw new Error('Nobody is logged in')
  const wanted = { audience: 'evil', scopes: ['admin'] }
  await expect(auth.issueAccessToken(authenticated, wanted)).rejects.toMatchObject({
    code: 'validation_failed',
    fields: [
      { field: 'audience', code: 'inclusion' },
      { field: 'scope', code: 'inclusion' },
    ],
  })
  const more = { audience: 'evil', scopes: null, audiences: ['evil'] }
  await expect(auth.issueAccessToken(authenticated, more)).rejects.toThrow('audience')
  const none = { audience: 'billing', scopes: [] }
  await expect(auth.issueAccessToken(authenticated, none)).rejects.toThrow('scope')
})

test('an API key gets no token, nor does an access token get another', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  const refused = await askForAccessToken(server, key.token)
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope'])
  const again = await askForAccessToken(server, await issue(server, token))
  expect([again.status, again.body.code]).toEqual([401, 'invalid_token'])
})

test('an access token opens none of Latchkey’s own routes, and no route of the application', async () => {
  const server = await startServer()
  const accessToken = await issue(server, await signUp(server))
  for (const line of ['GET /v1/session', 'GET /v1/projects', 'DELETE /v1/session']) {
    const { status, body, headers } = await server.send(line, undefined, bearer(accessToken))
    expect([line, status, body.code]).toEqual([line, 401, 'invalid_token'])
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
  }
})

test('a session that ends while its token is being issued gets none', async () => {
  const server = await startServer()
  const { store } = server.auth.config
  const token = await signUp(server)
  await issue(server, token)
  const { listSigningKeys } = store
  server.clock.advance({ minutes: 1 })
  store.listSigningKeys = async () => {
    await server.send('DELETE /v1/session', undefined, bearer(token))
    return listSigningKeys()
  }
  const { status, body } = await askForAccessToken(server, token)
  expect([status, body.code]).toEqual([401, 'invalid_token'])
})

test('of a log-out and a token at once either is first, and no token is there that is not in the list', async () => {
  const server = await startServer()
  const { send } = server
  await issue(server, await signUp(server))
  const issued: string[] = []
  for (let round = 0; round < 40; round++) {
    const token = await logIn(server)
    const [asked, ended] = await Promise.all([
      askForAccessToken(server, token),
      send('DELETE /v1/session', undefined, bearer(token)),
      askForAccessToken(server, token),
    ])
    expect([200, 401]).toContain(asked.status)
    expect(ended.status).toBe(200)
    if (asked.status === 200) issued.push(asked.body.access_token)
  }
  server.clock.advance({ seconds: 1 })
  const { revoked } = (await send('GET /v1/revocations')).body
  for (const each of issued) expect(revoked).toContain(revocationOf(String(decodeJwt(each).sid)))
})

const logIn = async ({ send }: Server, password = ann.password): Promise<string> =>
  (await send('POST /v1/session', { ...ann, password })).body.token

interface Ending {
  readonly how: string
  readonly end: (
    server: Server,
    own: { token: string; id: string; userId: string },
  ) => Promise<unknown>
}

const endings: Ending[] = [
  {
    how: 'a log-out',
    end: ({ send }, { token }) => send('DELETE /v1/session', undefined, bearer(token)),
  },
  {
    how: 'a log-out from another device',
    end: async (server, { id }) =>
      server.send(`DELETE /v1/sessions/${id}`, undefined, bearer(await logIn(server))),
  },
  {
    how: 'a log-out of all other devices',
    end: async (server) =>
      server.send('DELETE /v1/sessions', undefined, bearer(await logIn(server))),
  },
  { how: 'a ban', end: ({ auth }, { userId }) => auth.banUser(userId) },
  { how: 'an operator, for one session', end: ({ auth }, own) => auth.revokeSession(own) },
  { how: 'an operator, for one user', end: ({ auth }, { userId }) => auth.revokeSessions(userId) },
  { how: 'an operator, for everybody', end: ({ auth }) => auth.revokeAllSessions() },
  {
    how: 'a reset of the password',
    async end(server) {
      await server.send('POST /v1/passwords', ann)
      await server.outbox.deliverDue()
      const redeem = { token: mailedToken(server), password: another }
      expect((await server.send('PUT /v1/passwords', redeem)).status).toBe(200)
    },
  },
  {
    how: 'a change of the password elsewhere',
    async end(server) {
      const change = { password_challenge: ann.password, password: another }
      const own = bearer(await logIn(server))
      expect((await server.send('PUT /v1/password', change, own)).status).toBe(200)
    },
  },
  {
    how: 'the end of its user',
    end: async (server) => {
      const own = bearer(await logIn(server))
      expect((await server.send('DELETE /v1/user', undefined, own)).status).toBe(204)
    },
  },
  {
    how: 'the end of its user by an operator',
    async end({ auth }, { userId }) {
      const user = await auth.findUser({ id: userId })
      if (user) await auth.deleteUser(user)
    },
  },
  {
    how: 'a log-in too many',
    end: async (server) => {
      for (let count = 0; count < 3; count++) await logIn(server)
    },
  },
  {
    how: 'a statement of somebody who knows nothing of tokens',
    end: ({ database }) => database.transaction((each) => each.query('DELETE FROM sessions')),
  },
]

test.each(endings)('$how ends a session, and its sid is in the list at once', async ({ end }) => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  const bystander = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const token = await signUp(server)
  const { session, user } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const sid = await sidOf(server, await issue(server, token))
  const other = await sidOf(server, await issue(server, bystander))
  expect(await isRevoked(server, sid)).toBe(false)
  await end(server, { token, id: session.id, userId: user.id })
  expect(await isRevoked(server, sid)).toBe(true)
  // Whoever was not meant lives on.
  const lives = await server.auth.authenticate(bystander)
  expect(await isRevoked(server, other)).toBe(lives === null)
  expect((await askForAccessToken(server, token)).status).toBe(401)
})

test('a password that is changed ends no tokens of the session that changed it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const sid = await sidOf(server, await issue(server, token))
  const change = { password_challenge: ann.password, password: another }
  expect((await server.send('PUT /v1/password', change, bearer(token))).status).toBe(200)
  expect(await isRevoked(server, sid)).toBe(false)
  expect(await sidOf(server, await issue(server, token))).toBe(sid)
})

test.each([
  ['without use', { idleHours: 0.05, maximumHours: 24 }],
  ['however much it is used', { idleHours: 24, maximumHours: 0.05 }],
])('a token lives no longer than its session, which ends %s', async (_how, sessions) => {
  const server = await startServer({ auth: { sessions } })
  const token = await signUp(server)
  const begun = server.clock().getTime() / 1_000
  const { body } = await askForAccessToken(server, token)
  expect(body.expires_in).toBe(180)
  expect(decodeJwt(body.access_token).exp).toBe(begun + 180)
  server.clock.advance({ seconds: 180 })
  await expect(verify(server, body.access_token)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
  expect((await askForAccessToken(server, token)).status).toBe(401)
})

test('a session that ends within the second still gets a token that is one', async () => {
  const server = await startServer({ auth: { sessions: { maximumHours: 0.05 } } })
  const token = await signUp(server)
  server.clock.advance({ seconds: 179, milliseconds: 900 })
  expect((await askForAccessToken(server, token)).body.expires_in).toBe(1)
})

test('of fifty who ask at once for the first token all get one, of one session and by one key', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const issued = await Promise.all(Array.from({ length: 50 }, () => issue(server, token)))
  expect(new Set(issued.map((each) => decodeJwt(each).sid)).size).toBe(1)
  expect(new Set(issued.map((each) => decodeProtectedHeader(each).kid)).size).toBe(1)
  expect(await server.database.query('SELECT 1 FROM signing_keys')).toHaveLength(1)
  expect(await server.database.query('SELECT 1 FROM session_aliases')).toHaveLength(1)
})

test('sixty tokens in three minutes are let pass for one user, and the next waits', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  for (let count = 1; count < 60; count++) await issue(server, token)
  const last = await askForAccessToken(server, token)
  expect(last.headers.get('ratelimit')).toBe('"attempts";r=0;t=180')
  const refused = await askForAccessToken(server, await logIn(server))
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
  expect(refused.headers.get('retry-after')).toBe('180')
  server.clock.advance({ minutes: 3 })
  await issue(server, token)
})

test.each([
  ['nothing is said of them', {}],
  ['no audiences are named', { accessTokens: { ...accessTokens, audiences: [] } }],
  ['nothing encrypts the keys', { accessTokens: { ...accessTokens, keyEncryptionKey: null } }],
])('where %s, there are no such routes', async (_why, policy) => {
  const { auth } = await startServer()
  const { store } = auth.config
  const app = createApp(createAuth({ store, ...policy }))
  for (const path of ['/v1/access_tokens', '/v1/revocations', '/.well-known/jwks.json']) {
    for (const method of ['GET', 'POST']) {
      expect([path, (await app.request(path, { method })).status]).toEqual([path, 404])
    }
    expect(await (await app.request('/openapi.json')).text()).not.toContain(path)
  }
})
