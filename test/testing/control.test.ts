// What a suite in another language is told and may do, and who is no such suite.
import type { Peer } from 'latchkey/server'
import { logInAs, type TestServer } from 'latchkey/testing'
import { describe, expect, test } from 'vitest'
import { control } from '../../src/testing/control.ts'
import { type Reply, read } from '../harness.ts'
import { count, forget, startTestServer } from './projects-api.ts'

const api = 'http://localhost:3000'
const here = { host: 'localhost:3009' }
const local = { address: '127.0.0.1' }

interface Asked {
  readonly body?: object | string
  readonly headers?: Record<string, string>
  readonly peer?: Peer
}

type Steer = (line: string, asked?: Asked) => Promise<Reply>

async function start(): Promise<{ server: TestServer; steer: Steer }> {
  const server = await startTestServer()
  const app = control(server, api)
  const steer: Steer = async (line, { body, headers = here, peer = local } = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...json, ...headers } }
    return read(await app.request(path, text === undefined ? init : { ...init, body: text }, peer))
  }
  return { server, steer }
}

test('it says where the API is, what time it is there, and what can be asked', async () => {
  const { steer } = await start()
  const { status, body } = await steer('GET /')
  expect([status, body.api, body.now]).toEqual([200, api, '2026-01-01T12:00:00.000Z'])
  const lines = ['POST /reset', 'GET /mails', 'GET /clock', 'POST /clock', 'POST /sessions']
  expect(Object.keys(body.routes)).toEqual(lines)
  for (const line of lines) {
    const { status } = await steer(line, line.startsWith('POST') ? { body: '{}' } : {})
    expect([line, status === 404]).toEqual([line, false])
  }
  expect((await steer('GET /nothing')).status).toBe(404)
})

test('whoever it logs in is let in by the API, and has proved their address if that is asked', async () => {
  const { server, steer } = await start()
  const asked = { email_address: 'ann@example.com', address: 'verified' }
  const { status, body } = await steer('POST /sessions', { body: asked })
  expect([status, body.email_address]).toEqual([201, 'ann@example.com'])
  const answer = await server.app.request('/v1/user', { headers: body.headers })
  expect(Object(await answer.json()).user).toMatchObject({ id: body.id, email_verified: true })

  const { id, email_address, password } = body
  const again = await steer('POST /sessions', { body: { id, email_address, password } })
  expect([again.status, again.body.id, again.body.token === body.token]).toEqual([201, id, false])
  const inBrowser = await steer('POST /sessions', { body: { transport: 'cookie' } })
  expect(inBrowser.body.headers.cookie).toBe(`session=${inBrowser.body.token}`)
  expect(await count(server, 'users')).toBe(2)
})

test('what the API refuses is said in its words', async () => {
  const { server, steer } = await start()
  const { status, body } = await steer('POST /sessions', { body: { email_address: 'ann' } })
  expect([status, body.error]).toEqual([422, expect.stringContaining('Email address is invalid')])
  expect(await count(server, 'users')).toBe(0)
})

test('mails are there as soon as they are asked for, with link and token, and of one address', async () => {
  const { server, steer } = await start()
  for (const name of ['ann', 'bob']) {
    await logInAs(server.app, `${name}@example.com`)
    await forget(server, `${name}@example.com`)
  }
  const { body } = await steer('GET /mails')
  expect(body.mails.map((mail: { to: string }) => mail.to)).toEqual([
    'bob@example.com',
    'ann@example.com',
  ])
  const anns = (await steer('GET /mails?to=Ann@example.com')).body.mails
  expect(anns).toEqual([body.mails[1]])
  expect(anns[0]).toMatchObject({ subject: 'Reset your password', to: 'ann@example.com' })
  expect(anns[0].link).toBe(`https://app.example.com/reset-password#${anns[0].token}`)

  const put = { token: anns[0].token, password: 'another horse battery' }
  await server.app.request('/v1/passwords', { method: 'PUT', body: new URLSearchParams(put) })
  const [newest] = (await steer('GET /mails?to=ann@example.com')).body.mails
  expect(newest).toMatchObject({ subject: 'Your password was changed', link: null, token: null })
})

test('whoever comes back before the idle time is over stays logged in, however the clock is moved', async () => {
  const { server, steer } = await start()
  const { headers } = await logInAs(server.app)
  for (const move of [
    () => server.clock.advance({ days: 20 }),
    () => steer('POST /clock', { body: { advance: { days: 20 } } }),
    () => server.clock.advance({ days: 20 }),
  ]) {
    await move()
    expect((await server.app.request('/v1/user', { headers })).status).toBe(200)
  }
  server.clock.advance({ days: 31 })
  expect((await server.app.request('/v1/user', { headers })).status).toBe(401)
})

