// The client: its verbs, what it sends, and what it makes of answers.
import { getEventListeners } from 'node:events'
import { createClient, inMemory } from 'latchkey/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ann, startServer } from '../harness.ts'
import { answering, api, bob, changesOf, clientOf, refused } from './client-harness.ts'

function busy(retryAfter: string, status = 503): Response {
  return Response.json({ code: 'overloaded' }, { status, headers: { 'retry-after': retryAfter } })
}

test('somebody signs up, is who they are, logs out, and logs in again', async () => {
  const { client } = clientOf(await startServer())
  const changes = changesOf(client)
  const signedUp = await client.registrations.create(ann)
  expect(signedUp).toMatchObject({
    outcome: 'signed_up',
    user: { email_address: ann.email_address },
  })
  expect((await client.session.show()).session.current).toBe(true)
  await client.session.delete()
  expect((await refused(client.session.show())).code).toBe('unauthenticated')
  await client.session.create(ann)
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
  expect(changes).toEqual(['signed_in', 'signed_out', 'signed_in'])
})

test('where addresses are confirmed first, a sign-up begins no session', async () => {
  const { client } = clientOf(await startServer({ auth: { signUp: 'confirm' } }))
  const changes = changesOf(client)
  expect((await client.registrations.create(ann)).outcome).toBe('confirmation_sent')
  expect((await refused(client.user.show())).status).toBe(401)
  expect(changes).toEqual([])
})

test('devices are listed, named and ended', async () => {
  const server = await startServer()
  const { client } = clientOf(server)
  const { client: phone } = clientOf(server)
  await client.registrations.create(ann)
  await phone.session.create(ann)
  const { sessions, next_cursor } = await client.sessions.list({ limit: 1, cursor: null })
  expect(sessions).toHaveLength(1)
  const rest = await client.sessions.list({ cursor: next_cursor })
  expect(rest.sessions).toHaveLength(1)
  const other = [...sessions, ...rest.sessions].find(({ current }) => !current)
  const { session } = await client.sessions.rename(other?.id ?? '', 'Telephone')
  expect(session.name).toBe('Telephone')
  expect(await client.sessions.deleteOthers()).toEqual({ revoked: 1 })
  expect((await refused(phone.user.show())).code).toBe('invalid_token')
  expect((await client.sessions.list()).sessions).toHaveLength(1)
})

test('no id names nobody, also where a proxy drops the last slash', async () => {
  const server = await startServer()
  const { client: phone } = clientOf(server)
  const { client, lines } = clientOf(server, {
    between: (fetch) => (url, init) => fetch(url.replace(/\/$/, ''), init),
  })
  await client.registrations.create(ann)
  await phone.session.create(ann)
  for (const refuse of [
    () => client.sessions.delete(''),
    () => client.sessions.rename('', 'Telephone'),
    () => client.apiKeys.delete(''),
  ]) {
    expect((await refused(refuse())).status).toBe(404)
  }
  expect((await phone.user.show()).user.email_address).toBe(ann.email_address)
  expect(lines().filter((line) => line.startsWith('DELETE'))).toHaveLength(2)
})

test('what is refused says which field, why, and for which request', async () => {
  const { client } = clientOf(await startServer())
  const error = await refused(client.registrations.create({ ...ann, password: 'short' }))
  expect(error).toMatchObject({ code: 'validation_failed', status: 422 })
  expect(error.details).toEqual([
    {
      field: 'password',
      code: 'too_short',
      message: 'Password is too short (minimum is 8 characters)',
    },
  ])
  expect(error.message).toBe('Password is too short (minimum is 8 characters)')
  expect(error.requestId).toMatch(/^[\w.-]+$/)
})

test('a new token takes the place of the old one, and requests go on', async () => {
  const session = inMemory()
  const { client } = clientOf(await startServer(), { session })
  await client.registrations.create(ann)
  const old = await session.read()
  await client.session.rotate()
  expect(await session.read()).not.toBe(old)
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
})

