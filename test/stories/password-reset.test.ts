import type { PasswordHash, User } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Server,
  signUp,
  startServer,
} from '../harness.ts'

const password = 'another horse battery'
const dead = ['Password reset link is invalid or has expired.']

async function requestReset(server: Server, emailAddress = ann.email_address): Promise<string> {
  await server.send('POST /v1/passwords', { email_address: emailAddress })
  await server.outbox.deliverDue()
  return mailedToken(server)
}

async function logIn({ send }: Server, credentials: object): Promise<number> {
  return (await send('POST /v1/session', credentials)).status
}

async function startWithToken(): Promise<{
  server: Server
  token: string
  passwordHash: { -readonly [Verb in keyof PasswordHash]: PasswordHash[Verb] }
}> {
  const passwordHash = { ...cheapHash }
  const server = await startServer({ auth: { passwordHash } })
  await signUp(server)
  return { server, token: await requestReset(server), passwordHash }
}

test('whoever forgot the password gets a link, and chooses a new one with it', async () => {
  const { server, token } = await startWithToken()
  const [mail] = server.mailbox.mails
  expect(mail).toMatchObject({ to: ann.email_address, subject: 'Reset your password' })
  const link = `https://app.example.com/reset-password#${token}`
  expect(mail?.text).toContain(`\n${link}\n`)
  expect(mail?.html).toContain(`href="${link}"`)
  const confirmed = { password, password_confirmation: password }
  const { status, body } = await server.send(`PUT /v1/passwords/${token}`, confirmed)
  expect([status, body]).toEqual([200, { message: 'Password has been reset.' }])
  expect(await logIn(server, ann)).toBe(401)
  expect(await logIn(server, { ...ann, password })).toBe(200)
})

test('the answer is the same for an address that nobody has, and no mail is sent', async () => {
  const server = await startServer()
  await signUp(server)
  const known = await server.send('POST /v1/passwords', { email_address: ann.email_address })
  const unknown = await server.send('POST /v1/passwords', { email_address: 'bob@example.com' })
  expect(known.body).toEqual({ message: 'Password reset instructions sent' })
  expect([unknown.status, unknown.text]).toEqual([known.status, known.text])
  expect([...unknown.headers.keys()]).toEqual([...known.headers.keys()])
  await server.outbox.deliverDue()
  expect(server.mailbox.mails.map(({ to }) => to)).toEqual([ann.email_address])
})

test('the address is read as at sign-up: spaces around it and capitals do not matter', async () => {
  const { server } = await startWithToken()
  await requestReset(server, '  ANN@Example.com ')
  expect(server.mailbox.mails.map(({ to }) => to)).toEqual([ann.email_address, ann.email_address])
})

test.each([undefined, null, '', ' ', 7, true, [], ['ann@example.com'], {}, 'ann', 'a@b.c, d@e.f'])(
  'the address %j is no address, and queues nothing',
  async (email_address) => {
    const server = await startServer()
    const { status, body } = await server.send('POST /v1/passwords', { email_address })
    expect([status, body.code]).toEqual([422, 'validation_failed'])
    expect(body.details).toMatchObject([{ field: 'email_address' }])
    expect(await server.database.query('SELECT id FROM outbox')).toEqual([])
  },
)

test.each(['PUT', 'PATCH'])('%s takes the token from the path or from the body', async (method) => {
  const { server, token } = await startWithToken()
  const inPath = await server.send(`${method} /v1/passwords/${token}`, { password })
  expect(inPath.status).toBe(200)
  const again = await requestReset(server)
  const inBody = await server.send(`${method} /v1/passwords`, { token: again, password })
  expect(inBody.status).toBe(200)
})

test('the token in the path counts, whatever the body says', async () => {
  const { server, token } = await startWithToken()
  const body = { token: 'rubbish', password }
  expect((await server.send(`PUT /v1/passwords/${token}`, body)).status).toBe(200)
})

test('a token works once', async () => {
  const { server, token } = await startWithToken()
  await server.send(`PUT /v1/passwords/${token}`, { password })
  const second = { password: 'yet another horse battery' }
  const { status, body } = await server.send(`PUT /v1/passwords/${token}`, second)
  expect([status, body.errors]).toEqual([401, dead])
  expect(await logIn(server, { ...ann, ...second })).toBe(401)
})

