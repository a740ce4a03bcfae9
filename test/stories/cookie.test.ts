// A session in a cookie: the same session, and a token that no script can read.
import { createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cookieIn,
  createApiKey,
  inCookie,
  mailedToken,
  ownPage,
  read,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'
import { byCookie, logIn, sessionsOf, statusOf } from '../http/cookie-session.ts'

const whole = /^__Host-session=lks_[1-9A-HJ-NP-Za-km-z]{38}; /

test('a log-in that asks for a cookie puts the token into one, and into no body', async () => {
  const server = await startServer()
  const { send } = server
  await signUp(server)
  const reply = await send('POST /v1/session', byCookie, ownPage)
  const token = cookieIn(reply)
  expect([reply.status, Object.keys(reply.body)]).toEqual([200, ['session', 'user']])
  expect(reply.body.user.email_address).toBe(ann.email_address)
  expect(reply.text).not.toContain(token)
  const cookie = reply.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(whole)
  expect(attributesOf(cookie)).toEqual([
    'HttpOnly',
    'Max-Age=7776000',
    'Path=/',
    'SameSite=Lax',
    'Secure',
  ])
  expect(reply.headers.get('cache-control')).toBe('no-store')
  const shown = await send('GET /v1/session', undefined, inCookie(token))
  expect(shown.body).toEqual(reply.body)
  expect(shown.headers.has('set-cookie')).toBe(false)
})

// In alphabetical order: theirs means nothing.
function attributesOf(cookie: string): string[] {
  return cookie.split('; ').slice(1).sort()
}

test('so does a sign-up', async () => {
  const server = await startServer()
  const reply = await server.send('POST /v1/registrations', byCookie, ownPage)
  expect([reply.status, Object.keys(reply.body)]).toEqual([201, ['user']])
  expect(reply.headers.get('set-cookie')).toMatch(whole)
  expect(await statusOf(server, inCookie(cookieIn(reply)))).toBe(200)
})

test('who did not ask for a cookie is given none', async () => {
  const server = await startServer()
  for (const asked of [{}, { transport: 'bearer' }]) {
    const person = { ...ann, email_address: `ann${Object.keys(asked)}@example.com`, ...asked }
    for (const line of ['POST /v1/registrations', 'POST /v1/session']) {
      const reply = await server.send(line, person, ownPage)
      expect(reply.body.token).toMatch(/^lks_/)
      expect(reply.headers.has('set-cookie')).toBe(false)
    }
  }
})

test('a sign-up that a mail has to confirm sets none', async () => {
  const server = await startServer({ auth: { signUp: 'confirm' } })
  const reply = await server.send('POST /v1/registrations', byCookie, ownPage)
  expect([reply.status, reply.headers.has('set-cookie')]).toEqual([202, false])
  expect(await sessionsOf(server)).toBe(0)
})

test('a refused log-in or sign-up sets none, and ends nothing', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  const wrong = { ...byCookie, password: 'wrong horse battery' }
  for (const [line, body] of [
    ['POST /v1/session', wrong],
    ['POST /v1/session', { ...byCookie, password: null }],
    ['POST /v1/registrations', byCookie],
    ['POST /v1/registrations', { ...byCookie, email_address: 'x' }],
  ] as const) {
    const { status, headers } = await server.send(line, body, held)
    expect([status, headers.has('set-cookie')]).toEqual([expect.toBeOneOf([401, 422]), false])
  }
  expect(await statusOf(server, held)).toBe(200)
})

test('a transport that is none is a 422 on its field, and does nothing', async () => {
  const server = await startServer()
  const headers = { ...bearer(await signUp(server)), ...ownPage }
  const bob = { ...ann, email_address: 'bob@example.com' }
  for (const transport of ['Cookie', 'cookies', '', null, 1, true, ['cookie'], { cookie: true }]) {
    for (const [line, body] of [
      ['POST /v1/registrations', bob],
      ['POST /v1/session', ann],
      ['PUT /v1/session/token', {}],
    ] as const) {
      const reply = await server.send(line, { ...body, transport }, headers)
      expect([reply.status, reply.body.details]).toEqual([
        422,
        [
          transport === null
            ? { field: 'transport', code: 'blank', message: "Transport can't be blank" }
            : {
                field: 'transport',
                code: 'inclusion',
                message: 'Transport must be one of bearer, cookie',
              },
        ],
      ])
      expect(reply.headers.has('set-cookie')).toBe(false)
    }
  }
  expect([await sessionsOf(server), await statusOf(server, headers)]).toEqual([1, 200])
})

