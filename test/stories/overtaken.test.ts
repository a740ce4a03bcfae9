// What takes a while, such as a hash, and whose session ends meanwhile: nothing of it happens.
import type { PasswordHash } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

const another = 'another horse battery'
const credentials = { password: ann.password }
const nobody = { ipAddress: null, userAgent: null, requestId: null, actor: 'user' } as const

/** A server in which something happens once, while a password is being verified. */
async function startOvertaken({ isCurrent = cheapHash.isCurrent } = {}) {
  const during: { act: (() => Promise<unknown>) | null } = { act: null }
  const passwordHash: PasswordHash = {
    ...cheapHash,
    isCurrent,
    async verify(hash, password) {
      const isRight = await cheapHash.verify(hash, password)
      const { act } = during
      during.act = null
      await act?.()
      return isRight
    },
  }
  const server = await startServer({ auth: { passwordHash } })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const other = (await server.send('POST /v1/session', ann)).body.token
  const { user } = (await server.send('GET /v1/user', undefined, bearer(token))).body
  const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const overtake = (act: () => Promise<unknown>) => {
    during.act = act
  }
  return { server, token, other, userId: user.id, sessionId: session.id, overtake }
}

type Overtaken = Awaited<ReturnType<typeof startOvertaken>>

const endings: [string, (held: Overtaken) => Promise<unknown>][] = [
  [
    'was revoked on another device',
    ({ server, other }) => server.send('DELETE /v1/sessions', undefined, bearer(other)),
  ],
  ['was banned', ({ server, userId }) => server.auth.banUser(userId)],
  [
    'was revoked by an operator',
    ({ server, userId, sessionId }) => server.auth.revokeSession({ id: sessionId, userId }),
  ],
]

const acts: [string, (server: Server, token: string) => ReturnType<Server['send']>][] = [
  [
    'changes no password',
    ({ send }, token) =>
      send(
        'PUT /v1/password',
        { password_challenge: ann.password, password: another },
        bearer(token),
      ),
  ],
  [
    'becomes not fresh',
    ({ send }, token) =>
      send('PUT /v1/session/freshness', { password_challenge: ann.password }, bearer(token)),
  ],
  [
    'deletes nobody',
    ({ send }, token) =>
      send('DELETE /v1/user', { password_challenge: ann.password }, bearer(token)),
  ],
  [
    'makes no API key',
    ({ send }, token) => {
      const key = { name: 'Nightly build', scopes: ['projects:read'] }
      return send('POST /v1/api_keys', { ...key, password_challenge: ann.password }, bearer(token))
    },
  ],
]

const cases = endings.flatMap(([ending, end]) =>
  acts.map(([act, run]) => [ending, act, end, run] as const),
)

test.each(cases)('whose session %s meanwhile %s', async (_ending, _act, end, run) => {
  const held = await startOvertaken()
  const { server, token, userId } = held
  const before = await server.database.query('SELECT email_address, password_hash FROM users')
  held.overtake(() => end(held))
  const { status, body } = await run(server, token)
  expect([status, body.code]).toEqual([401, 'invalid_token'])
  expect(await server.database.query('SELECT email_address, password_hash FROM users')).toEqual(
    before,
  )
  expect(await server.database.query('SELECT id FROM api_keys')).toEqual([])
  await server.auth.flush()
  const page = { limit: 100, after: null }
  const events = await server.auth.listEvents({ userId, name: null }, page)
  const names = events.map(({ name, detail }) => `${name} ${detail}`)
  expect(names).not.toContain('authn_password_change null')
  expect(names).not.toContain('authn_login_success password_challenge')
  expect(names).not.toContain('user_deleted null')
})

test('whose address changes meanwhile is judged by their password all the same', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const { auth, database, send } = server
  const token = await signUp(server)
  const held = bearer(token)
  await send('PATCH /v1/user', { email_address: 'ann@example.org' }, held)
  await server.outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  // The first thing that is waited for, once it is known whose session it is.
  const { store } = auth.config
  const { count } = store
  store.count = async (windows, now) => {
    store.count = count
    expect((await send('PUT /v1/email_verifications', proof, held)).status).toBe(200)
    return count(windows, now)
  }
  const change = { password_challenge: ann.password, password: another }
  expect((await send('PUT /v1/password', change, held)).status).toBe(200)
  expect(await database.query('SELECT * FROM failed_attempts')).toEqual([])
  await auth.flush()
  const all = { userId: null, name: null }
  const names = (await auth.listEvents(all, { limit: 100, after: null })).map(({ name }) => name)
  expect(names).toContain('authn_password_change')
  expect(names).not.toContain('authn_password_change_fail')
  await server.outbox.deliverDue()
  const [notice] = server.mailbox.mails
  expect([notice?.to, notice?.subject]).toEqual(['ann@example.org', 'Your password was changed'])
  const credentials = { email_address: 'ann@example.org', password: another }
  expect((await send('POST /v1/session', credentials)).status).toBe(200)
})