test('of twelve at once with one token one wins, and its password is the password', async () => {
  const { server, token } = await startWithToken()
  const passwords = Array.from({ length: 12 }, (_, index) => `horse battery number ${index}`)
  const replies = await Promise.all(
    passwords.map((each) => server.send(`PUT /v1/passwords/${token}`, { password: each })),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(401)])
  const winner = passwords[replies.findIndex(({ status }) => status === 200)]
  for (const each of passwords) {
    const expected = each === winner ? 200 : 401
    expect(await logIn(server, { ...ann, password: each })).toBe(expected)
  }
  await server.outbox.deliverDue()
  expect(server.mailbox.mails.map(({ subject }) => subject)).toEqual([
    'Your password was changed',
    'Reset your password',
  ])
})

test('a token is dead fifteen minutes after its mail was sent, to the millisecond', async () => {
  const { server, token } = await startWithToken()
  server.clock.advance({ minutes: 15, milliseconds: -1 })
  expect((await server.send(`PUT /v1/passwords/${token}`, { password: 'short' })).status).toBe(422)
  server.clock.advance({ milliseconds: 1 })
  const { status, body } = await server.send(`PUT /v1/passwords/${token}`, { password })
  expect([status, body.errors]).toEqual([401, dead])
  expect(await logIn(server, ann)).toBe(200)
})

test('a token that expires while the password is hashed changes nothing', async () => {
  const { server, token, passwordHash } = await startWithToken()
  passwordHash.hash = (secret) => {
    server.clock.advance({ minutes: 15 })
    return cheapHash.hash(secret)
  }
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(401)
  expect(await logIn(server, { ...ann, password })).toBe(401)
})

test('a link with any one character changed is dead, and the right one stays good', async () => {
  const { server, token } = await startWithToken()
  for (const [place, letter] of [...token].entries()) {
    for (const other of ['1', 'z', letter === letter.toLowerCase() ? 'Q' : 'q', '%00']) {
      if (other === letter) continue
      const changed = token.slice(0, place) + other + token.slice(place + 1)
      const inBody = await server.send('PUT /v1/passwords', { token: changed, password })
      const inPath = await server.send(`PUT /v1/passwords/${changed}`, { password })
      expect([changed, inBody.status, inPath.status]).toEqual([changed, 401, 401])
    }
  }
  expect(await logIn(server, ann)).toBe(200)
  expect((await server.send('PUT /v1/passwords', { token, password })).status).toBe(200)
})

test('wrong, expired, spent and another kind’s token are refused alike, and cost no hash', async () => {
  const { server, token: spent, passwordHash } = await startWithToken()
  const refuse = async (token: string) => {
    const { hash } = passwordHash
    passwordHash.hash = async () => {
      throw new Error('A dead token bought a hash')
    }
    for (const body of [{ password }, { password: 'short' }, {}, undefined]) {
      const reply = await server.send(`PUT /v1/passwords/${token}`, body)
      expect([token, reply.status, reply.body.errors]).toEqual([token, 401, dead])
      expect(reply.body.code).toBe('invalid_reset_token')
      expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="api"')
      expect(Object.keys(reply.body)).toEqual(['errors', 'code', 'request_id'])
    }
    passwordHash.hash = hash
  }
  await server.send(`PUT /v1/passwords/${spent}`, { password })
  // At once: asking for another link deletes what is left of it, and soon it would have expired too.
  await refuse(spent)
  const expired = await requestReset(server)
  server.clock.advance({ minutes: 15 })
  const session = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const changed = expired.slice(0, -1) + (expired.endsWith('1') ? '2' : '1')
  for (const token of [spent, expired, session, changed, 'rubbish', 'x'.repeat(5_000), '%00']) {
    await refuse(token)
  }
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an object', {}],
  ['a list', []],
  ['true', true],
  ['a number', 0],
  ['an empty text', ''],
  ['fifty thousand letters', 'x'.repeat(50_000)],
])('%s in the body is no token', async (_what, token) => {
  const { server } = await startWithToken()
  const { status, body } = await server.send('PUT /v1/passwords', { token, password })
  expect([status, body.errors]).toEqual([401, dead])
})