test('the clock is moved by so much, or to an instant, and what is no time moves nothing', async () => {
  const { server, steer } = await start()
  const { headers } = await logInAs(server.app)
  const move = (body: object) => steer('POST /clock', { body })
  expect((await move({ advance: { days: 29, hours: 12 } })).body.now).toBe(
    '2026-01-31T00:00:00.000Z',
  )
  expect((await server.app.request('/v1/user', { headers })).status).toBe(200)
  const to = '2026-04-01T02:00:00+02:00'
  expect((await move({ now: to })).body).toEqual({ now: '2026-04-01T00:00:00.000Z' })
  expect((await server.app.request('/v1/user', { headers })).status).toBe(401)

  for (const wrong of [
    {},
    { advance: {}, now: to },
    { advance: { dayz: 1 } },
    { advance: { days: -1 } },
    { advance: { days: '1' } },
    { advance: { days: 1e9 } },
    { now: 'tomorrow' },
    { now: 1 },
  ]) {
    const { status, body } = await move(wrong)
    expect([wrong, status, typeof body.error]).toEqual([wrong, 422, 'string'])
  }
  expect((await steer('GET /clock')).body).toEqual({ now: '2026-04-01T00:00:00.000Z' })
})

test('a reset leaves nobody, no mail and no moved time', async () => {
  const { server, steer } = await start()
  const { headers, emailAddress } = await logInAs(server.app)
  await forget(server, emailAddress)
  await steer('POST /clock', { body: { advance: { days: 1 } } })
  const { status, body } = await steer('POST /reset')
  expect([status, body]).toEqual([200, { now: '2026-01-01T12:00:00.000Z' }])
  expect((await steer('GET /mails')).body).toEqual({ mails: [] })
  expect(await count(server, 'users')).toBe(0)
  expect((await server.app.request('/v1/user', { headers })).status).toBe(401)
})

test('a body is JSON, and an object', async () => {
  const { server, steer } = await start()
  const form = { ...here, 'content-type': 'text/plain' }
  const asked = { body: '{"advance":{"days":1}}' }
  expect((await steer('POST /clock', { ...asked, headers: form })).status).toBe(415)
  for (const body of ['{', '[]', '"now"', 'null', ' '.repeat(65_537)]) {
    expect((await steer('POST /clock', { body })).status).toBe(400)
  }
  expect(server.clock().toISOString()).toBe('2026-01-01T12:00:00.000Z')
})

describe('nobody else steers it', () => {
  const strangers: [string, Asked][] = [
    ['a peer in the network', { peer: { address: '192.168.1.7' } }],
    ['a peer in IPv6', { peer: { address: '2001:db8::1' } }],
    ['a peer without an address', { peer: { address: null } }],
    ['a page of another site', { headers: { ...here, origin: 'https://attacker.example' } }],
    ['a page of the API', { headers: { ...here, origin: api } }],
    ['a page of its own origin', { headers: { ...here, origin: 'http://localhost:3009' } }],
    ['a page without an origin', { headers: { ...here, origin: 'null' } }],
    ['an image in a page', { headers: { ...here, 'sec-fetch-site': 'cross-site' } }],
    ['a script of another port', { headers: { ...here, 'sec-fetch-site': 'same-site' } }],
    ['a name that was made to lead here', { headers: { host: 'attacker.example:3009' } }],
    ['a name that begins with ours', { headers: { host: 'localhost.attacker.example' } }],
    ['an address in the place of a name', { headers: { host: '127.0.0.1:3009' } }],
    ['no Host', { headers: {} }],
    ['a proxy', { headers: { ...here, 'x-forwarded-for': '127.0.0.1' } }],
  ]
  test.each(strangers)('%s', async (_who, stranger) => {
    const { server, steer } = await start()
    const ann = await logInAs(server.app, 'ann@example.com')
    await forget(server, ann.emailAddress)
    const lines = ['GET /', 'GET /mails', 'POST /reset', 'POST /sessions', 'GET /clock', 'GET /x']
    for (const line of lines) {
      const { status, body, headers } = await steer(line, stranger)
      expect([line, status, Object.keys(body)]).toEqual([line, 403, ['error']])
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    const moved = await steer('POST /clock', { ...stranger, body: { advance: { days: 1 } } })
    expect(moved.status).toBe(403)
    const asked = { ...stranger.headers, 'access-control-request-method': 'POST' }
    const preflight = await steer('OPTIONS /reset', { ...stranger, headers: asked })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect([await count(server, 'users'), await count(server, 'sessions')]).toEqual([1, 1])
    expect(server.clock().toISOString()).toBe('2026-01-01T12:00:00.000Z')
  })
})
