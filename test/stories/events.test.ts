// What happened to a user stays written down: who, what, from where, and nothing that is secret.
import { createApp, createAuth, createLog, createStore } from 'latchkey/server'
import { expect, test } from 'vitest'
import { sweep } from '../../src/core/sweep.ts'
import {
  ann,
  bearer,
  cheapHash,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const another = 'another horse battery'

/** Event, detail and actor of each, oldest first. */
async function told({ auth }: Server, userId: string | null = null): Promise<string[]> {
  await auth.flush()
  const events = await auth.listEvents({ userId, name: null }, { limit: 100, after: null })
  return events
    .map(({ name, detail, actor }) => [name, detail, actor].filter(Boolean).join(' '))
    .reverse()
}

/** What one act adds. */
async function added(server: Server, act: () => Promise<unknown>): Promise<string[]> {
  const before = (await told(server)).length
  await act()
  return (await told(server)).slice(before)
}

test('each act is one event, in the words of OWASP, with who did it', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  const { send, auth, outbox } = server
  let token = ''
  const own = () => bearer(token)
  const acts: [string, () => Promise<unknown>, string[]][] = [
    ['sign-up', async () => (token = await signUp(server)), ['user_created user']],
    ['confirmation', () => verifyAddress(server, token), ['user_updated email_verified user']],
    ['log-in', () => send('POST /v1/session', ann), ['authn_login_success user']],
    [
      'wrong password',
      () => send('POST /v1/session', { ...ann, password: 'wrong password' }),
      ['authn_login_fail anybody'],
    ],
    ['unknown address', () => send('POST /v1/session', bob), ['authn_login_fail anybody']],
    [
      'what can be no password',
      () => send('POST /v1/session', { ...ann, password: '' }),
      ['authn_login_fail anybody'],
    ],
    [
      'new token',
      async () => (token = (await send('PUT /v1/session/token', undefined, own())).body.token),
      ['session_renewed token user'],
    ],
    [
      'freshness',
      () => send('PUT /v1/session/freshness', { password_challenge: ann.password }, own()),
      ['authn_login_success password_challenge user'],
    ],
    [
      'wrong challenge',
      () => send('PUT /v1/session/freshness', { password_challenge: 'wrong' }, own()),
      ['authn_login_fail password_challenge anybody'],
    ],
    [
      'API key',
      () => createApiKey(server, token, { scopes: ['projects:read'] }),
      ['authn_token_created projects:read user'],
    ],
    [
      'revoked key',
      async () => {
        const { body } = await send('GET /v1/api_keys', undefined, own())
        await send(`DELETE /v1/api_keys/${body.api_keys[0].id}`, undefined, own())
      },
      ['authn_token_revoked user'],
    ],
    [
      'other devices',
      () => send('DELETE /v1/sessions', undefined, own()),
      ['session_expired revoked user'],
    ],
    [
      'wrong change of password',
      () => send('PUT /v1/password', { password_challenge: 'wrong', password: another }, own()),
      ['authn_password_change_fail password_challenge anybody'],
    ],
    [
      'change of password',
      () =>
        send('PUT /v1/password', { password_challenge: ann.password, password: another }, own()),
      ['authn_password_change user'],
    ],
    [
      'change of address',
      async () => {
        await send('PATCH /v1/user', { email_address: 'ann@new.example' }, own())
        await outbox.deliverDue()
        await send('PUT /v1/email_verifications', { token: mailedToken(server) }, own())
      },
      ['user_updated email_address_requested user', 'user_updated email_address user'],
    ],
    [
      'reset',
      async () => {
        await send('POST /v1/passwords', { email_address: 'ann@new.example' })
        await outbox.deliverDue()
        await send('PUT /v1/passwords', { token: mailedToken(server), password: ann.password })
      },
      ['authn_password_change reset user'],
    ],
    [
      'more sessions than may be',
      async () => {
        for (const _ of [1, 2, 3, 4]) {
          const again = { ...ann, email_address: 'ann@new.example' }
          token = (await send('POST /v1/session', again)).body.token
        }
      },
      [...Array(4).fill('authn_login_success user'), 'excess_sessions_exceeded user'],
    ],
    [
      'log-out',
      () => send('DELETE /v1/session', undefined, own()),
      ['session_expired logout user'],
    ],
    [
      'operator',
      async () => {
        const [user] = await auth.listUsers({ limit: 1, after: null })
        if (!user) return
        for (const act of [auth.revokeSessions, auth.banUser, auth.unbanUser]) {
          await act(user.id)
        }
        await auth.setPassword({ emailAddress: user.emailAddress, password: another })
        await auth.deleteUser(user)
      },
      [
        'session_expired all operator',
        'authn_login_lock banned operator',
        'user_updated unbanned operator',
        'authn_password_change operator',
        'user_deleted operator',
      ],
    ],
  ]
  for (const [what, act, expected] of acts) {
    expect([what, await added(server, act)]).toEqual([what, expected])
  }
})