test.each([
  [{}, "Password can't be blank"],
  [{ password: null }, "Password can't be blank"],
  [{ password: '' }, "Password can't be blank"],
  [{ password: 'short' }, 'Password is too short (minimum is 8 characters)'],
  [{ password: 'password' }, 'Password is one that attackers try first; choose another'],
  [{ password: 12345678 }, 'Password must be a string'],
  [{ password: ['a horse battery'] }, 'Password must be a string'],
  [{ password, password_confirmation: 'wrong' }, "Password confirmation doesn't match Password"],
])('the password %j is refused, and the token stays good', async (body, message) => {
  const { server, token } = await startWithToken()
  for (const each of [`PUT /v1/passwords/${token}`, 'PUT /v1/passwords'] as const) {
    const reply = await server.send(each, { token, ...body })
    expect([reply.status, reply.body.errors]).toEqual([422, [message]])
    expect(reply.body).not.toHaveProperty('error')
  }
  expect(await logIn(server, ann)).toBe(200)
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(200)
})

test('a reset ends every session of the user and nobody else’s, and opens none', async () => {
  const { server, token } = await startWithToken()
  const [phone, laptop] = [await server.send('POST /v1/session', ann), await signUp(server)]
  const bob = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const reply = await server.send(`PUT /v1/passwords/${token}`, { password }, bearer(bob))
  expect(Object.keys(reply.body)).toEqual(['message'])
  expect(reply.headers.has('set-cookie')).toBe(false)
  for (const each of [phone.body.token, laptop]) {
    expect((await server.send('GET /v1/session', undefined, bearer(each))).status).toBe(401)
  }
  expect((await server.send('GET /v1/session', undefined, bearer(bob))).status).toBe(200)
  expect(await server.database.query('SELECT user_id FROM sessions')).toHaveLength(1)
})

test('a log-in that was under way with the old password opens no session', async () => {
  const { server, token, passwordHash } = await startWithToken()
  passwordHash.verify = async (hash, secret) => {
    const matches = await cheapHash.verify(hash, secret)
    await server.auth.resetPassword(token, password)
    return matches
  }
  expect(await logIn(server, ann)).toBe(401)
  expect(await server.database.query('SELECT id FROM sessions')).toEqual([])
})

test('the owner is told that the password was changed, and by what time', async () => {
  const { server, token } = await startWithToken()
  await server.send(`PUT /v1/passwords/${token}`, { password })
  await server.outbox.deliverDue()
  const [notice] = server.mailbox.mails
  expect(notice).toMatchObject({ to: ann.email_address, subject: 'Your password was changed' })
  expect(notice?.html).toContain('on 1 January 2026 at 12:00 UTC')
  expect(`${notice?.text}${notice?.html}`).not.toContain(password)
})

test('of several links each works, until one has been used', async () => {
  const { server, token: first } = await startWithToken()
  const second = await requestReset(server)
  expect((await server.send(`PUT /v1/passwords/${first}`, { password: 'short' })).status).toBe(422)
  expect((await server.send(`PUT /v1/passwords/${first}`, { password })).status).toBe(200)
  expect((await server.send(`PUT /v1/passwords/${second}`, { password })).status).toBe(401)
})

test('three links live at a time: whoever asks again gets no fourth until one has expired', async () => {
  const { server, token } = await startWithToken()
  for (let request = 2; request <= 6; request++) await requestReset(server)
  expect(server.mailbox.mails).toHaveLength(3)
  expect((await server.send(`PUT /v1/passwords/${token}`, { password: 'short' })).status).toBe(422)
  server.clock.advance({ minutes: 15 })
  await requestReset(server)
  expect(server.mailbox.mails).toHaveLength(4)
})

test('who reads the mail owns the address: it is verified, and whoever was there before is out', async () => {
  const server = await startServer()
  const attackers = await signUp(server)
  const token = await requestReset(server)
  await server.send(`PUT /v1/passwords/${token}`, { password })
  const { body } = await server.send('POST /v1/session', { ...ann, password })
  const { user } = (await server.send('GET /v1/session', undefined, bearer(body.token))).body
  expect(user).toMatchObject({ email_verified: true, updated_at: '2026-01-01T12:00:00.000Z' })
  expect((await server.send('GET /v1/session', undefined, bearer(attackers))).status).toBe(401)
})

