// What a user lets programs do in their name: as much as the key says, never more than they may.
import { createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import { queueExpiryNotices } from '../../src/core/api-keys.ts'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const wanted = { name: 'Nightly build', scopes: ['projects:read'] }

async function startWithUser(options: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer(options)
  const token = await signUp(server)
  await verifyAddress(server, token)
  return { ...server, token, headers: bearer(token) }
}

async function list({ send }: Server, headers: Record<string, string>) {
  return (await send('GET /v1/api_keys', undefined, headers)).body.api_keys
}

test('a key is shown once, listed without its token, and does what its scopes say', async () => {
  const server = await startWithUser()
  const { send, headers, clock } = server
  const created = await send('POST /v1/api_keys', wanted, headers)
  expect(created.status).toBe(201)
  expect(created.body.token).toMatch(/^lkk_[1-9A-HJ-NP-Za-km-z]{38}$/)
  expect(created.body.api_key).toEqual({
    id: expect.any(String),
    name: 'Nightly build',
    scopes: ['projects:read'],
    created_at: clock().toISOString(),
    last_used_at: null,
    expires_at: new Date(clock().getTime() + 90 * 86_400_000).toISOString(),
  })
  const listed = await send('GET /v1/api_keys', undefined, headers)
  expect(listed.body).toEqual({ api_keys: [created.body.api_key], next_cursor: null })
  expect(listed.text).not.toContain('lkk_')
  const read = await send('GET /v1/projects', undefined, bearer(created.body.token))
  expect([read.status, read.body]).toEqual([200, { projects: [], next_cursor: null }])
})

test('a key without the scope of a route is 403, and the challenge names the scope', async () => {
  const server = await startWithUser()
  const { send, database } = server
  const key = await createApiKey(server, server.token, { scopes: ['projects:read'] })
  const refused = await send('POST /v1/projects', { title: 'Garden' }, bearer(key.token))
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope'])
  expect(refused.body.error).toBe('The API key lacks the scope projects:write')
  expect(refused.headers.get('www-authenticate')).toBe(
    'Bearer realm="api", error="insufficient_scope", scope="projects:write"',
  )
  expect(await database.query('SELECT id FROM projects')).toEqual([])
})

test('a key reads and writes the projects of its user, and nobody else’s', async () => {
  const server = await startWithUser()
  const { send } = server
  const key = bearer((await createApiKey(server, server.token)).token)
  const { body } = await send('POST /v1/projects', { title: 'Garden' }, key)
  expect(body.project.title).toBe('Garden')
  const path = `/v1/projects/${body.project.id}`
  const bobs = bearer(await signUp(server, bob))
  expect((await send(`GET ${path}`, undefined, bobs)).status).toBe(404)
  const { status } = await send(`PATCH ${path}`, { title: 'Orchard' }, key)
  expect(status).toBe(200)
  const mine = await send('GET /v1/projects', undefined, server.headers)
  expect(mine.body.projects).toMatchObject([{ title: 'Orchard' }])
})

test('no key is made without a fresh session and a proved address', async () => {
  const server = await startServer()
  const { send, clock, database } = server
  const headers = bearer(await signUp(server))
  const unproved = await send('POST /v1/api_keys', wanted, headers)
  expect([unproved.status, unproved.body.code]).toEqual([403, 'email_verification_required'])
  await verifyAddress(server, headers.authorization.slice('Bearer '.length))
  clock.advance({ minutes: 10 })
  const stale = await send('POST /v1/api_keys', wanted, headers)
  expect([stale.status, stale.body.code]).toEqual([403, 'fresh_authentication_required'])
  const wrong = { ...wanted, password_challenge: 'wrong password' }
  expect((await send('POST /v1/api_keys', wrong, headers)).status).toBe(422)
  expect((await send('POST /v1/api_keys', wanted)).status).toBe(401)
  expect(await database.query('SELECT id FROM api_keys')).toEqual([])
  const right = { ...wanted, password_challenge: ann.password }
  expect((await send('POST /v1/api_keys', right, headers)).status).toBe(201)
})

test.each<[string, object, string[]]>([
  ['no name', { name: ' ' }, ['name blank']],
  ['a name of two lines', { name: 'a\nb' }, ['name invalid']],
  ['a name that is too long', { name: 'x'.repeat(101) }, ['name too_long']],
  ['no scopes', { scopes: [] }, ['scopes blank']],
  ['nothing for scopes', { scopes: undefined }, ['scopes blank']],
  ['a scope that nobody declared', { scopes: ['projects:read', 'admin'] }, ['scopes inclusion']],
  ['scopes of another type', { scopes: [1] }, ['scopes invalid']],
  ['an end that is past', { expires_at: '2020-01-01T00:00:00Z' }, ['expires_at out_of_range']],
  ['one too far away', { expires_at: '2027-01-02T00:00:00Z' }, ['expires_at out_of_range']],
  ['one that is no instant', { expires_at: 'soon' }, ['expires_at invalid']],
  ['one without a zone', { expires_at: '2026-02-01T00:00:00' }, ['expires_at invalid']],
  ['several at once', { name: '', scopes: 7 }, ['name blank', 'scopes invalid']],
])('%s is 422, says why, and makes no key', async (_what, change, problems) => {
  const { send, headers, database } = await startWithUser()
  const { status, body } = await send('POST /v1/api_keys', { ...wanted, ...change }, headers)
  expect(status).toBe(422)
  const found = body.details.map(({ field, code }: Record<string, string>) => `${field} ${code}`)
  expect(found).toEqual(problems)
  expect(await database.query('SELECT id FROM api_keys')).toEqual([])
})

test.each([
  ['no name', { name: ' ' }, 'name'],
  ['no scopes', { scopes: [] }, 'scopes'],
  ['a scope that nobody declared', { scopes: ['projects:read', 'admin'] }, 'scopes'],
  ['an end that is no instant', { expiresAt: new Date('soon') }, 'expiresAt'],
])(
  '%s is refused to whoever calls the verb, too, and makes no key',
  async (_what, change, field) => {
    const { auth, token, database } = await startWithUser()
    const authenticated = await auth.authenticate(token)
    if (!authenticated) throw new Error('Nobody is logged in')
    const submitted = { ...wanted, expiresAt: null, ...change }
    await expect(auth.createApiKey(authenticated, submitted)).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field, code: 'invalid' }],
    })
    expect(await database.query('SELECT id FROM api_keys')).toEqual([])
  },
)