test('an act that is refused leaves no event', async () => {
  const server = await startServer()
  const { send, auth } = server
  const own = bearer(await signUp(server))
  const id = '00000000-0000-7000-8000-000000000000'
  expect(
    await added(server, async () => {
      await send('POST /v1/registrations', ann)
      await send('PATCH /v1/user', { email_address: 'not an address' }, own)
      await send(`DELETE /v1/sessions/${id}`, undefined, own)
      await send(`DELETE /v1/api_keys/${id}`, undefined, own)
      await send('POST /v1/api_keys', { name: 'x', scopes: ['projects:read'] }, own)
      await send('PUT /v1/passwords', { token: 'lkr_x', password: another })
      await auth.banUser(id)
      await auth.unbanUser(id)
      await auth.revokeSessions(id)
      await auth.unbanUser((await send('GET /v1/user', undefined, own)).body.user.id)
    }),
  ).toEqual([])
})

test('what happens to a session says whose it was, and which', async () => {
  const server = await startServer()
  const { send, auth } = server
  const idOf = async (token: string) =>
    (await send('GET /v1/session', undefined, bearer(token))).body.session.id
  const logIn = async () => (await send('POST /v1/session', ann)).body.token
  const token = await signUp(server)
  const [left, lost, other] = [await logIn(), await logIn(), await logIn()]
  const [own, leftId, lostId, otherId] = [
    await idOf(token),
    await idOf(left),
    await idOf(lost),
    await idOf(other),
  ]
  const wrong = { password_challenge: 'wrong password', password: another }
  await send('POST /v1/session', { ...ann, password: 'wrong password' })
  await send('DELETE /v1/session', undefined, bearer(left))
  await send(`DELETE /v1/sessions/${lostId}`, undefined, bearer(token))
  await send('DELETE /v1/sessions', undefined, bearer(token))
  const renewed = (await send('PUT /v1/session/token', undefined, bearer(token))).body.token
  await send('PUT /v1/session/freshness', wrong, bearer(renewed))
  await send('PUT /v1/password', wrong, bearer(renewed))
  const right = { password_challenge: ann.password, password: another }
  await send('PUT /v1/session/freshness', right, bearer(renewed))
  await send('PUT /v1/password', right, bearer(renewed))
  await auth.flush()
  const { events } = (await send('GET /v1/events', undefined, bearer(renewed))).body
  const about = (each: Record<string, string | null>) => [each.event, each.detail, each.session_id]
  const told = new Set(events.map((each: Record<string, string | null>) => about(each).join(' ')))
  expect(told).toEqual(
    new Set([
      `user_created  ${own}`,
      ...[leftId, lostId, otherId].map((id) => `authn_login_success  ${id}`),
      'authn_login_fail  ',
      `session_expired logout ${leftId}`,
      `session_expired revoked ${lostId}`,
      `session_expired revoked ${otherId}`,
      `session_renewed token ${own}`,
      'authn_login_fail password_challenge ',
      'authn_password_change_fail password_challenge ',
      `authn_login_success password_challenge ${own}`,
      `authn_password_change  ${own}`,
    ]),
  )
})

