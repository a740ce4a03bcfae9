// A service beside the API: whoever has a session gets in with an access token, and whatever ends the
// session ends that too, within the seconds that were chosen.
import type { AccessToken, Refused, ResourceServerOptions } from 'latchkey/resource-server'
import { resourceServer } from 'latchkey/resource-server'
import { movableClock } from 'latchkey/testing'
import { expect, test } from 'vitest'
import {
  accessTokens,
  ann,
  bearer,
  createApiKey,
  emptyDatabaseUrl,
  mailedToken,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const audience = 'https://files.example.com'
const { issuer } = accessTokens

type Api = Pick<Server, 'app' | 'clock'>

/** A service that asks one of these processes after the other. */
function serviceOf(apis: readonly [Api, ...Api[]], options: Partial<ResourceServerOptions> = {}) {
  const [{ clock }] = apis
  let asked = 0
  const fetch = async (url: string) => {
    const { app } = apis[asked++ % apis.length] ?? apis[0]
    return app.request(url.replace(issuer, ''))
  }
  const own = { api: issuer, issuer, audience, fetch, clock, revocations: 'fail-closed' } as const
  const { authenticate } = resourceServer({ ...own, ...options })
  return (token: string): Promise<AccessToken | Refused> => authenticate(`Bearer ${token}`)
}

async function accessTokenOf({ send }: Pick<Server, 'send'>, token: string, asked: object = {}) {
  const body = { audience, ...asked }
  const reply = await send('POST /v1/access_tokens', body, bearer(token))
  expect([reply.status, reply.body.error]).toEqual([200, undefined])
  return String(reply.body.access_token)
}

async function logIn({ send }: Server): Promise<string> {
  return (await send('POST /v1/session', ann)).body.token
}

test('a session’s access token is let in, as its user and with its scopes', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { user, session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const service = serviceOf([server])
  const all = await service(await accessTokenOf(server, token))
  expect(all).toMatchObject({ userId: user.id, scopes: ['projects:read', 'projects:write'] })
  expect(all).toMatchObject({ expiresAt: new Date('2026-01-01T12:05:00Z') })
  expect(Object(all).sid).not.toBe(session.id)
  const one = await service(await accessTokenOf(server, token, { scope: 'projects:read' }))
  expect(one).toMatchObject({ sid: Object(all).sid, scopes: ['projects:read'] })
})

interface Ending {
  readonly server: Server
  /** Of the session that ends, and of another of the same user. */
  readonly token: string
  readonly other: string
}

const endings: Record<string, (ending: Ending) => Promise<unknown>> = {
  'log-out': ({ server, token }) => server.send('DELETE /v1/session', undefined, bearer(token)),
  'its end from another device': async ({ server, token, other }) => {
    const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
    return server.send(`DELETE /v1/sessions/${session.id}`, undefined, bearer(other))
  },
  'the end of all others': ({ server, other }) =>
    server.send('DELETE /v1/sessions', undefined, bearer(other)),
  'a change of the password elsewhere': ({ server, other }) => {
    const change = { password_challenge: ann.password, password: 'another horse battery' }
    return server.send('PUT /v1/password', change, bearer(other))
  },
  'a reset of the password': async ({ server }) => {
    await server.send('POST /v1/passwords', ann)
    await server.outbox.deliverDue()
    const reset = { token: mailedToken(server), password: 'another horse battery' }
    return server.send('PUT /v1/passwords', reset)
  },
  'an operator who logs the user out': async ({ server, token }) => {
    const { user } = (await server.send('GET /v1/user', undefined, bearer(token))).body
    return server.auth.revokeSessions(user.id)
  },
  'more log-ins than may be': async ({ server }) => {
    for (let count = 0; count < 2; count++) await logIn(server)
  },
  'a ban': async ({ server, token }) => {
    const { user } = (await server.send('GET /v1/user', undefined, bearer(token))).body
    return server.auth.banUser(user.id)
  },
  'the end of the account': ({ server, other }) => {
    const challenge = { password_challenge: ann.password }
    return server.send('DELETE /v1/user', challenge, bearer(other))
  },
  'the end of everybody’s sessions': ({ server }) => server.auth.revokeAllSessions(),
}

test.each(Object.keys(endings))('%s is known to the service within ten seconds', async (name) => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  const token = await signUp(server)
  server.clock.advance({ seconds: 1 })
  const other = await logIn(server)
  const bob = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const service = serviceOf([server])
  const texts = await Promise.all([token, bob].map((each) => accessTokenOf(server, each)))
  const [ended = '', untouched = ''] = texts
  for (const text of texts) expect(await service(text)).toHaveProperty('userId')
  // A request at every moment keeps the list as young, or as old, as it may be.
  server.clock.advance({ seconds: 3 })
  expect(await service(ended)).toHaveProperty('userId')

  await endings[name]?.({ server, token, other })
  let seconds = 0
  while ('userId' in (await service(ended))) {
    server.clock.advance({ seconds: 1 })
    seconds += 1
    expect(seconds).toBeLessThanOrEqual(10)
  }
  const code = 'invalid_token'
  expect(await service(ended)).toMatchObject({ status: 401, body: { code } })
  const isOthers = name !== 'the end of everybody’s sessions'
  expect('userId' in (await service(untouched))).toBe(isOthers)
  // And it stays refused, until it would have ended anyway.
  for (let minute = 0; minute < 6; minute++) {
    server.clock.advance({ minutes: 1 })
    expect(await service(ended)).toMatchObject({ status: 401, body: { code } })
  }
})

