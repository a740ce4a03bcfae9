// Handlers of one's own in a server that speaks Request and Response.
import { AuthError, createGate, current } from 'latchkey/server'
import { expect, test } from 'vitest'
import { bearer, createApiKey, inCookie, signUp, startServer, verifyAddress } from '../harness.ts'

const url = 'https://api.example.com/notes'

test('a handler is called for whoever holds a session, with whatever else its server passes', async () => {
  const server = await startServer()
  const own = bearer(await signUp(server))
  const calls: unknown[] = []
  const handler = createGate(server.auth).protect(
    async (_request, { user, session }, id: number, name: string) => {
      calls.push([id, name, session.userId === user.id, current()?.session?.id === session.id])
      return new Response('notes')
    },
  )
  expect((await handler(new Request(url), 1, 'a')).status).toBe(401)
  const forged = { ...own, authorization: 'Bearer lks_none' }
  expect((await handler(new Request(url, { headers: forged }), 2, 'b')).status).toBe(401)
  expect(calls).toEqual([])
  const answered = await handler(new Request(url, { headers: own }), 3, 'c')
  expect([await answered.text(), calls]).toEqual(['notes', [[3, 'c', true, true]]])
})

test('whoever asks is found by header or cookie, and nobody where the request is not theirs', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const gate = createGate(server.auth)
  const find = async (method: string, headers: Record<string, string>) =>
    (await gate.find({ method, headers: new Headers(headers) }))?.user.emailAddress ?? null
  expect(await find('GET', bearer(token))).toBe('ann@example.com')
  expect(await find('POST', inCookie(token))).toBe('ann@example.com')
  const { cookie } = inCookie(token)
  expect(await find('GET', { cookie })).toBe('ann@example.com')
  expect(await find('POST', { cookie })).toBeNull()
  expect(await find('GET', {})).toBeNull()
  expect(await find('GET', { cookie: `session=${token}` })).toBeNull()
  const inDevelopment = createGate(server.auth, { mode: 'development' })
  const request = { method: 'GET', headers: new Headers({ cookie: `session=${token}` }) }
  expect((await inDevelopment.find(request))?.user.emailAddress).toBe('ann@example.com')
  expect(() => createGate(server.auth, { corsOrigins: ['*'] })).toThrow(RangeError)
})

test('while the database is away a handler answers 503, and to look for somebody throws', async () => {
  const server = await startServer()
  const headers = new Headers(bearer(await signUp(server)))
  const gate = createGate(server.auth)
  server.auth.config.store.findSession = async () => {
    throw new AuthError('unavailable')
  }
  const answered = await gate.protect(() => new Response())(new Request(url, { headers }))
  expect([answered.status, answered.headers.get('retry-after')]).toEqual([503, '2'])
  await expect(gate.find({ method: 'GET', headers })).rejects.toMatchObject({ code: 'unavailable' })
})

test('a gate with another access finds only whoever meets it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token, { scopes: ['projects:read'] })
  const { token: other } = await createApiKey(server, token, { scopes: ['projects:write'] })
  const scoped = createGate(server.auth, { access: { scope: 'projects:read' } })
  const fresh = createGate(server.auth, { access: 'fresh' })
  const by = (text: string) => ({ method: 'GET', headers: new Headers(bearer(text)) })
  expect((await scoped.find(by(key)))?.apiKey?.name).toBe('Nightly build')
  expect((await scoped.find(by(token)))?.session?.userId).toBe(
    (await fresh.find(by(token)))?.user.id,
  )
  expect(await scoped.find(by(other))).toBeNull()
  expect(await fresh.find(by(key))).toBeNull()
  server.clock.advance({ minutes: 11 })
  expect(await fresh.find(by(token))).toBeNull()
})

test('a key over its limit is not taken for nobody', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token, { scopes: ['projects:read'] })
  const gate = createGate(server.auth, { access: { scope: 'projects:read' } })
  const request = { method: 'GET', headers: new Headers(bearer(key)) }
  for (let use = 0; use < 600; use++) expect(await gate.find(request)).not.toBeNull()
  await expect(gate.find(request)).rejects.toMatchObject({ code: 'rate_limited' })
  const answered = await gate.protect(() => new Response())(new Request(url, request))
  expect([answered.status, answered.headers.has('retry-after')]).toEqual([429, true])
})