test('of twenty requests that find the session dead, one says so', async () => {
  const server = await startServer()
  const session = inMemory()
  const { client } = clientOf(server, { session })
  const { client: phone } = clientOf(server)
  await client.registrations.create(ann)
  await phone.session.create(ann)
  await phone.sessions.deleteOthers()
  const changes = changesOf(client)
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => client.user.show()))
  expect(asked.filter(({ status }) => status === 'fulfilled')).toEqual([])
  expect(changes).toEqual(['signed_out'])
  expect(await session.read()).toBeNull()
})

test('wrong credentials end no session', async () => {
  const { client } = clientOf(await startServer())
  await client.registrations.create(ann)
  const changes = changesOf(client)
  expect((await refused(client.session.create(bob))).code).toBe('invalid_credentials')
  expect(changes).toEqual([])
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
})

test('to log out of a session that is dead is as good', async () => {
  const server = await startServer()
  const { client } = clientOf(server)
  await client.registrations.create(ann)
  await server.auth.revokeSessions((await client.user.show()).user.id)
  const changes = changesOf(client)
  await client.session.delete()
  expect(changes).toEqual(['signed_out'])
})

test('a request of the application’s own carries the session, and to this API alone', async () => {
  const { client, sent } = clientOf(await startServer())
  await client.registrations.create(ann)
  const response = await client.fetch('/v1/projects', {
    method: 'POST',
    body: JSON.stringify({ title: 'Mine' }),
    headers: { 'content-type': 'application/json' },
    // What would lead the token elsewhere is not the caller's to choose.
    redirect: 'follow',
    credentials: 'include',
  })
  expect(response.status).toBe(201)
  const paths = ['@evil.example/', 'https://evil.example/', '.evil.example/', '', '//evil.example/']
  for (const elsewhere of [...paths, '/\\evil.example/', '/\t/evil.example/', `${api}/v1/user`]) {
    await expect(client.fetch(elsewhere)).rejects.toThrow(TypeError)
  }
  const request = new Request(`${api}/v1/user`)
  // @ts-expect-error: nor is a Request
  await expect(client.fetch(request)).rejects.toThrow('is not an API URL')
  expect(sent).toHaveLength(2)
  for (const { url, init } of sent) {
    expect(url).toMatch(/^https:\/\/api\.example\.com\/v1\//)
    expect([init.redirect, init.credentials]).toEqual(['error', 'omit'])
  }
})

test('an API may be below a path, or of the page’s own origin', async () => {
  for (const [url, asked] of [
    ['https://example.com/api', 'https://example.com/api/v1/user'],
    ['https://example.com/api/', 'https://example.com/api/v1/user'],
    ['/api', '/api/v1/user'],
    ['', '/v1/user'],
    ['http://localhost:3000', 'http://localhost:3000/v1/user'],
  ] as const) {
    const fetch = vi.fn(async () => Response.json({ user: {} }))
    await createClient(url, { session: inMemory(), fetch }).user.show()
    expect(fetch).toHaveBeenCalledWith(asked, expect.anything())
  }
  // What would be a host of another name, or none, which takes the first part of the path for one.
  const hostless = ['https://', 'https:///x', 'https://\\evil', '//evil', '/\\evil', 'https://?x']
  const others = ['api.example.com', 'https://a.example?x', 'https://a.example#', 'file:///a']
  const named = ['https://ann:secret@a.example', 'https://ann@a.example/api']
  for (const url of [...hostless, ...others, ...named]) {
    expect(() => createClient(url, { session: inMemory() })).toThrow(TypeError)
  }
})

test.each(['https://example.com/api', '/api'])(
  'below %s no path leads the token to a neighbour',
  async (url) => {
    const fetch = vi.fn(async () => Response.json({}))
    const client = createClient(url, { session: inMemory(), fetch })
    const away = [
      '/../other',
      '/%2e%2e/other',
      '/v1/..\\../other',
      '/v1\\..\\..\\other',
      '/%2E%2E/other',
      '/..',
      '/.\t./other',
      '/../apis/x',
    ]
    for (const path of away) await expect(client.fetch(path)).rejects.toThrow(TypeError)
    expect(fetch).not.toHaveBeenCalled()
    for (const path of ['/', '/v1/user', '/v1/files?name=../x', '/v1/a..b', '/v1/a b']) {
      await client.fetch(path)
      expect(fetch).toHaveBeenLastCalledWith(`${url}${path}`, expect.anything())
    }
  },
)

test('the environment’s fetch is the one of the moment', async () => {
  const client = createClient(api, { session: inMemory() })
  const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ user: {} }))
  onTestFinished(() => fetch.mockRestore())
  expect(await client.user.show()).toEqual({ user: {} })
})

