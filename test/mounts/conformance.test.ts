// What is the same in whatever server Latchkey is mounted: one suite over HTTP for every example.
import { AuthError } from 'latchkey/server'
import { describe, expect, test } from 'vitest'
import { ann, bearer, mailedToken, type Reply } from '../harness.ts'
import { frontEnd, type Mounted, mount, names } from './mounts.ts'

const fromFrontEnd = { origin: frontEnd, 'sec-fetch-site': 'same-site' }
const notes = { notes: [], of: ann.email_address }

describe.each(names)('%s', (kind) => {
  test('one signs up, logs in, asks who one is and logs out, and then the next request fails', async () => {
    const { send } = await mount(kind)
    expect((await send('POST /v1/registrations', ann)).status).toBe(201)
    const loggedIn = await send('POST /v1/session', ann)
    expect([loggedIn.status, loggedIn.body.token]).toEqual([200, expect.stringMatching(/^lks_/)])
    const own = bearer(loggedIn.body.token)
    const asked = await send('GET /v1/session', undefined, own)
    expect(asked.body.user.email_address).toBe(ann.email_address)
    expect((await send('GET /notes', undefined, own)).body).toEqual(notes)
    expect((await send('DELETE /v1/session', undefined, own)).body).toEqual({
      message: 'Logged out',
    })
    expectRefused(await send('GET /notes', undefined, own), 401, 'invalid_token')
    expectRefused(await send('POST /notes', {}, own), 401, 'invalid_token')
  })

  test('a password is reset by a mail, and every session ends', async () => {
    const mounted = await mount(kind)
    const { send, outbox } = mounted
    const own = await begin(mounted)
    const { email_address } = ann
    expect((await send('POST /v1/passwords', { email_address })).status).toBe(200)
    await outbox.deliverDue()
    const proof = { token: mailedToken(mounted), password: 'another horse battery' }
    expect((await send('PUT /v1/passwords', proof)).status).toBe(200)
    expectRefused(await send('GET /notes', undefined, own), 401, 'invalid_token')
    expect((await send('POST /v1/session', { ...ann, ...proof })).status).toBe(200)
  })

  test('what is opened is open, and nothing else is', async () => {
    const { send } = await mount(kind)
    const welcome = await send('GET /welcome')
    expect([welcome.status, welcome.text]).toEqual([200, 'Welcome'])
    expect((await send('HEAD /welcome')).status).toBe(200)
    for (const line of [
      ...['POST /welcome', 'GET /Welcome', 'GET /welcome/', 'GET //welcome', 'GET /wel%63ome/'],
      ...['GET /notes', 'HEAD /notes', 'POST /notes', 'GET /Notes', 'GET /notes/', 'GET //notes'],
      ...['DELETE /notes', 'OPTIONS /notes', 'GET /nothing', 'GET /v1', 'GET /V1/session'],
    ]) {
      const { status } = await send(line)
      expect([line, status]).toEqual([line, expect.toBeOneOf([401, 404])])
    }
  })

  test('a closed route says what it wants, and to a token that is none that it is none', async () => {
    const { send } = await mount(kind)
    const refused = await send('GET /notes')
    expectRefused(refused, 401, 'unauthenticated')
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api"')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('vary')).toMatch(/\borigin\b/i)
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff')
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const authorization of ['Bearer junk', 'Bearer ', 'Token token=""', 'Bearer \xe9']) {
      const dead = await send('GET /notes', undefined, { authorization })
      expectRefused(dead, 401, 'invalid_token')
      expect(dead.headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
    }
    const named = await send('GET /notes', undefined, { 'x-request-id': 'mine' })
    expect(named.body.request_id).toBe('mine')
  })

  test('what is sent behind a log-out on one connection finds it done', async () => {
    const mounted = await mount(kind)
    const { authorization } = await begin(mounted)
    const ask = (line: string) =>
      `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`
    const paths = ['GET /v1/session', 'GET /notes', 'GET /v1/session']
    const asked = ['DELETE /v1/session', ...paths].map((line) => `${ask(line)}\r\n`).join('')
    const answer = await mounted.exchange(`${asked}${ask('GET /notes')}Connection: close\r\n\r\n`)
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual([
      'HTTP/1.1 200',
      ...Array(4).fill('HTTP/1.1 401'),
    ])
  })

  test('with seventeen behind one the connection is cut, and nothing behind it is done', async () => {
    const mounted = await mount(kind)
    const own = await begin(mounted)
    const { store } = mounted.auth.config
    const findSession = store.findSession.bind(store)
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    let found = 0
    store.findSession = async (digest) => {
      found += 1
      await mayGoOn
      return findSession(digest)
    }
    const ask = (line: string) =>
      `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${own.authorization}\r\n`
    const posted = `${ask('POST /notes')}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
    expect(await mounted.exchange(`${ask('GET /notes')}\r\n${posted.repeat(17)}`)).toBe('')
    goOn()
    expect((await mounted.send('GET /notes', undefined, own)).body).toEqual(notes)
    expect(found).toBe(2)
  })

  test('a session is over when its time is', async () => {
    const mounted = await mount(kind)
    const own = await begin(mounted)
    mounted.clock.advance({ hours: 719 })
    expect((await mounted.send('GET /notes', undefined, own)).status).toBe(200)
    await mounted.auth.flush()
    mounted.clock.advance({ hours: 721 })
    expectRefused(await mounted.send('GET /notes', undefined, own), 401, 'invalid_token')
  })

  test('HEAD answers as GET does, without a body', async () => {
    const mounted = await mount(kind)
    const own = await begin(mounted)
    for (const path of ['/notes', '/v1/session']) {
      const { status, text } = await mounted.send(`HEAD ${path}`, undefined, own)
      expect([path, status, text]).toEqual([path, 200, ''])
      expect((await mounted.send(`HEAD ${path}`)).status).toBe(401)
    }
  })

  test('a session in a cookie acts for pages of the front end, and for no other', async () => {
    const { send } = await mount(kind)
    const cookieOnly = { ...ann, transport: 'cookie' }
    const forged = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expectRefused(await send('POST /v1/registrations', cookieOnly, forged), 403, 'csrf')
    const signedUp = await send('POST /v1/registrations', cookieOnly, fromFrontEnd)
    const [cookie = ''] = (signedUp.headers.get('set-cookie') ?? '').split(';')
    expect([signedUp.status, cookie]).toEqual([201, expect.stringMatching(/^__Host-session=lks_/)])
    expect((await send('GET /notes', undefined, { cookie })).body).toEqual(notes)
    expect((await send('POST /notes', { a: 1 }, { cookie, ...fromFrontEnd })).status).toBe(201)
    for (const headers of [{}, forged, { origin: 'null' }, { 'sec-fetch-site': 'same-site' }]) {
      const asked = { cookie, ...headers }
      expectRefused(await send('POST /notes', { a: 1 }, asked), 403, 'csrf')
      expectRefused(await send('DELETE /v1/session', undefined, asked), 403, 'csrf')
    }
    const read = await send('GET /v1/session', undefined, { cookie, ...fromFrontEnd })
    expect(read.headers.get('access-control-allow-origin')).toBe(frontEnd)
    const ended = await send('DELETE /v1/session', undefined, { cookie, ...fromFrontEnd })
    expect(ended.status).toBe(200)
    expect(ended.headers.get('set-cookie')).toMatch(/Max-Age=0/)
    expectRefused(await send('GET /notes', undefined, { cookie }), 401, 'invalid_token')
  })

  test('a WebSocket is not opened by a cookie from a page of others', async () => {
    const mounted = await mount(kind)
    const token = (await begin(mounted)).authorization.replace('Bearer ', '')
    const upgrade = [
      'GET /notes HTTP/1.1',
      'Host: localhost',
      ...['Connection: Upgrade, close', 'Upgrade: websocket', 'Origin: https://evil.example'],
      `Cookie: __Host-session=${token}`,
    ]
    expect(await mounted.exchange(`${upgrade.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('another method on a path of Latchkey is 405 with those that there are, a preflight 204', async () => {
    const { send } = await mount(kind)
    const wrong = await send('PUT /v1/session', {})
    expectRefused(wrong, 405, 'method_not_allowed')
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD, DELETE')
    expect((await send('OPTIONS /v1/session')).status).toBe(405)
    const asked = { ...fromFrontEnd, 'access-control-request-method': 'DELETE' }
    const preflight = await send('OPTIONS /v1/session', undefined, asked)
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
  })

  test('a body is read once and within its limits, whatever the server would have made of it', async () => {
    const { send } = await mount(kind)
    const post = (body: string, type = 'application/json') =>
      send('POST /v1/session', body, { 'content-type': type })
    expectRefused(await post('{"email_address":'), 400, 'invalid_request')
    expectRefused(await post('[]'), 400, 'invalid_request')
    expectRefused(await post('<a/>', 'text/xml'), 415, 'unsupported_media_type')
    expectRefused(await post('x'.repeat(65 * 1024)), 413, 'payload_too_large')
    const form = new URLSearchParams(ann).toString()
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await send('POST /v1/registrations', form, asForm)).status).toBe(201)
    expectRefused(await send('POST /v1/registrations'), 422, 'validation_failed')
  })

  test('a large body of a route of one’s own is read by its framework', async () => {
    const mounted = await mount(kind)
    const own = await begin(mounted)
    const text = 'x'.repeat(90 * 1024)
    const { status, body } = await mounted.send('POST /notes', { text }, own)
    expect([status, body.note.text.length]).toEqual([201, text.length])
  })

  test('two Authorization headers are refused everywhere, and nothing behind them is done', async () => {
    const mounted = await mount(kind)
    const { authorization } = await begin(mounted)
    const both = [authorization, 'Bearer junk']
    for (const path of ['/notes', '/v1/session']) {
      for (const headers of [both, both.toReversed()]) {
        const lines = headers.map((header) => `Authorization: ${header}\r\n`).join('')
        const head = (line: string) => `${line} HTTP/1.1\r\nHost: localhost\r\n`
        const behind = `${head('DELETE /v1/session')}Authorization: ${authorization}\r\n\r\n`
        const said = await mounted.exchange(`${head(`GET ${path}`)}${lines}\r\n${behind}`)
        expect([path, said]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 400 /)])
        expect(said.match(/HTTP\/1\.1/g)).toHaveLength(1)
      }
    }
    expect((await mounted.send('GET /notes', undefined, { authorization })).status).toBe(200)
  })

  test('while the database is away every closed route says when to come back', async () => {
    const mounted = await mount(kind)
    const own = await begin(mounted)
    const { store } = mounted.auth.config
    const findSession = store.findSession.bind(store)
    store.findSession = async () => {
      throw new AuthError('unavailable')
    }
    for (const line of ['GET /notes', 'POST /notes', 'GET /v1/session']) {
      const away = await mounted.send(line, undefined, own)
      expectRefused(away, 503, 'unavailable')
      expect(away.headers.get('retry-after')).toBe('2')
    }
    expect((await mounted.send('GET /welcome')).status).toBe(200)
    store.findSession = findSession
    expect((await mounted.send('GET /notes', undefined, own)).status).toBe(200)
  })

  test('requests that come in one piece are answered in their order', async () => {
    const mounted = await mount(kind)
    const { authorization } = await begin(mounted)
    const get = (path: string, last = '') =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n${last}\r\n`
    const said = await mounted.exchange(
      get('/notes') + get('/v1/session') + get('/notes') + get('/welcome', 'Connection: close\r\n'),
    )
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(4).fill('HTTP/1.1 200'))
    expect(said).toMatch(/"notes":[\s\S]*"session":[\s\S]*"notes":[\s\S]*Welcome$/)
  })

  test('of fifty requests at a time each is its own user’s', async () => {
    const { send } = await mount(kind)
    const people = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
    const tokens = await Promise.all(
      people.map(async (email_address) => {
        const { body } = await send('POST /v1/registrations', { ...ann, email_address })
        return bearer(body.token)
      }),
    )
    const asked = Array.from({ length: 50 }, (_, index) => index % people.length)
    const found = await Promise.all(
      asked.map(async (index) => (await send('GET /notes', undefined, tokens[index])).body.of),
    )
    expect(found).toEqual(asked.map((index) => people[index]))
  })
})

async function begin({ send }: Mounted) {
  const { body } = await send('POST /v1/registrations', ann)
  return bearer(body.token)
}

function expectRefused({ status, body, headers }: Reply, expected: number, code: string): void {
  expect([status, body?.code]).toEqual([expected, code])
  expect(headers.get('x-request-id')).toBe(body.request_id)
}