test('a reset says that it proved the address, where nothing had', async () => {
  const server = await startServer()
  await signUp(server)
  const acts = await added(server, async () => {
    await server.send('POST /v1/passwords', ann)
    await server.outbox.deliverDue()
    await server.send('PUT /v1/passwords', { token: mailedToken(server), password: another })
  })
  expect(acts).toEqual(['authn_password_change reset user', 'user_updated email_verified user'])
})

test('a session that ended twice is written down once', async () => {
  const server = await startServer()
  const held = await server.auth.authenticate(await signUp(server))
  if (!held) throw new Error('Nobody is logged in')
  await server.auth.logOut(held.session)
  await server.auth.logOut(held.session)
  expect(await server.auth.revokeSession(held.session)).toBe(false)
  expect((await told(server)).slice(1)).toEqual(['session_expired logout user'])
})

test('sessions that were over are no excess, and one that was not is, also beside them', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 2 } } })
  const { clock, database } = server
  const logIn = () => server.send('POST /v1/session', ann)
  await signUp(server)
  await logIn()
  clock.advance({ days: 30 })
  await logIn()
  expect((await told(server)).slice(1)).toEqual(Array(2).fill('authn_login_success user'))
  clock.advance({ days: 1 })
  await logIn()
  clock.advance({ days: 29 })
  const lowered = { sessions: { maximumPerUser: 1 }, passwordHash: cheapHash, clock }
  const strict = createAuth({ store: createStore(database), ...lowered })
  await strict.logIn({ emailAddress: ann.email_address, password: ann.password })
  expect((await told(server)).at(-1)).toBe('excess_sessions_exceeded user')
})

test('a user reads their own events, newest first, a page at a time, and nobody else’s', async () => {
  const server = await startServer()
  const { send, clock } = server
  const token = await signUp(server)
  clock.advance({ milliseconds: 1 })
  await signUp(server, bob)
  const headers = { 'user-agent': 'curl/8.5.0', 'x-request-id': 'request-7' }
  clock.advance({ milliseconds: 1 })
  const second = (await send('POST /v1/session', ann, headers)).body.token
  const first = await send('GET /v1/events?limit=1', undefined, bearer(token))
  const session = await send('GET /v1/session', undefined, bearer(second))
  expect(first.body.events).toEqual([
    {
      id: expect.any(String),
      event: 'authn_login_success',
      occurred_at: clock().toISOString(),
      actor: 'user',
      detail: null,
      session_id: session.body.session.id,
      api_key_id: null,
      ip_address: null,
      user_agent: 'curl/8.5.0',
      request_id: 'request-7',
    },
  ])
  const rest = await send(
    `GET /v1/events?cursor=${first.body.next_cursor}`,
    undefined,
    bearer(token),
  )
  expect(rest.body).toMatchObject({ events: [{ event: 'user_created' }], next_cursor: null })
})

test('of who is deleted the events stay, without address, client and agent', async () => {
  const server = await startServer()
  const { send, database } = server
  const headers = { 'user-agent': 'Canary/1.0' }
  const { body } = await send('POST /v1/registrations', ann, headers)
  await send('POST /v1/session', { ...ann, password: 'wrong password' }, headers)
  await server.auth.flush()
  // Another, which waits to be written when the user goes.
  await send('POST /v1/session', { ...ann, password: 'wrong password' }, headers)
  const gone = { password_challenge: ann.password }
  await send('DELETE /v1/user', gone, { ...bearer(body.token), ...headers })
  expect(await told(server, body.user.id)).toEqual([
    'user_created user',
    'authn_login_fail anybody',
    'authn_login_fail anybody',
    'user_deleted user',
  ])
  const rows = JSON.stringify(await database.query('SELECT * FROM events'))
  expect(rows).not.toMatch(/ann@|Canary/)
})

test('nor does the event of a deletion say where somebody who deletes a user was', async () => {
  const { auth, database, send } = await startServer()
  const { id } = (await send('POST /v1/registrations', ann)).body.user
  const user = await auth.findUser({ id })
  if (!user) throw new Error('Nobody has signed up')
  const where = { ipAddress: '192.0.2.7', userAgent: 'Canary/2.0' }
  await auth.deleteUser(user, { ...where, requestId: 'mine', actor: 'operator' })
  const rows = await database.query('SELECT name, ip_address, user_agent FROM events')
  expect(rows).toContainEqual(['user_deleted', null, null])
})