test.each([true, false])(
  'a log-in by an address that is not the user’s any more fails, and its mailbox hears of nothing (%s)',
  async (isCurrent) => {
    const { server, token, overtake } = await startOvertaken({ isCurrent: () => isCurrent })
    const { auth, database, send } = server
    const held = bearer(token)
    await send('PATCH /v1/user', { email_address: 'ann@example.org' }, held)
    await server.outbox.deliverDue()
    const proof = { token: mailedToken(server) }
    overtake(async () => {
      server.clock.advance({ minutes: 1 })
      expect((await send('PUT /v1/email_verifications', proof, held)).status).toBe(200)
    })
    const before = await database.query('SELECT id FROM sessions')
    const client = { ...nobody, userAgent: 'Firefox/140.0' }
    expect(await auth.logIn({ ...credentials, emailAddress: ann.email_address }, client)).toBeNull()
    expect(await database.query('SELECT id FROM sessions')).toEqual(before)
    await server.outbox.deliverDue()
    const told = server.mailbox.mails.map(({ subject }) => subject)
    expect(told).not.toContain('New sign-in to your account')
    const [user] = await auth.listUsers({ limit: 9, after: null })
    expect(user?.updatedAt).toEqual(user?.emailVerifiedAt)
    const moved = await auth.logIn({ ...credentials, emailAddress: 'ann@example.org' }, client)
    expect(moved?.user.emailAddress).toBe('ann@example.org')
  },
)

test.each([true, false])(
  'who is banned while their password is verified is not let in, nor when the ban ends (%s)',
  async (isCurrent) => {
    const held = await startOvertaken({ isCurrent: () => isCurrent })
    const { server, userId, overtake } = held
    const { auth, database, send } = server
    overtake(() => auth.banUser(userId))
    const { status, body } = await send('POST /v1/session', ann)
    expect([status, body.code]).toEqual([401, 'invalid_credentials'])
    await auth.unbanUser(userId)
    expect(await database.query('SELECT id FROM sessions')).toEqual([])
  },
)

test.each(endings.filter(([ending]) => ending !== 'was banned'))(
  'a link that is opened by a session that %s meanwhile asks for the password',
  async (_ending, end) => {
    const held = await startOvertaken()
    const { server, token } = held
    const { auth, send } = server
    await send('PATCH /v1/user', { email_address: 'ann@example.org' }, bearer(token))
    await server.outbox.deliverDue()
    const authenticated = await auth.authenticate(token)
    await end(held)
    const link = { token: mailedToken(server) }
    expect(await auth.verifyEmailAddress({ ...link, authenticated, password: null })).toEqual({
      outcome: 'password_required',
    })
    const { password } = ann
    expect(await auth.verifyEmailAddress({ ...link, authenticated, password })).toMatchObject({
      outcome: 'verified',
      user: { emailAddress: 'ann@example.org' },
    })
  },
)

test('a change of a password that a log-in hashes again meanwhile succeeds', async () => {
  const { server, token, overtake } = await startOvertaken()
  const { auth, send } = server
  // The same password, with another salt.
  overtake(() => auth.setPassword({ emailAddress: ann.email_address, password: ann.password }))
  const change = { password_challenge: ann.password, password: another }
  expect((await send('PUT /v1/password', change, bearer(token))).status).toBe(200)
  const logIn = (password: string) => send('POST /v1/session', { ...ann, password })
  expect((await logIn(ann.password)).status).toBe(401)
  expect((await logIn(another)).status).toBe(200)
})

test('a change of a password that an operator set meanwhile is refused, and theirs stays', async () => {
  const { server, token, other, overtake } = await startOvertaken()
  const { auth, send } = server
  const byHand = { emailAddress: ann.email_address, password: 'set by hand' }
  overtake(() => auth.setPassword(byHand))
  const change = { password_challenge: ann.password, password: another }
  const { status, body } = await send('PUT /v1/password', change, bearer(token))
  expect([status, body.details]).toMatchObject([422, [{ field: 'password_challenge' }]])
  const logIn = (password: string) => send('POST /v1/session', { ...ann, password })
  expect((await logIn(another)).status).toBe(401)
  expect((await logIn(byHand.password)).status).toBe(200)
  expect((await send('GET /v1/session', undefined, bearer(other))).status).toBe(200)
})

test('a log-out is answered when what its session had begun is done, and not before', async () => {
  const { promise: hasBegun, resolve: tellBegun } = Promise.withResolvers<void>()
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
  const onUserDeleted = async () => {
    tellBegun()
    await mayGoOn
  }
  const server = await startServer({ auth: { hooks: { onUserDeleted } } })
  const held = bearer(await signUp(server))
  const deleting = server.send('DELETE /v1/user', undefined, held)
  await hasBegun
  let isHeld = true
  const leaving = server.send('DELETE /v1/session', undefined, held).then(({ status }) => {
    return { status, isHeld }
  })
  setTimeout(() => {
    isHeld = false
    goOn()
  }, 300)
  expect((await deleting).status).toBe(204)
  expect(await leaving).toEqual({ status: 200, isHeld: false })
})

test('whoever ends all other devices waits for a change of password, and neither fails', async () => {
  const server = await startServer()
  const { auth } = server
  const own = await auth.authenticate(await signUp(server))
  const other = await auth.authenticate((await server.send('POST /v1/session', ann)).body.token)
  // A third one, which both of them end.
  await server.send('POST /v1/session', ann)
  if (!own || !other) throw new Error('Nobody is logged in')
  const { promise: isDeleted, resolve: tellDeleted } = Promise.withResolvers<void>()
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
  const changing = auth.config.store.transaction(async (transaction) => {
    await transaction.holdUser(own.user.id)
    await transaction.deleteOtherSessions(own.session)
    tellDeleted()
    await mayGoOn
    await transaction.freshenSession(own.session, new Date())
  })
  await isDeleted
  const revoking = [
    auth.revokeOtherSessions(other.session),
    auth.revokeSessions(own.user.id),
    auth.banUser(own.user.id),
  ]
  setTimeout(goOn, 300)
  const settled = await Promise.allSettled([changing, ...revoking])
  expect(settled.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
}, 20_000)