test('a body that is a stream goes out once, as it comes', async () => {
  const server = await startServer()
  const { client } = clientOf(server)
  await client.registrations.create(ann)
  const body = new Response('{"title":"Mine"}').body
  const headers = { 'content-type': 'application/json' }
  const sent = { method: 'POST', body, headers, duplex: 'half' } as const
  expect((await client.fetch('/v1/projects', sent)).status).toBe(201)
})

test('what only reads is asked again where the API is away or busy, and then gives up', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const user = Response.json({ user: {} })
  for (const [answers, calls] of [
    [[null, user], 2],
    [[busy('2'), user], 2],
    [[busy('2', 429), null, user], 3],
  ] as const) {
    const { client, fetch } = answering(...answers)
    const [shown] = await Promise.all([client.user.show(), vi.advanceTimersByTimeAsync(9_000)])
    expect(shown).toEqual({ user: {} })
    expect(fetch).toHaveBeenCalledTimes(calls)
  }
  const { client, fetch } = answering(null)
  const asking = refused(client.user.show())
  await vi.advanceTimersByTimeAsync(9_000)
  expect(await asking).toMatchObject({ code: 'unreachable', status: 0 })
  expect(fetch).toHaveBeenCalledTimes(3)
})

test('it waits as long as the API says', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { client, fetch } = answering(busy('3'), Response.json({ user: {} }))
  const asking = client.user.show()
  await vi.advanceTimersByTimeAsync(2_999)
  expect(fetch).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(fetch).toHaveBeenCalledTimes(2)
  await asking
})

test('a date counts as well, which what stands before an API may send', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-26T10:00:00Z') })
  onTestFinished(() => void vi.useRealTimers())
  const soon = busy('Thu, 26 Nov 2026 10:00:03 GMT')
  const { client, fetch } = answering(soon, Response.json({ user: {} }))
  const asking = client.user.show()
  await vi.advanceTimersByTimeAsync(2_999)
  expect(fetch).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  await asking
  const { client: other } = answering(busy('Thu, 26 Nov 2026 10:10:03 GMT'))
  expect((await refused(other.user.show())).retryAfterSeconds).toBe(600)
})