test('an event of an act that is undone is undone with it', async () => {
  const server = await startServer()
  const { store } = server.auth.config
  const { transaction: perform } = store
  store.transaction = (work) =>
    perform(async (transaction) => {
      await work(transaction)
      throw new Error('the disk is full')
    })
  const { status } = await server.send('POST /v1/registrations', ann)
  store.transaction = perform
  expect(status).toBe(500)
  expect(await told(server)).toEqual([])
})

test('the log says the same in the same words, once, and no address', async () => {
  const { database } = await startServer()
  const lines: [object, string][] = []
  const log = {
    info: (entry: object, message: string) => void lines.push([entry, message]),
    error: (entry: object, message: string) => void lines.push([entry, message]),
  }
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash, log })
  const app = createApp(auth)
  const body = new URLSearchParams(ann)
  const headers = { 'x-request-id': 'request-7', 'user-agent': 'curl/8.5.0' }
  await app.request('/v1/registrations', { method: 'POST', body, headers })
  body.set('password', 'wrong password')
  await app.request('/v1/session', { method: 'POST', body, headers })
  const about = { requestId: 'request-7', userAgent: 'curl/8.5.0', userId: expect.any(String) }
  // Beside them, the log has a line for each request.
  expect(lines.filter(([, message]) => message !== 'request')).toEqual([
    [
      {
        event: 'user_created',
        severity: 'WARN',
        actor: 'user',
        sessionId: expect.any(String),
        ...about,
      },
      'event',
    ],
    [{ event: 'authn_login_fail', severity: 'WARN', actor: 'anybody', ...about }, 'event'],
  ])
  expect(JSON.stringify(lines)).not.toContain('@example.com')
})

