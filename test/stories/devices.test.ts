// Every log-in is a device: seen in a list, named, ended one by one or all others at once.
import { Secret } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  read,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

async function logIn({ app }: Server, { userAgent = 'curl/8.5.0', person = ann } = {}) {
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent }
  const init = { method: 'POST', headers, body: JSON.stringify(person) }
  const { body } = await read(await app.request('/v1/session', init, { address: '192.0.2.7' }))
  return body.token
}

async function list({ send }: Server, token: string, query = '') {
  const { status, body } = await send(`GET /v1/sessions${query}`, undefined, bearer(token))
  expect(status).toBe(200)
  return body
}

async function statusOf({ send }: Server, token: string): Promise<number> {
  return (await send('GET /v1/session', undefined, bearer(token))).status
}

test('every log-in is in the list, newest first, with the one that asks marked', async () => {
  const server = await startServer()
  const first = await signUp(server)
  server.clock.advance({ minutes: 1 })
  const second = await logIn(server, { userAgent: firefox })
  await signUp(server, bob)
  expect(await list(server, second)).toEqual({
    sessions: [
      {
        id: expect.any(String),
        name: 'Firefox on Linux',
        created_at: '2026-01-01T12:01:00.000Z',
        last_used_at: '2026-01-01T12:01:00.000Z',
        expires_at: '2026-01-31T12:01:00.000Z',
        ip_address: '192.0.2.7',
        user_agent: firefox,
        current: true,
      },
      expect.objectContaining({ name: 'Unknown device', user_agent: null, current: false }),
    ],
    next_cursor: null,
  })
  const marked = (await list(server, first)).sessions.map(({ current }: never) => current)
  expect(marked).toEqual([false, true])
})

test('of what a client says it is no more is kept than 1,024 characters', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await logIn(server, { userAgent: `curl/${'8'.repeat(9_000)}` })
  const [{ user_agent }] = (await list(server, token)).sessions
  expect(user_agent).toHaveLength(1_024)
  await server.auth.flush()
  const kept = 'SELECT max(length(user_agent)) FROM events'
  expect(await server.database.query(kept)).toEqual([[1_024]])
})

test('the list comes in pages, and ends', async () => {
  const server = await startServer()
  const token = await signUp(server)
  for (let count = 0; count < 4; count++) await logIn(server)
  const all = (await list(server, token)).sessions.map(({ id }: { id: string }) => id)
  const seen: string[] = []
  let query = '?limit=2'
  for (let page = 1; page <= 3; page++) {
    const { sessions, next_cursor } = await list(server, token, query)
    seen.push(...sessions.map(({ id }: { id: string }) => id))
    query = `?limit=2&cursor=${next_cursor}`
    expect(next_cursor === null).toBe(page === 3)
  }
  expect(seen).toEqual(all)
  expect(seen).toHaveLength(5)
})

test('a device is called what its user calls it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const [{ id }] = (await list(server, token)).sessions
  const rename = (name: unknown, path = id) =>
    server.send(`PATCH /v1/sessions/${path}`, { name }, bearer(token))
  const { status, body } = await rename('Ann’s phone 📱')
  expect([status, body.session]).toMatchObject([200, { id, name: 'Ann’s phone 📱', current: true }])
  expect((await list(server, token)).sessions).toMatchObject([{ name: 'Ann’s phone 📱' }])
  expect((await rename('😀'.repeat(100))).status).toBe(200)
  for (const name of ['', ' ', '😀'.repeat(101), 'a\0b', '\ud800', 7, null, ['x']]) {
    expect([name, (await rename(name)).status]).toEqual([name, 422])
  }
  for (const path of ['00000000-0000-7000-8000-000000000000', 'mine', "' OR 1=1 --"]) {
    expect((await rename('x', encodeURIComponent(path))).status).toBe(404)
  }
  expect((await list(server, token)).sessions).toMatchObject([{ name: '😀'.repeat(100) }])
})

test('whoever calls the verb directly is told of a name that is none, too', async () => {
  const server = await startServer()
  const held = await server.auth.authenticate(await signUp(server))
  if (!held) throw new Error('Nobody is logged in')
  for (const name of ['', ' ', 'a\nb', '😀'.repeat(101)]) {
    await expect(server.auth.renameSession(held.session, name)).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'name', code: 'invalid' }],
    })
  }
  const [unchanged] = await server.auth.listSessions(held.user.id, { limit: 9, after: null })
  expect(unchanged?.name).toBeNull()
})

test('a device that is ended is refused at its next request, and no other is', async () => {
  const server = await startServer()
  const kept = await signUp(server)
  server.clock.advance({ minutes: 1 })
  const lost = await logIn(server)
  const [{ id }] = (await list(server, kept)).sessions
  const end = () => server.send(`DELETE /v1/sessions/${id}`, undefined, bearer(kept))
  expect((await end()).status).toBe(204)
  expect([await statusOf(server, lost), await statusOf(server, kept)]).toEqual([401, 200])
  expect((await end()).status).toBe(404)
})