test.each([
  ['a wait of minutes', busy('600')],
  ['a wait of nobody knows what', busy('soon')],
  ['a fault', Response.json({ code: 'internal_error' }, { status: 500 })],
  ['a refusal', Response.json({ code: 'not_found' }, { status: 404 })],
])('behind %s nobody asks again', async (_what, answer) => {
  const { client, fetch } = answering(answer)
  expect((await refused(client.user.show())).status).toBe(answer.status)
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('what writes is sent once, whatever becomes of it', async () => {
  for (const answer of [null, busy('1')]) {
    const { client, fetch } = answering(answer)
    await refused(client.session.create(ann))
    await refused(client.sessions.deleteOthers())
    expect(fetch).toHaveBeenCalledTimes(2)
  }
})

test('whoever gives up gets their own reason, and nothing is asked again', async () => {
  const { client, fetch } = answering(busy('5'))
  const leaving = new AbortController()
  const asking = client.fetch('/v1/user', { signal: leaving.signal })
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled())
  leaving.abort(new Error('left the page'))
  await expect(asking).rejects.toThrow('left the page')
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('of a signal that lives on nothing is kept, and one that was given before sends nothing', async () => {
  const { client, fetch } = answering(busy('0'), Response.json({}))
  const { signal } = new AbortController()
  await client.fetch('/v1/user', { signal })
  expect(fetch).toHaveBeenCalledTimes(2)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  const leaving = new AbortController()
  const { client: other, fetch: once } = answering(busy('5'))
  once.mockImplementationOnce(async () => {
    leaving.abort(new Error('left the page'))
    return busy('5')
  })
  await expect(other.fetch('/v1/user', { signal: leaving.signal })).rejects.toThrow('left the page')
  expect(once).toHaveBeenCalledTimes(1)
})

test('an answer that is no JSON is an ApiError as well, with whatever status', async () => {
  for (const status of [502, 200]) {
    const { client } = answering(new Response('<h1>Welcome to the hotel</h1>', { status }))
    expect(await refused(client.user.show())).toMatchObject({ code: 'unknown', status })
  }
})

test('details that are none of ours are left out', async () => {
  const details = ['no', null, { field: 'title', code: 'blank', message: "Title can't be blank" }]
  const { client } = answering(Response.json({ code: 'bad', details }, { status: 422 }))
  expect((await refused(client.user.show())).details).toEqual([details[2]])
})

test.each([
  ['an object', { error: { message: 'No' }, code: 'blocked' }, ''],
  ['a number', { error: 1020, code: 'blocked' }, ''],
  ['nothing', { error: null, code: 'blocked' }, 'Forbidden'],
  ['a list of both', { error: ['No', { reason: 1 }], code: 'blocked' }, 'No'],
])(
  'a refusal whose error is %s, as another’s may be, is told in what words there are',
  async (_what, body, message) => {
    const { client } = answering(Response.json(body, { status: 403, statusText: 'Forbidden' }))
    expect(await refused(client.user.show())).toMatchObject({ code: 'blocked', message })
  },
)

test('a problem that is not told in words is left out', async () => {
  const details = [{ field: 'title', code: 'blank', message: { en: "Title can't be blank" } }]
  const { client } = answering(Response.json({ code: 'bad', details }, { status: 422 }))
  expect((await refused(client.user.show())).details).toEqual([])
})

test('what asks for the password says so, and goes on with it', async () => {
  const server = await startServer()
  const { client } = clientOf(server)
  await client.registrations.create(ann)
  server.clock.advance({ minutes: 11 })
  const error = await refused(client.user.update({ email_address: bob.email_address }))
  expect(error).toMatchObject({ code: 'fresh_authentication_required', status: 403 })
  await client.session.freshen(ann.password)
  const { message } = await client.user.update({ email_address: bob.email_address })
  expect(message).toBe('Confirmation instructions sent')
})

test('a request that a rotation under way has made dead does not end the session', async () => {
  const server = await startServer()
  const { read, write, isShared } = inMemory()
  let saved = Promise.resolve()
  const session = {
    read,
    isShared,
    write: (token: string | null) => saved.then(() => write(token)),
  }
  const { client, sent } = clientOf(server, { session })
  await client.registrations.create(ann)
  const changes = changesOf(client)
  const slow = Promise.withResolvers<void>()
  saved = slow.promise
  const rotating = client.session.rotate()
  await vi.waitFor(() => expect(sent).toHaveLength(2))
  // Sent with the token that is dead by now; its refusal is here before the new one is kept.
  const asked = refused(client.user.show())
  await vi.waitFor(() => expect(sent).toHaveLength(3))
  await server.send('GET /health/live')
  slow.resolve()
  await rotating
  expect((await asked).code).toBe('invalid_token')
  expect(changes).toEqual([])
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
})

test('a storage that cannot forget does not hide that the session is over', async () => {
  const server = await startServer()
  const { write, ...rest } = inMemory()
  const session = {
    ...rest,
    write(token: string | null) {
      if (token === null) throw new Error('locked')
      write(token)
    },
  }
  const { client } = clientOf(server, { session })
  await client.registrations.create(ann)
  await server.auth.revokeSessions((await client.user.show()).user.id)
  const changes = changesOf(client)
  expect((await refused(client.user.show())).code).toBe('invalid_token')
  expect((await refused(client.user.show())).code).toBe('unauthenticated')
  expect(changes).toEqual(['signed_out'])
})