test('the request log names what was refused as OWASP does', async () => {
  const entries: Record<string, unknown>[] = []
  const log = { info: (entry: object) => void entries.push({ ...entry }), error() {} }
  const server = await startServer({ app: { log }, auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token, { scopes: ['projects:read'] })
  entries.splice(0)
  await server.send('POST /v1/projects', { title: 'x' }, bearer(key.token))
  await server.send('POST /v1/projects', { title: '' }, bearer(token))
  for (let time = 1; time <= 11; time++) await server.send('POST /v1/session', bob)
  const named = entries.filter(({ event }) => event !== undefined)
  expect(named.map(({ event, severity, status }) => [event, severity, status])).toEqual([
    ['authz_fail', 'CRITICAL', 403],
    ['input_validation_fail', 'WARN', 422],
    ['excess_rate_limit_exceeded', 'WARN', 429],
  ])
})

test('what is refused like this says from where and, where that is known anyway, whose it was', async () => {
  const lines: { message: string; [name: string]: unknown }[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  const log = createLog({ mode: 'production', logLevel: 'info' }, write)
  const server = await startServer({ app: { log }, auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { user } = (await server.send('GET /v1/user', undefined, bearer(token))).body
  const key = await createApiKey(server, token, { scopes: ['projects:read'] })
  lines.splice(0)
  const send = async (line: string, body: object, held?: string) => {
    const [method = '', path = ''] = line.split(' ')
    const headers = { 'content-type': 'application/json', ...(held ? bearer(held) : {}) }
    const init = { method, headers, body: JSON.stringify(body) }
    await server.app.request(path, init, { address: '192.0.2.7' })
  }
  await send('POST /v1/projects', { title: 'x' }, key.token)
  await send('PUT /v1/password', {}, key.token)
  await send('POST /v1/projects', { title: '' }, token)
  await send('POST /v1/registrations', { email_address: 'bob', password: 'a wrong password' })
  for (let time = 1; time <= 11; time++) {
    await send('PUT /v1/session/freshness', { password_challenge: 'a wrong password' }, token)
    await send('POST /v1/session', { ...ann, password: 'a wrong password' })
  }
  await send('POST /v1/projects', { title: 'x' }, token)
  await send('DELETE /nowhere', {}, token)
  const requests = lines.filter(({ message }) => message === 'request')
  const named = requests.filter(({ event }) => event !== undefined)
  const refused = ['authz_fail', 'authz_fail', 'input_validation_fail', 'input_validation_fail']
  expect(named.slice(0, 4).map(({ event }) => event)).toEqual(refused)
  for (const { ipAddress } of named) expect(ipAddress).toBe('192.0.2.7')
  const { id } = user
  expect(named.slice(0, 4).map(({ userId }) => userId)).toEqual([id, id, id, undefined])
  const [confirmed, loggedIn] = named.slice(-2)
  expect([confirmed?.event, loggedIn?.event]).toEqual(Array(2).fill('excess_rate_limit_exceeded'))
  expect([confirmed?.userId, loggedIn?.userId]).toEqual([id, undefined])
  // The others say neither, and none has a secret, or an address that somebody typed.
  for (const line of requests.filter(({ event }) => event === undefined)) {
    expect(line).not.toHaveProperty('userId')
    expect(line).not.toHaveProperty('ipAddress')
  }
  expect(JSON.stringify(requests)).not.toMatch(/lk[sk]_|wrong|bob|ann/)
})

test('guesses at unknown addresses crowd out no guess at a known one, and fill no disk', async () => {
  const server = await startServer()
  const { auth, clock } = server
  const token = await signUp(server)
  const { body } = await server.send('GET /v1/user', undefined, bearer(token))
  const guess = (emailAddress: string) => auth.logIn({ emailAddress, password: 'wrong password' })
  for (let index = 1; index <= 520; index++) await guess(`user-${index}@example.com`)
  await guess(ann.email_address)
  expect(await told(server, body.user.id)).toEqual([
    'user_created user',
    'authn_login_fail anybody',
  ])
  const rows = () => server.database.query("SELECT id FROM events WHERE name = 'authn_login_fail'")
  expect(await rows()).toHaveLength(501)
  clock.advance({ hours: 1 })
  await guess('bob@example.com')
  await auth.flush()
  expect(await rows()).toHaveLength(502)
})

test('a user does not read from where an operator acted', async () => {
  const server = await startServer()
  const { auth, send } = server
  const token = await signUp(server)
  const { user } = (await send('GET /v1/user', undefined, bearer(token))).body
  const admin = { ipAddress: '10.9.8.7', userAgent: 'Console/1', requestId: 'admin-1' }
  const other = (await send('POST /v1/session', ann)).body.token
  const { session } = (await send('GET /v1/session', undefined, bearer(other))).body
  const revoked = { id: session.id, userId: user.id }
  expect(await auth.revokeSession(revoked, { ...admin, actor: 'operator' })).toBe(true)
  const { text, body } = await send('GET /v1/events?limit=1', undefined, bearer(token))
  expect(body.events).toMatchObject([{ event: 'session_expired', actor: 'operator' }])
  expect(text).not.toMatch(/10\.9\.8\.7|Console|admin-1/)
})

test('new tokens for a session are limited, so that nobody fills the table with them', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  let token = await signUp(server)
  for (let time = 1; time <= 10; time++) {
    token = (await server.send('PUT /v1/session/token', undefined, bearer(token))).body.token
  }
  const refused = await server.send('PUT /v1/session/token', undefined, bearer(token))
  expect(refused.status).toBe(429)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
})

test('what cannot be written down is no reason to refuse, or to fail', async () => {
  const server = await startServer()
  const { store } = server.auth.config
  store.recordEvents = () => Promise.reject(new Error('away'))
  expect((await server.send('POST /v1/session', bob)).status).toBe(401)
  await server.auth.flush()
})

test('events are swept after a year', async () => {
  const server = await startServer()
  const { auth, clock } = server
  await signUp(server)
  clock.advance({ days: 365 })
  await signUp(server, bob)
  const pace = { maximum: 64, mayGoOn: () => true, after: async () => true }
  expect((await sweep(auth.config, pace)).events).toBe(0)
  clock.advance({ hours: 1 })
  expect((await sweep(auth.config, pace)).events).toBe(1)
  expect(await told(server)).toEqual(['user_created user'])
})