test('the first request after a pause already knows what ended meanwhile', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const service = serviceOf([server])
  const text = await accessTokenOf(server, token)
  expect(await service(text)).toHaveProperty('userId')
  await server.send('DELETE /v1/session', undefined, bearer(token))
  server.clock.advance({ seconds: 10 })
  expect(await service(text)).toMatchObject({ status: 401 })
})

test('a session that gets another token is the same session to the service', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const service = serviceOf([server])
  const before = await accessTokenOf(server, token)
  const { body } = await server.send('PUT /v1/session/token', undefined, bearer(token))
  server.clock.advance({ seconds: 11 })
  const after = await accessTokenOf(server, body.token)
  expect(await service(before)).toHaveProperty('userId')
  expect(Object(await service(after)).sid).toBe(Object(await service(before)).sid)
  await server.send('DELETE /v1/session', undefined, bearer(body.token))
  server.clock.advance({ seconds: 11 })
  for (const text of [before, after]) expect(await service(text)).toMatchObject({ status: 401 })
})

test('a token of another kind, or for another service, is not let in', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const others = [token, key, mailedToken(server)]
  others.push(await accessTokenOf(server, token, { audience: 'billing' }))
  const service = serviceOf([server])
  for (const text of others) {
    const code = 'invalid_token'
    expect([text, await service(text)]).toMatchObject([text, { status: 401, body: { code } }])
  }
  // Nor the other way round.
  const text = await accessTokenOf(server, token)
  expect((await server.send('GET /v1/session', undefined, bearer(text))).status).toBe(401)
})

test('keys change under load, over two processes of the API, and nobody is refused', async () => {
  const databaseUrl = await emptyDatabaseUrl()
  const clock = movableClock()
  const start = () => startServer({ databaseUrl, auth: { clock } })
  const servers = [
    { ...(await start()), clock },
    { ...(await start()), clock },
  ] as const
  const [first] = servers
  const token = await signUp(first)
  const service = serviceOf(servers)
  const kids = new Set<unknown>()
  const refused: unknown[] = []
  let held: string[] = []
  for (let minute = 0; minute < 60; minute++) {
    if (minute === 2 || minute === 30) await first.auth.rotateSigningKey({ signs: 'soon' })
    const issued = await Promise.all(servers.map((server) => accessTokenOf(server, token)))
    for (const text of issued) kids.add(kidOf(text))
    held = [...issued, ...held].slice(0, 10)
    const callers = await Promise.all([...held, ...held, ...held].map(service))
    refused.push(...callers.filter((caller) => 'status' in caller))
    clock.advance({ minutes: 1 })
  }
  expect(refused).toEqual([])
  expect(kids.size).toBe(3)
})

test('a key that was revoked ends its tokens within ten minutes, and signs no more', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const service = serviceOf([server])
  const text = await accessTokenOf(server, token)
  expect(await service(text)).toHaveProperty('userId')
  await server.auth.rotateSigningKey({ signs: 'at_once' })
  expect(await server.auth.revokeSigningKey(kidOf(text))).toBe('revoked')
  server.clock.advance({ minutes: 1 })
  const next = await accessTokenOf(server, token)
  expect(kidOf(next)).not.toBe(kidOf(text))
  expect(await service(next)).toHaveProperty('userId')
  expect(await service(text)).toMatchObject({ status: 401 })
})

test('more endings than a list can hold are refused nevertheless', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { body } = await server.send('GET /v1/session', undefined, bearer(token))
  const text = await accessTokenOf(server, token)
  const service = serviceOf([server], {
    fetch: async (url) => {
      const answer = await server.app.request(url.replace(issuer, ''))
      if (url.endsWith('jwks.json')) return answer
      const now = Math.floor(server.clock().getTime() / 1_000)
      return Response.json({ ...Object(await answer.json()), issued_before: now - 1 })
    },
  })
  expect(body.user.id).toBe(Object(await service(text)).userId)
  server.clock.advance({ seconds: 11 })
  expect(await service(text)).toMatchObject({ status: 401 })
})

function kidOf(text: string): string {
  const [head = ''] = text.split('.')
  return JSON.parse(Buffer.from(head, 'base64url').toString()).kid
}