test('scopes may come as one text, as in RFC 6749, each counts once, and a form will do', async () => {
  const { app, headers } = await startWithUser()
  const body = new URLSearchParams({ name: 'curl', scopes: 'projects:write projects:write' })
  const response = await app.request('/v1/api_keys', { method: 'POST', headers, body })
  expect(Object(await response.json()).api_key.scopes).toEqual(['projects:write'])
})

test('the owner comes from the session, whatever a body says (CVE-2025-61928)', async () => {
  const server = await startWithUser()
  const { send, headers, database } = server
  const bobsId = (await send('POST /v1/registrations', bob)).body.user.id
  const strange = { user_id: bobsId, userId: bobsId, owner: bobsId, id: bobsId, token: 'lkk_x' }
  const { status, body } = await send('POST /v1/api_keys', { ...wanted, ...strange }, headers)
  expect(status).toBe(201)
  expect(body.api_key.id).not.toBe(bobsId)
  const owners = await database.query(
    'SELECT email_address FROM users, api_keys WHERE users.id = user_id',
  )
  expect(owners).toEqual([[ann.email_address]])
  expect((await send('POST /v1/api_keys', { ...wanted, ...strange })).status).toBe(401)
})

test('a key ends when it says, and by default after ninety days', async () => {
  const server = await startWithUser()
  const { send, clock, token } = server
  const expires_at = new Date(clock().getTime() + 3_600_000).toISOString()
  const short = await createApiKey(server, token, { expires_at })
  const usual = await createApiKey(server, token)
  const statusOf = async (key: { token: string }) =>
    (await send('GET /v1/projects', undefined, bearer(key.token))).status
  clock.advance({ hours: 1, milliseconds: -1 })
  expect([await statusOf(short), await statusOf(usual)]).toEqual([200, 200])
  clock.advance({ milliseconds: 1 })
  expect([await statusOf(short), await statusOf(usual)]).toEqual([401, 200])
  expect(await list(server, server.headers)).toHaveLength(1)
  clock.advance({ days: 29 })
  await send('GET /v1/session', undefined, server.headers)
  await server.auth.flush()
  clock.advance({ days: 29 })
  await send('GET /v1/session', undefined, server.headers)
  clock.advance({ days: 32 })
  expect(await statusOf(usual)).toBe(401)
})