test('in development the cookie has a plain name and goes over http; neither mode reads the other’s', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const app = createApp(server.auth, { mode: 'development' })
  const headers = { 'content-type': 'application/json', ...ownPage }
  const init = { method: 'POST', headers, body: JSON.stringify(byCookie) }
  const reply = await read(await app.request('/v1/session', init))
  const cookie = reply.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^session=lks_/)
  expect(attributesOf(cookie)).toEqual(['HttpOnly', 'Max-Age=7776000', 'Path=/', 'SameSite=Lax'])
  expect(reply.headers.has('strict-transport-security')).toBe(false)
  const statuses = []
  for (const name of ['session', '__Host-session']) {
    const own = { cookie: `${name}=${token}` }
    const { status } = await app.request('/v1/session', { headers: own })
    statuses.push([status, await statusOf(server, own)])
  }
  expect(statuses).toEqual([
    [200, 401],
    [401, 200],
  ])
})

test('the cookie lasts until the session is too old, however much it is used', async () => {
  const server = await startServer({ auth: { sessions: { idleHours: 48, maximumHours: 24 } } })
  await signUp(server)
  const token = await logIn(server)
  server.clock.advance({ hours: 23, milliseconds: 1 })
  const rotated = await server.send('PUT /v1/session/token', undefined, inCookie(token))
  expect(rotated.headers.get('set-cookie')).toContain('; Max-Age=3600;')
  server.clock.advance({ hours: 1, milliseconds: -2 })
  expect(await statusOf(server, inCookie(cookieIn(rotated)))).toBe(200)
  server.clock.advance({ milliseconds: 1 })
  expect(await statusOf(server, inCookie(cookieIn(rotated)))).toBe(401)
})

test('a session that ends while its token is replaced leaves no cookie that outlives it', async () => {
  let isLate = false
  const server = await startServer({
    auth: { sessions: { maximumHours: 24 } },
    watch: (database) => ({
      ...database,
      countConnections: () => database.countConnections(),
      lookUp: (...asked) => database.lookUp(...asked),
      query: (...asked) => database.query(...asked),
      async transaction(...asked) {
        const done = await database.transaction(...asked)
        if (isLate) server.clock.advance({ hours: 25 })
        return done
      },
    }),
  })
  await signUp(server)
  const held = inCookie(await logIn(server))
  isLate = true
  const { status, headers } = await server.send('PUT /v1/session/token', undefined, held)
  expect([status, headers.get('set-cookie')]).toEqual([
    200,
    expect.stringContaining('; Max-Age=0;'),
  ])
})

test('no browser is asked to keep one for more than 400 days', async () => {
  const server = await startServer({ auth: { sessions: { maximumHours: 87_600 } } })
  const { headers } = await server.send('POST /v1/registrations', byCookie, ownPage)
  expect(headers.get('set-cookie')).toContain('; Max-Age=34560000;')
})

test('name and value together are far below what a browser keeps', async () => {
  const server = await startServer()
  const { headers } = await server.send('POST /v1/registrations', byCookie, ownPage)
  expect((headers.get('set-cookie') ?? '').length).toBeLessThan(200)
})

test('another token comes the way the request came', async () => {
  const server = await startServer()
  const first = await signUp(server)
  const plain = await server.send('PUT /v1/session/token', undefined, bearer(first))
  expect([plain.body.token === first, plain.headers.has('set-cookie')]).toEqual([false, false])
  const held = await logIn(server)
  const rotated = await server.send('PUT /v1/session/token', undefined, inCookie(held))
  const next = cookieIn(rotated)
  expect([rotated.status, Object.keys(rotated.body)]).toEqual([200, ['session']])
  expect(rotated.text).not.toContain(next)
  expect(await statusOf(server, inCookie(held))).toBe(401)
  expect(await statusOf(server, inCookie(next))).toBe(200)
})

test('a script does not get the token out of the browser', async () => {
  const server = await startServer()
  await signUp(server)
  const held = await logIn(server)
  const asked = { transport: 'bearer' }
  const reply = await server.send('PUT /v1/session/token', asked, inCookie(held))
  expect([reply.status, reply.body.details]).toEqual([
    422,
    [
      {
        field: 'transport',
        code: 'inclusion',
        message: 'Transport must be cookie, as the request had it',
      },
    ],
  ])
  expect(await statusOf(server, inCookie(held))).toBe(200)
})

test('who holds a token can have the browser keep another in its place', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const asked = { transport: 'cookie' }
  const headers = { ...bearer(token), ...ownPage }
  const reply = await server.send('PUT /v1/session/token', asked, headers)
  expect([reply.status, Object.keys(reply.body)]).toEqual([200, ['session']])
  expect(await statusOf(server, inCookie(cookieIn(reply)))).toBe(200)
  expect(await statusOf(server, bearer(token))).toBe(401)
})

