// What ends a session in a cookie, and when the cookie goes: with the session, and never without it.
import { argon2id, createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cookieIn,
  inCookie,
  type Reply,
  read,
  signUp,
  startServer,
} from '../harness.ts'
import { byCookie, logIn, sessionsOf, statusOf } from '../http/cookie-session.ts'

test('a log-out takes the cookie back, and clears what the browser kept', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  const out = await server.send('DELETE /v1/session', undefined, held)
  expect([out.status, out.body]).toEqual([200, { message: 'Logged out' }])
  requireForgotten(out)
  expect(out.headers.get('clear-site-data')).toBe('"cache", "storage"')
  expect(out.headers.get('cache-control')).toBe('no-store')
  expect(await statusOf(server, held)).toBe(401)
})

/** A cookie is replaced by one of the same name, path and attributes. */
function requireForgotten({ headers }: Reply): void {
  const cookie = headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^__Host-session=; /)
  const expected = ['HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Lax', 'Secure']
  expect(attributesOf(cookie)).toEqual(expected)
}

test('what is cleared can be chosen, nothing included', async () => {
  const server = await startServer()
  await signUp(server)
  for (const [clearSiteData, expected] of [
    [['cache', 'cookies', 'storage'], '"cache", "cookies", "storage"'],
    [['storage'], '"storage"'],
    [[], null],
  ] as const) {
    const app = createApp(server.auth, { clearSiteData })
    const headers = inCookie(await logIn(server))
    const out = await read(await app.request('/v1/session', { method: 'DELETE', headers }))
    expect(out.headers.get('clear-site-data')).toBe(expected)
    requireForgotten(out)
  }
})

test.each(['*', 'Cache', '"cache"', 'executionContexts', ''])(
  'a list of data to clear with %s in it is refused when the app is made',
  async (each) => {
    const { auth } = await startServer()
    const options = { clearSiteData: [JSON.parse(JSON.stringify(each))] }
    expect(() => createApp(auth, options)).toThrow(RangeError)
  },
)

test('a log-out with a header touches no cookie', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const held = inCookie(await logIn(server))
  const headers = { ...held, ...bearer(token) }
  const out = await server.send('DELETE /v1/session', undefined, headers)
  expect(out.status).toBe(200)
  expect([out.headers.has('set-cookie'), out.headers.has('clear-site-data')]).toEqual([
    false,
    false,
  ])
  expect(await statusOf(server, held)).toBe(200)
})

test('whoever ends their own session as a device, or themselves, has no cookie left', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  const { session } = (await server.send('GET /v1/session', undefined, held)).body
  const ended = await server.send(`DELETE /v1/sessions/${session.id}`, undefined, held)
  expect(ended.status).toBe(204)
  requireForgotten(ended)
  expect(ended.headers.has('clear-site-data')).toBe(false)
  const again = inCookie(await logIn(server))
  const challenge = { password_challenge: ann.password }
  const gone = await server.send('DELETE /v1/user', challenge, again)
  expect(gone.status).toBe(204)
  requireForgotten(gone)
  expect(gone.headers.has('clear-site-data')).toBe(false)
})

test('whoever ends another device, or all others, keeps the cookie', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const held = inCookie(await logIn(server))
  for (const line of [
    `DELETE /v1/sessions/${session.id}`,
    `DELETE /v1/sessions/${session.id}`,
    'DELETE /v1/sessions',
  ]) {
    expect((await server.send(line, undefined, held)).headers.has('set-cookie')).toBe(false)
  }
  expect([await statusOf(server, held), await statusOf(server, bearer(token))]).toEqual([200, 401])
})

test('a 401 takes no cookie back: another tab may have been given a new one', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  await server.send('PUT /v1/session/token', undefined, held)
  const lines = ['GET /v1/session', 'DELETE /v1/session', 'DELETE /v1/user', 'GET /v1/projects']
  for (const line of [...lines, 'PUT /v1/session/token']) {
    const { status, body, headers } = await server.send(line, undefined, held)
    expect([line, status, body.code]).toEqual([line, 401, 'invalid_token'])
    expect([headers.has('set-cookie'), headers.has('clear-site-data')]).toEqual([false, false])
  }
})