test('a key is revoked by itself, by its user alone', async () => {
  const server = await startWithUser()
  const { send, headers, token } = server
  const [one, other] = [await createApiKey(server, token), await createApiKey(server, token)]
  const bobs = bearer(await signUp(server, bob))
  const path = `/v1/api_keys/${one.id}`
  expect((await send(`DELETE ${path}`, undefined, bobs)).status).toBe(404)
  expect((await send(`DELETE ${path}`, undefined, bearer(one.token))).status).toBe(403)
  expect((await send('GET /v1/projects', undefined, bearer(one.token))).status).toBe(200)
  expect((await send(`DELETE ${path}`, undefined, headers)).status).toBe(204)
  expect((await send(`DELETE ${path}`, undefined, headers)).status).toBe(404)
  expect((await send('GET /v1/projects', undefined, bearer(one.token))).status).toBe(401)
  expect((await send('GET /v1/projects', undefined, bearer(other.token))).status).toBe(200)
})

test('a user has so many keys and no more, also where many are asked for at once', async () => {
  const apiKeys = { scopes: ['projects:read', 'projects:write'], maximumPerUser: 3 }
  const server = await startWithUser({ auth: { apiKeys } })
  const { send, headers } = server
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => send('POST /v1/api_keys', wanted, headers)),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([
    ...Array(3).fill(201),
    ...Array(7).fill(422),
  ])
  const refused = replies.find(({ status }) => status === 422)
  expect(refused?.body.details).toMatchObject([{ field: 'api_keys', code: 'too_many' }])
  const [first] = await list(server, headers)
  await send(`DELETE /v1/api_keys/${first.id}`, undefined, headers)
  expect((await send('POST /v1/api_keys', wanted, headers)).status).toBe(201)
})

test('keys are listed newest first, a page at a time', async () => {
  const server = await startWithUser()
  const ids: string[] = []
  for (const name of ['one', 'two', 'three']) {
    ids.unshift((await createApiKey(server, server.token, { name })).id)
  }
  const page = async (query: string) =>
    (await server.send(`GET /v1/api_keys${query}`, undefined, server.headers)).body
  const first = await page('?limit=2')
  expect(first.api_keys.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2))
  const second = await page(`?limit=2&cursor=${first.next_cursor}`)
  expect(second).toMatchObject({ api_keys: [{ id: ids[2] }], next_cursor: null })
})

test('a use is written down behind the answer, once in five minutes', async () => {
  const server = await startWithUser()
  const { send, auth, clock, headers } = server
  const key = bearer((await createApiKey(server, server.token)).token)
  const used: string[] = []
  for (const minutes of [0, 4, 1]) {
    clock.advance({ minutes })
    await send('GET /v1/projects', undefined, key)
    await auth.flush()
    used.push((await list(server, headers))[0].last_used_at)
  }
  const start = clock().getTime() - 300_000
  const [first, fifth] = [new Date(start).toISOString(), new Date(start + 300_000).toISOString()]
  expect(used).toEqual([first, first, fifth])
})

test('the user is told of a new key, and a week before it ends, once', async () => {
  const server = await startWithUser()
  const { outbox, mailbox, clock, token } = server
  await createApiKey(server, token)
  const ofAWeek = new Date(clock().getTime() + 6 * 86_400_000).toISOString()
  await createApiKey(server, token, { name: 'Short', expires_at: ofAWeek })
  await outbox.deliverDue()
  const subjects = () => mailbox.mails.map(({ subject }) => subject)
  expect(subjects().slice(0, 2)).toEqual(Array(2).fill('A new API key was created'))
  const [, created] = mailbox.mails
  expect(created).toMatchObject({ to: ann.email_address })
  expect(created?.text).toContain('“Nightly build”')
  expect(mailedToken(server)).toBe('')
  const before = mailbox.mails.length
  clock.advance({ days: 83, milliseconds: -1 })
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before)
  clock.advance({ milliseconds: 1 })
  await Promise.all([outbox.deliverDue(), outbox.deliverDue()])
  clock.advance({ days: 1 })
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before + 1)
  expect(mailbox.mails[0]).toMatchObject({
    subject: 'An API key is about to expire',
    to: ann.email_address,
    text: expect.stringContaining('“Nightly build”'),
  })
})

test.each([
  ['is revoked', 84, true],
  ['is over already', 91, false],
])('nobody is told of the end of a key that %s', async (_why, days, isRevoked) => {
  const server = await startWithUser()
  const { send, outbox, mailbox, clock, headers, token } = server
  const { id } = await createApiKey(server, token)
  if (isRevoked) await send(`DELETE /v1/api_keys/${id}`, undefined, headers)
  await outbox.deliverDue()
  const before = mailbox.mails.length
  clock.advance({ days })
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before)
})