test('asking for a link changes nothing, and neither does looking at it', async () => {
  const { server, token } = await startWithToken()
  const session = await signUp(server, { ...ann, email_address: 'bob@example.com' })
  for (const method of ['GET', 'HEAD', 'DELETE', 'POST', 'OPTIONS']) {
    expect((await server.send(`${method} /v1/passwords/${token}`)).status).toBe(405)
  }
  expect(await logIn(server, ann)).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(session))).status).toBe(200)
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(200)
})

test('a form does as well as JSON', async () => {
  const { server, token } = await startWithToken()
  const init = { method: 'PUT', body: new URLSearchParams({ token, password }) }
  expect((await server.app.request('/v1/passwords', init)).status).toBe(200)
})

test('a password that is set on a console kills the links to the old one', async () => {
  const { server, token } = await startWithToken()
  await server.auth.setPassword({ emailAddress: ann.email_address, password: 'set by hand' })
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(401)
})

test('a password can be set on a console for whoever is banned, and lets nobody in', async () => {
  const told: User[] = []
  const { auth, clock } = await startServer({
    auth: { hooks: { onPasswordChanged: ({ user }) => void told.push(user) } },
  })
  const byHand = { emailAddress: ann.email_address, password: 'set by hand' }
  const { id } = await auth.createUser({ ...byHand, password: ann.password })
  await auth.banUser(id)
  clock.advance({ minutes: 1 })
  const user = await auth.setPassword(byHand)
  expect(user).toEqual(await auth.findUser({ id }))
  expect(user).toMatchObject({ id, updatedAt: clock(), bannedAt: expect.any(Date) })
  expect(told).toEqual([user])
  expect(await auth.logIn(byHand)).toBeNull()
  await auth.unbanUser(id)
  expect(await auth.logIn(byHand)).toMatchObject({ user: { id } })
})

test('a password is set on a console for nobody whose address is another’s by then', async () => {
  const { server, passwordHash } = await startWithToken()
  const { auth, send } = server
  const moved = { ...ann, email_address: 'ann@example.org' }
  const held = bearer((await send('POST /v1/session', ann)).body.token)
  await send('PATCH /v1/user', moved, held)
  await server.outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  passwordHash.hash = async (secret) => {
    await send('PUT /v1/email_verifications', proof, held)
    return cheapHash.hash(secret)
  }
  const byHand = { emailAddress: ann.email_address, password: 'set by hand' }
  expect(await auth.setPassword(byHand)).toBeNull()
  expect(await logIn(server, moved)).toBe(200)
})

test('a link of somebody who is gone is dead', async () => {
  const { server, token } = await startWithToken()
  await server.database.transaction((transaction) => transaction.query('DELETE FROM users'))
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(401)
  expect(
    (await server.send('POST /v1/passwords', { email_address: ann.email_address })).status,
  ).toBe(200)
})

test('a link of somebody who is banned is dead, and not spent', async () => {
  const { server, token } = await startWithToken()
  const ban = (at: Date | null) =>
    server.database.transaction((each) => each.query('UPDATE users SET banned_at = $1', [at]))
  await ban(server.clock())
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(401)
  await ban(null)
  expect(await logIn(server, ann)).toBe(200)
  expect((await server.send(`PUT /v1/passwords/${token}`, { password })).status).toBe(200)
})

test('a link of somebody who goes while the password is hashed is dead', async () => {
  const { server, token, passwordHash } = await startWithToken()
  passwordHash.hash = async (secret) => {
    await server.database.transaction((each) => each.query('DELETE FROM users'))
    return cheapHash.hash(secret)
  }
  const { status, body } = await server.send(`PUT /v1/passwords/${token}`, { password })
  expect([status, body.errors]).toEqual([401, dead])
})

test('whoever calls the verbs directly is told of what is no address and no password, too', async () => {
  const { server, token } = await startWithToken()
  const { auth } = server
  const refusal = (field: string, code: string) => ({
    code: 'validation_failed',
    fields: [{ field, code }],
  })
  await expect(auth.requestPasswordReset('nobody')).rejects.toMatchObject(
    refusal('emailAddress', 'invalid'),
  )
  await expect(auth.resetPassword(token, 'short')).rejects.toMatchObject(
    refusal('password', 'too_short'),
  )
  expect(await auth.resetPassword(token, password)).toMatchObject({
    emailAddress: ann.email_address,
  })
})