test('nobody sees, names or ends a device of somebody else', async () => {
  const server = await startServer()
  const [asAnn, asBob] = [await signUp(server), await signUp(server, bob)]
  const [{ id }] = (await list(server, asAnn)).sessions
  for (const [line, body] of [
    [`PATCH /v1/sessions/${id}`, { name: 'mine' }],
    [`DELETE /v1/sessions/${id}`, undefined],
  ] as const) {
    expect((await server.send(line, body, bearer(asBob))).status).toBe(404)
  }
  const others = await server.send('DELETE /v1/sessions', undefined, bearer(asBob))
  expect(others.body).toEqual({ revoked: 0 })
  expect(await statusOf(server, asAnn)).toBe(200)
  expect((await list(server, asAnn)).sessions).toMatchObject([{ id, name: 'Unknown device' }])
})

test('all other devices end at once, and it is said how many there were', async () => {
  const server = await startServer()
  const tokens = [await signUp(server), await logIn(server), await logIn(server)]
  const asBob = await signUp(server, bob)
  const reply = await server.send('DELETE /v1/sessions', undefined, bearer(tokens[1]))
  expect([reply.status, reply.body]).toEqual([200, { revoked: 2 }])
  const statuses = await Promise.all([...tokens, asBob].map((token) => statusOf(server, token)))
  expect(statuses).toEqual([401, 200, 401, 200])
})

test('one that is over is as one that never was, although its row is still there', async () => {
  const server = await startServer()
  const old = await signUp(server)
  const [{ id }] = (await list(server, old)).sessions
  // Not at the last moment: a log-in clears away what is over.
  server.clock.advance({ days: 29 })
  const token = await logIn(server)
  server.clock.advance({ days: 1 })
  expect((await list(server, token)).sessions).toHaveLength(1)
  expect(await server.database.query('SELECT id FROM sessions')).toHaveLength(2)
  const rename = await server.send(`PATCH /v1/sessions/${id}`, { name: 'x' }, bearer(token))
  expect(rename.status).toBe(404)
  const others = await server.send('DELETE /v1/sessions', undefined, bearer(token))
  expect(others.body).toEqual({ revoked: 0 })
})

test('one that is over cannot be ended, although its row is still there', async () => {
  const server = await startServer()
  const old = await signUp(server)
  const [{ id }] = (await list(server, old)).sessions
  server.clock.advance({ days: 29 })
  const token = await logIn(server)
  server.clock.advance({ days: 1 })
  const end = await server.send(`DELETE /v1/sessions/${id}`, undefined, bearer(token))
  expect(end.status).toBe(404)
})

test('past the cap the oldest device ends, and only of that user', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  const asBob = await signUp(server, bob)
  const tokens = [await signUp(server)]
  for (let count = 0; count < 3; count++) {
    server.clock.advance({ minutes: 1 })
    tokens.push(await logIn(server))
  }
  const statuses = await Promise.all([...tokens, asBob].map((token) => statusOf(server, token)))
  expect(statuses).toEqual([401, 200, 200, 200, 200])
})

test('a device that is over does not count, swept or not', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 2 } } })
  const used = await signUp(server)
  await logIn(server)
  for (let day = 0; day < 31; day++) {
    server.clock.advance({ days: 1 })
    expect(await statusOf(server, used)).toBe(200)
    await server.auth.flush()
  }
  expect(await statusOf(server, await logIn(server))).toBe(200)
  expect(await statusOf(server, used)).toBe(200)
}, 30_000)

test('whoever has just logged in stays, also where the clock was put back', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 1 } } })
  const before = await signUp(server)
  server.clock.advance({ minutes: -5 })
  const token = await logIn(server)
  expect([await statusOf(server, token), await statusOf(server, before)]).toEqual([200, 401])
})

test('of many who log in at once, no more stay than may', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  await signUp(server)
  await Promise.all(Array.from({ length: 10 }, () => logIn(server)))
  expect(await server.database.query('SELECT id FROM sessions')).toHaveLength(3)
})

test('a new token takes the place of the old one, for the same session', async () => {
  const server = await startServer()
  const old = await signUp(server)
  const before = (await list(server, old)).sessions
  const { status, body } = await server.send('PUT /v1/session/token', undefined, bearer(old))
  expect([status, body]).toEqual([200, { token: expect.stringMatching(/^lks_\w{38}$/) }])
  expect(body.token).not.toBe(old)
  expect([await statusOf(server, old), await statusOf(server, body.token)]).toEqual([401, 200])
  expect((await list(server, body.token)).sessions).toEqual(before)
})

test('of many who ask at once for a new token with one old one, one gets it', async () => {
  const server = await startServer()
  const old = await signUp(server)
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => server.send('PUT /v1/session/token', undefined, bearer(old))),
  )
  const [given, ...refused] = replies.sort((one, other) => one.status - other.status)
  expect(refused.map(({ status }) => status)).toEqual(Array(9).fill(401))
  expect(await statusOf(server, given?.body.token)).toBe(200)
})