test('a key that is revoked while the notice of its end waits is not told of', async () => {
  const server = await startWithUser()
  const { auth, outbox, mailbox, clock, token } = server
  const { id } = await createApiKey(server, token)
  await outbox.deliverDue()
  const before = mailbox.mails.length
  clock.advance({ days: 84 })
  await queueExpiryNotices(auth.config)
  const [user] = await auth.listUsers({ limit: 1, after: null })
  expect(await auth.revokeApiKey({ id, userId: user?.id ?? '' })).toBe(true)
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before)
})

test('a clock that leaps ahead and comes back eats no notice', async () => {
  const server = await startWithUser()
  const { outbox, mailbox, clock, token } = server
  await createApiKey(server, token)
  await outbox.deliverDue()
  const before = mailbox.mails.length
  clock.advance({ days: 365 })
  await outbox.deliverDue()
  clock.advance({ days: 84 - 365 })
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before + 1)
  expect(mailbox.mails[0]?.subject).toBe('An API key is about to expire')
})

test('nobody is told that a key is about to end which has ended while the notice waited', async () => {
  const server = await startWithUser()
  const { auth, outbox, mailbox, clock, token } = server
  await createApiKey(server, token)
  await outbox.deliverDue()
  const before = mailbox.mails.length
  clock.advance({ days: 90, minutes: -1 })
  await queueExpiryNotices(auth.config)
  expect(await auth.config.store.listMessages('queued', { limit: 9 })).toHaveLength(1)
  clock.advance({ minutes: 1 })
  await outbox.deliverDue()
  expect(mailbox.mails).toHaveLength(before)
})

test('whether its user may is looked at when a key is used, and not when it was made', async () => {
  const server = await startWithUser()
  const { send, database, clock } = server
  const key = bearer((await createApiKey(server, server.token)).token)
  const ban = (at: Date | null) =>
    database.transaction((each) => each.query('UPDATE users SET banned_at = $1', [at]))
  await ban(clock())
  expect((await send('GET /v1/projects', undefined, key)).status).toBe(401)
  await ban(null)
  expect((await send('GET /v1/projects', undefined, key)).status).toBe(200)
})

test('a key that is revoked before its notice leaves is told of all the same', async () => {
  const server = await startWithUser()
  const { id } = await createApiKey(server, server.token)
  await server.send(`DELETE /v1/api_keys/${id}`, undefined, server.headers)
  await server.outbox.deliverDue()
  expect(server.mailbox.mails[0]?.text).toMatch(/^An API key was created for your account/)
})

test('each key has so many requests a minute, and another key its own', async () => {
  const limits = { scopes: ['projects:read', 'projects:write'], requestsPerMinute: 50 }
  const server = await startWithUser({ auth: { apiKeys: limits, rateLimits: 'on' } })
  const { send, clock, token } = server
  const [one, other] = [await createApiKey(server, token), await createApiKey(server, token)]
  const ask = (key: { token: string }) => send('GET /v1/projects', undefined, bearer(key.token))
  const replies = await Promise.all(Array.from({ length: 60 }, () => ask(one)))
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(50)
  const refused = await ask(one)
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '60',
    ratelimit: '"requests";r=0;t=60',
    'ratelimit-policy': '"requests";q=50;w=60',
  })
  expect((await ask(other)).status).toBe(200)
  clock.advance({ minutes: 1 })
  expect((await ask(one)).status).toBe(200)
})

test('where nobody declares scopes there are no keys, nor routes for them', async () => {
  const server = await startServer({ auth: { apiKeys: {} }, app: { routes: [] } })
  const headers = bearer(await signUp(server))
  expect((await server.send('GET /v1/api_keys', undefined, headers)).status).toBe(404)
})

test('an app whose route asks for a scope that nobody declared does not start', async () => {
  const { auth, database } = await startServer({ auth: { apiKeys: {} }, app: { routes: [] } })
  expect(() => createApp(auth, { routes: templateRoutes(database) })).toThrow(
    'GET /v1/projects requires projects:read, which is not one of the apiKeys.scopes',
  )
})

test('a list of scopes that are none is one problem, however long it is', async () => {
  const server = await startWithUser()
  const scopes = Array(30_000).fill(1)
  const reply = await server.send('POST /v1/api_keys', { name: 'Build', scopes }, server.headers)
  expect([reply.status, reply.body.details]).toEqual([
    422,
    [{ field: 'scopes', code: 'invalid', message: 'Scopes is invalid' }],
  ])
})