test('of what a cookie said before a log-in nothing stays', async () => {
  const server = await startServer()
  await signUp(server)
  const strangers = await signUp(await startServer())
  for (const made of [strangers, 'lks_fixed', '', 'x'.repeat(3_000)]) {
    const reply = await server.send('POST /v1/session', byCookie, inCookie(made))
    expect([reply.status, cookieIn(reply) === made]).toEqual([200, false])
    expect(await statusOf(server, inCookie(made))).toBe(401)
    expect(await statusOf(server, inCookie(cookieIn(reply)))).toBe(200)
  }
})

test.each([
  ['Basic YTpi', 401, 'unauthenticated'],
  ['', 401, 'unauthenticated'],
  ['Digest x', 401, 'unauthenticated'],
  ['Bearer', 401, 'invalid_token'],
  ['Bearer lks_junk', 401, 'invalid_token'],
  ['Token token=""', 401, 'invalid_token'],
  ['Bearer x, Basic y', 400, 'invalid_request'],
])(
  'beside the header Authorization: %s a good cookie counts for nothing',
  async (header, status, code) => {
    const server = await startServer()
    await signUp(server)
    const held = inCookie(await logIn(server))
    for (const line of [
      'GET /v1/session',
      'GET /v1/projects',
      'DELETE /v1/session',
      'PATCH /v1/user',
    ]) {
      const reply = await server.send(line, undefined, { ...held, authorization: header })
      expect([line, reply.status, reply.body.code]).toEqual([line, status, code])
      expect(reply.headers.has('set-cookie')).toBe(false)
    }
    expect(await statusOf(server, held)).toBe(200)
  },
)

test('beside a good header a bad cookie counts for nothing either', async () => {
  const server = await startServer()
  const own = bearer(await signUp(server))
  const cookies = ['__Host-session=junk', '__Host-session=a; __Host-session=b', ';;;']
  for (const cookie of cookies) {
    const hostile = { ...own, cookie, 'sec-fetch-site': 'cross-site' }
    expect(await statusOf(server, hostile)).toBe(200)
    expect((await server.send('PUT /v1/session/token', { transport: 'x' }, hostile)).status).toBe(
      422,
    )
  }
})

test('a cookie holds the token of a session: one of another kind is a 401, and is not used', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { id, token: key } = await createApiKey(server, token)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  server.clock.advance({ minutes: 6 })
  for (const other of [key, reset]) {
    for (const line of [
      'GET /v1/projects',
      'POST /v1/projects',
      'GET /v1/user',
      'PATCH /v1/user',
    ]) {
      const { status, body } = await server.send(line, undefined, inCookie(other))
      expect([line, status, body.code]).toEqual([line, 401, 'invalid_token'])
    }
  }
  await server.auth.flush()
  const { api_keys } = (await server.send('GET /v1/api_keys', undefined, bearer(token))).body
  expect(api_keys).toMatchObject([{ id, last_used_at: null }])
})

test('whoever opens a link is known by their cookie', async () => {
  const server = await startServer()
  await signUp(server)
  const held = inCookie(await logIn(server))
  await server.send('POST /v1/email_verifications', undefined, held)
  await server.outbox.deliverDue()
  const token = mailedToken(server)
  const hostile = { ...held, 'sec-fetch-site': 'cross-site' }
  const forged = await server.send('PUT /v1/email_verifications', { token }, hostile)
  expect([forged.status, forged.body.code]).toEqual([403, 'csrf'])
  const proved = await server.send('PUT /v1/email_verifications', { token }, held)
  expect([proved.status, proved.body.user.email_verified]).toEqual([200, true])
})

test('a cookie of a session that is over keeps nobody from confirming with the password', async () => {
  const server = await startServer()
  const own = bearer(await signUp(server))
  const held = await logIn(server)
  await server.send('POST /v1/email_verifications', undefined, own)
  await server.outbox.deliverDue()
  const token = mailedToken(server)
  const twice = { ...ownPage, cookie: `__Host-session=${held}; __Host-session=${held}` }
  const { password } = ann
  const refused = await server.send('PUT /v1/email_verifications', { token, password }, twice)
  expect([refused.status, refused.body.code]).toEqual([401, 'invalid_token'])
  await server.send('DELETE /v1/session', undefined, inCookie(held))
  const asked = await server.send('PUT /v1/email_verifications', { token }, inCookie(held))
  expect([asked.status, asked.body.details[0].code]).toEqual([422, 'blank'])
  const proof = { token, password }
  const proved = await server.send('PUT /v1/email_verifications', proof, inCookie(held))
  expect([proved.status, proved.body.user.email_verified]).toEqual([200, true])
})