test('what is no token gets no new one, and counts for nothing', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  const held = await server.auth.authenticate(token)
  if (!held) throw new Error('Nobody is logged in')
  const rotate = (text: string) =>
    server.auth.rotateToken({ session: held.session, token: new Secret(text) })
  for (let time = 1; time <= 11; time++) expect(await rotate('rubbish')).toBeNull()
  expect(await rotate(token)).not.toBeNull()
})

test('use is recorded behind the answer, once in five minutes', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const lastUse = async () => {
    await server.auth.flush()
    return (await list(server, token)).sessions[0].last_used_at
  }
  server.clock.advance({ minutes: 5, milliseconds: -1 })
  expect(await statusOf(server, token)).toBe(200)
  expect(await lastUse()).toBe('2026-01-01T12:00:00.000Z')
  server.clock.advance({ milliseconds: 1 })
  expect(await statusOf(server, token)).toBe(200)
  expect(await lastUse()).toBe('2026-01-01T12:05:00.000Z')
})

test('a session in use outlives thirty days, and ends after ninety', async () => {
  const server = await startServer()
  const token = await signUp(server)
  for (let time = 1; time <= 4; time++) {
    server.clock.advance({ days: 22 })
    expect(await statusOf(server, token)).toBe(200)
    await server.auth.flush()
  }
  server.clock.advance({ days: 2, milliseconds: -1 })
  expect(await statusOf(server, token)).toBe(200)
  server.clock.advance({ milliseconds: 1 })
  expect(await statusOf(server, token)).toBe(401)
}, 30_000)

test('a use that is recorded after the log-out brings nothing back', async () => {
  const server = await startServer()
  const token = await signUp(server)
  server.clock.advance({ minutes: 5 })
  await server.send('DELETE /v1/session', undefined, bearer(token))
  await server.auth.flush()
  expect(await statusOf(server, token)).toBe(401)
  expect(await server.database.query('SELECT id FROM sessions')).toEqual([])
})

test('the first log-in from another kind of device is told by mail, and the next is not', async () => {
  const server = await startServer()
  await signUp(server)
  const mails = async () => {
    await server.outbox.deliverDue()
    return server.mailbox.mails.map(({ to, subject }) => `${to}: ${subject}`)
  }
  await server.send('POST /v1/session', ann)
  expect(await mails()).toEqual([])
  const token = await logIn(server, { userAgent: firefox })
  await server.send('DELETE /v1/session', undefined, bearer(token))
  await logIn(server, { userAgent: firefox.replaceAll('140', '141') })
  expect(await mails()).toEqual(['ann@example.com: New sign-in to your account'])
  await logIn(server, { userAgent: 'curl/8.5.0' })
  expect(await mails()).toHaveLength(2)
  await logIn(server, { userAgent: firefox, person: { ...ann, password: 'wrong password' } })
  expect(await mails()).toHaveLength(2)
})

test('of two devices that end each other at once one lives', async () => {
  const server = await startServer()
  const { auth } = server
  const tokens = [await signUp(server), (await server.send('POST /v1/session', ann)).body.token]
  const held = await Promise.all(tokens.map((token) => auth.authenticate(token)))
  const ends = await Promise.all(held.map((each) => each && auth.revokeOtherSessions(each.session)))
  expect(ends.toSorted()).toEqual([1, null])
  const live = await Promise.all(tokens.map((token) => auth.authenticate(token)))
  expect(live.map((each) => each !== null)).toEqual(ends.map((ended) => ended === 1))
})

test('so it is of two that name each other', async () => {
  const server = await startServer()
  const { auth } = server
  const tokens = [await signUp(server), (await server.send('POST /v1/session', ann)).body.token]
  const held = await Promise.all(tokens.map((token) => auth.authenticate(token)))
  const ids = held.map((each) => each?.session.id)
  const replies = await Promise.all(
    tokens.map((token, index) =>
      server.send(`DELETE /v1/sessions/${ids[1 - index]}`, undefined, bearer(token)),
    ),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([204, 401])
  const live = await Promise.all(tokens.map((token) => auth.authenticate(token)))
  expect(live.map((each) => each !== null)).toEqual(replies.map(({ status }) => status === 204))
})

test('a session that has ended ends no API key any more, and nobody’s has to live for an operator', async () => {
  const server = await startServer()
  const { auth } = server
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { id } = await createApiKey(server, token)
  const held = await auth.authenticate(token)
  if (!held) throw new Error('Nobody is logged in')
  await auth.revokeSession(held.session)
  const own = { id, userId: held.user.id }
  expect(await auth.revokeOwnApiKey(held.session, id)).toBeNull()
  expect(await auth.listApiKeys(held.user.id, { limit: 9, after: null })).toHaveLength(1)
  expect(await auth.revokeApiKey(own)).toBe(true)
})