test('a log-in ends the session that the browser had, and no other', async () => {
  const server = await startServer()
  const elsewhere = await signUp(server)
  await server.send('POST /v1/registrations', { ...ann, email_address: 'bob@example.com' })
  const first = inCookie(await logIn(server))
  const second = await server.send('POST /v1/session', byCookie, first)
  expect(second.status).toBe(200)
  expect(await statusOf(server, first)).toBe(401)
  const bob = { ...byCookie, email_address: 'bob@example.com' }
  const third = await server.send('POST /v1/session', bob, inCookie(cookieIn(second)))
  expect(await statusOf(server, inCookie(cookieIn(second)))).toBe(401)
  const cid = { ...byCookie, email_address: 'cid@example.com' }
  const fourth = await server.send('POST /v1/registrations', cid, inCookie(cookieIn(third)))
  expect(await statusOf(server, inCookie(cookieIn(third)))).toBe(401)
  expect(await statusOf(server, inCookie(cookieIn(fourth)))).toBe(200)
  expect(await statusOf(server, bearer(elsewhere))).toBe(200)
  const { events } = (await server.send('GET /v1/events', undefined, bearer(elsewhere))).body
  const ended = events.filter(({ event }: { event: string }) => event === 'session_expired')
  expect(ended.map(({ detail }: { detail: string }) => detail)).toEqual(['logout', 'logout'])
})

test('a log-in for a token leaves the browser’s session alone', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  expect((await server.send('POST /v1/session', ann, held)).body.token).toMatch(/^lks_/)
  expect(await statusOf(server, held)).toBe(200)
})

test.each(['POST /v1/session', 'PUT /v1/session/token'])(
  'whatever else a request says, the session of the cookie that it replaces ends: %s',
  async (line) => {
    const server = await startServer()
    const token = await signUp(server)
    const held = inCookie(await logIn(server))
    const answered = await server.send(line, byCookie, { ...held, ...bearer(token) })
    expect(answered.status).toBe(200)
    expect(await statusOf(server, held)).toBe(401)
    expect(await statusOf(server, inCookie(cookieIn(answered)))).toBe(200)
    const isRotated = line.startsWith('PUT')
    expect(await statusOf(server, bearer(token))).toBe(isRotated ? 401 : 200)
    expect(await sessionsOf(server)).toBe(isRotated ? 1 : 2)
  },
)

test('of fifty rotations at once with one cookie one gives a cookie, and none takes one', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => server.send('PUT /v1/session/token', undefined, held)),
  )
  const given = replies.map(cookieIn).filter((token) => token !== '')
  expect(given).toHaveLength(1)
  expect(replies.filter(({ headers }) => headers.has('set-cookie'))).toHaveLength(1)
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(49)
  expect(await statusOf(server, inCookie(given[0] ?? ''))).toBe(200)
  expect(await statusOf(server, held)).toBe(401)
})

test('fifty log-ins at once over one cookie end its session, and each has one of its own', async () => {
  const cost = { memoryKibibytes: 8, passes: 1 }
  const passwordHash = argon2id({ cost, limits: { waiting: 50, waitMilliseconds: 60_000 } })
  const server = await startServer({ auth: { passwordHash } })
  await signUp(server)
  const held = inCookie(await logIn(server))
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => server.send('POST /v1/session', byCookie, held)),
  )
  const tokens = replies.map(cookieIn)
  expect([new Set(tokens).size, tokens.includes('')]).toEqual([50, false])
  for (const token of tokens) expect(await statusOf(server, inCookie(token))).toBe(200)
  expect(await statusOf(server, held)).toBe(401)
  // That of the sign-up, and these.
  expect(await sessionsOf(server)).toBe(51)
})

test('fifty log-outs at once all say so, and take the cookie back', async () => {
  const server = await startServer()
  const elsewhere = await signUp(server)
  const held = inCookie(await logIn(server))
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => server.send('DELETE /v1/session', undefined, held)),
  )
  for (const reply of replies) {
    expect(reply.status).toBeOneOf([200, 401])
    if (reply.status === 200) requireForgotten(reply)
  }
  expect([await statusOf(server, held), await statusOf(server, bearer(elsewhere))]).toEqual([
    401, 200,
  ])
})

// In alphabetical order: theirs means nothing.
function attributesOf(cookie: string): string[] {
  return cookie.split('; ').slice(1).sort()
}
