// Sign-up that tells nobody who is there: a mail, a link, and the password once more.
import { AuthError, type AuthOptions } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ann,
  bearer,
  cheapHash,
  emptyDatabaseUrl,
  mailedToken,
  type Server,
  startServer,
} from '../harness.ts'
import { startServerProcess } from '../server-process.ts'

const url = 'POST /v1/registrations'
const verify = 'PUT /v1/email_verifications'
const message = 'Check your mail to finish signing up'
const attackers = { ...ann, password: 'the attacker knows it' }

async function startConfirming(auth: Partial<AuthOptions> = {}): Promise<Server> {
  return startServer({ auth: { signUp: 'confirm', ...auth } })
}

/** Signs up, and answers the token in the mail. */
async function register(server: Server, person: object = ann): Promise<string> {
  const { status, body } = await server.send(url, person)
  expect([status, body]).toEqual([202, { message }])
  await server.outbox.deliverDue()
  return mailedToken(server)
}

async function count({ database }: Server, table: string): Promise<number> {
  return (await database.query(`SELECT 1 FROM ${table}`)).length
}

function subjects({ mailbox }: Server): string[] {
  return mailbox.mails.map(({ to, subject }) => `${to}: ${subject}`)
}

test('somebody new is mailed a link, and is a user once it was opened with the password', async () => {
  const server = await startConfirming()
  const token = await register(server)
  expect(token).toMatch(/^lkv_\w{38}$/)
  expect(subjects(server)).toEqual(['ann@example.com: Confirm your email address'])
  expect(server.mailbox.mails[0]?.text).toContain(`https://app.example.com/verify-email#${token}`)
  server.clock.advance({ hours: 1 })
  const { status, body } = await server.send(verify, { token, password: ann.password })
  expect([status, body]).toEqual([
    200,
    {
      user: {
        id: expect.any(String),
        email_address: ann.email_address,
        email_verified: true,
        created_at: '2026-01-01T13:00:00.000Z',
        updated_at: '2026-01-01T13:00:00.000Z',
      },
    },
  ])
  // Nobody is logged in by it.
  expect(await count(server, 'sessions')).toBe(0)
  const logIn = await server.send('POST /v1/session', ann)
  const user = await server.send('GET /v1/user', undefined, bearer(logIn.body.token))
  expect(user.body).toEqual(body)
  const again = await server.send(verify, { token, password: ann.password })
  expect([again.status, again.body.code]).toEqual([401, 'invalid_verification_token'])
})

test('until then there is nobody: no log-in, no reset, and the answers are those to a stranger', async () => {
  const server = await startConfirming()
  await register(server)
  const stranger = { ...ann, email_address: 'nobody@example.com' }
  const said = async (person: typeof ann) => {
    const { status, body } = await server.send('POST /v1/session', person)
    return [status, body.code]
  }
  expect(await said(ann)).toEqual(await said(stranger))
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  expect(subjects(server)).toHaveLength(1)
  expect([await count(server, 'users'), await count(server, 'events')]).toEqual([0, 0])
})

test('a taken address is told to nobody but whoever has it, and nothing of theirs changes', async () => {
  const server = await startConfirming()
  await server.auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  expect(await register(server, { ...attackers, email_address: ' ANN@example.com' })).toBe('')
  expect(subjects(server)).toEqual(['ann@example.com: Somebody tried to sign up with your address'])
  expect(await count(server, 'registrations')).toBe(0)
  expect((await server.send('POST /v1/session', attackers)).status).toBe(401)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
})

test('whoever signs up again and again has one mail at a time, for the last of them', async () => {
  const server = await startConfirming()
  for (const password of ['first horse battery', 'second horse battery', ann.password]) {
    await server.send(url, { ...ann, password })
  }
  await server.outbox.deliverDue()
  expect(server.mailbox.mails).toHaveLength(1)
  const token = mailedToken(server)
  const first = await server.send(verify, { token, password: 'first horse battery' })
  expect([first.status, first.body.details[0].code]).toEqual([422, 'invalid'])
  expect((await server.send(verify, { token, password: ann.password })).status).toBe(200)
  expect(await count(server, 'registrations')).toBe(0)
})

test('a link is for its own sign-up, and the first that is opened ends the others', async () => {
  const server = await startConfirming()
  const first = await register(server)
  const second = await register(server, attackers)
  const crossed = [
    await server.send(verify, { token: first, password: attackers.password }),
    await server.send(verify, { token: second, password: ann.password }),
  ]
  expect(crossed.map(({ status }) => status)).toEqual([422, 422])
  expect((await server.send(verify, { token: first, password: ann.password })).status).toBe(200)
  const late = await server.send(verify, { token: second, password: attackers.password })
  expect([late.status, late.body.code]).toEqual([401, 'invalid_verification_token'])
  expect(await count(server, 'users')).toBe(1)
})

test('of one address three links live, and the newest takes the place of the oldest', async () => {
  const server = await startConfirming()
  const tokens = []
  for (let time = 0; time < 4; time++) tokens.push(await register(server))
  expect(await count(server, 'registrations')).toBe(3)
  const [oldest, second] = tokens
  expect((await server.send(verify, { token: oldest, password: ann.password })).status).toBe(401)
  expect((await server.send(verify, { token: second, password: ann.password })).status).toBe(200)
})

test('the link asks for the password like any other, and a click alone makes nobody', async () => {
  const server = await startConfirming()
  const token = await register(server)
  for (const [body, code] of [
    [{}, 'blank'],
    [{ password: 'wrong password' }, 'invalid'],
    [{ password: '' }, 'invalid'],
    [{ password: 'x'.repeat(3_000) }, 'invalid'],
    [{ password: 7 }, 'invalid_type'],
  ] as const) {
    const reply = await server.send(verify, { token, ...body })
    expect([reply.status, reply.body.details]).toMatchObject([422, [{ field: 'password', code }]])
  }
  expect((await server.send(verify, { token }, bearer('lks_wrong'))).status).toBe(401)
  expect([await count(server, 'users'), await count(server, 'registrations')]).toEqual([0, 1])
})

test('a session of somebody else opens no link: the password of the sign-up does', async () => {
  const server = await startConfirming()
  const bob = { ...ann, email_address: 'bob@example.com' }
  await server.auth.createUser({ emailAddress: bob.email_address, password: bob.password })
  const own = bearer((await server.send('POST /v1/session', bob)).body.token)
  const token = await register(server)
  const without = await server.send(verify, { token }, own)
  expect([without.status, without.body.details[0].code]).toEqual([422, 'blank'])
  const { status, body } = await server.send(verify, { token, password: ann.password }, own)
  expect([status, body.user.email_address]).toEqual([200, ann.email_address])
})

test('tokens of both kinds get the same answers, whatever is wrong', async () => {
  const server = await startConfirming({ rateLimits: 'on' })
  const ofSignUp = await register(server)
  const bob = { ...ann, email_address: 'bob@example.com' }
  await server.auth.createUser({ emailAddress: bob.email_address, password: bob.password })
  const own = bearer((await server.send('POST /v1/session', bob)).body.token)
  await server.send('POST /v1/email_verifications', undefined, own)
  await server.outbox.deliverDue()
  const ofUser = mailedToken(server)
  const answers = async (token: string) => {
    const said = []
    for (const password of [undefined, ...Array(12).fill('wrong password'), ann.password]) {
      const sent = { token, password }
      const { status, text, headers } = await server.send(verify, sent, { 'x-request-id': 'one' })
      said.push([status, text, [...headers]])
    }
    return said
  }
  const said = await answers(ofSignUp)
  expect(said.map(([status]) => status)).toEqual([422, ...Array(10).fill(422), 429, 429, 429])
  expect(await answers(ofUser)).toEqual(said)
})

test('who signs up with the address of another has nothing of it when the other comes', async () => {
  const server = await startConfirming()
  const attackersLink = await register(server, attackers)
  // The victim opens the link in their mail, with the only password that they know.
  const opened = await server.send(verify, { token: attackersLink, password: ann.password })
  expect([opened.status, opened.body.details[0].message]).toEqual([422, 'Password is invalid'])
  const own = await register(server, ann)
  await server.send(url, attackers)
  expect((await server.send(verify, { token: own, password: ann.password })).status).toBe(200)
  await server.outbox.deliverDue()
  expect(subjects(server)[0]).toBe('ann@example.com: Somebody tried to sign up with your address')
  expect((await server.send('POST /v1/session', attackers)).status).toBe(401)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  const late = await server.send(verify, { token: attackersLink, password: attackers.password })
  expect(late.status).toBe(401)
  expect(await count(server, 'registrations')).toBe(0)
})

test('a link ends a day after its mail left, and a sign-up whose mail did not leave a day after it', async () => {
  const server = await startConfirming()
  await server.send(url, ann)
  server.clock.advance({ hours: 24, milliseconds: -1 })
  await server.outbox.deliverDue()
  const token = mailedToken(server)
  server.clock.advance({ hours: 24, milliseconds: -1 })
  const wrong = await server.send(verify, { token, password: 'wrong password' })
  expect(wrong.status).toBe(422)
  server.clock.advance({ milliseconds: 1 })
  for (const password of [ann.password, 'wrong password', undefined]) {
    expect((await server.send(verify, { token, password })).status).toBe(401)
  }
  await server.send(url, ann)
  server.clock.advance({ hours: 24 })
  await server.outbox.deliverDue()
  expect([server.mailbox.mails.length, await count(server, 'outbox')]).toEqual([1, 1])
  expect(await count(server, 'users')).toBe(0)
})

test('twenty who open one link at once are one user', async () => {
  const server = await startConfirming()
  const token = await register(server)
  const proof = { token, password: ann.password }
  const replies = await Promise.all(Array.from({ length: 20 }, () => server.send(verify, proof)))
  const statuses = replies.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(19).fill(401)])
  expect([await count(server, 'users'), await count(server, 'registrations')]).toEqual([1, 0])
})

test('of three links of one address that are opened at once one makes the user', async () => {
  // No hash in between: in PostgreSQL their transactions meet.
  const passwordHash = { ...cheapHash, verify: async () => true }
  const server = await startConfirming({ passwordHash })
  for (let person = 1; person <= 5; person++) {
    const own = { ...ann, email_address: `person-${person}@example.com` }
    const tokens = []
    for (let time = 0; time < 3; time++) tokens.push(await register(server, own))
    const replies = await Promise.all(
      tokens.map((token) => server.send(verify, { token, password: ann.password })),
    )
    const statuses = replies.map(({ status }) => status).sort()
    expect(statuses[0]).toBe(200)
    expect(statuses.slice(1).every((status) => status === 401 || status === 422)).toBe(true)
    expect(await count(server, 'users')).toBe(person)
  }
  expect(await count(server, 'registrations')).toBe(0)
})

test('an address that was taken meanwhile is refused, and the link is spent', async () => {
  const server = await startConfirming()
  const token = await register(server)
  await server.auth.createUser({ emailAddress: ann.email_address, password: 'an operator’s' })
  const { status, body } = await server.send(verify, { token, password: ann.password })
  expect([status, body.details]).toMatchObject([422, [{ field: 'email_address', code: 'taken' }]])
  expect((await server.send(verify, { token, password: ann.password })).status).toBe(401)
  expect(await count(server, 'registrations')).toBe(0)
  expect((await server.send('POST /v1/session', ann)).status).toBe(401)
})

test('what happened is written down when there is a user, and the hooks are told with the fields', async () => {
  const told: unknown[] = []
  const server = await startConfirming({
    signUpFields: z.object({ name: z.string(), born: z.coerce.date() }),
    hooks: {
      onUserCreated: ({ user, fields }) => void told.push(user.emailAddress, fields),
      onEmailAddressVerified: ({ user, previous }) =>
        void told.push(user.emailVerifiedAt, previous),
      onSessionCreated: () => void told.push('a session'),
    },
  })
  const token = await register(server, { ...ann, name: 'Ann', born: '1990-01-01' })
  expect(told).toEqual([])
  const { body } = await server.send(verify, { token, password: ann.password })
  // What has been through JSON is what JSON makes of it.
  const fields = { name: 'Ann', born: '1990-01-01T00:00:00.000Z' }
  expect(told).toEqual([ann.email_address, fields, server.clock(), null])
  const page = { limit: 9, after: null }
  const events = await server.auth.listEvents({ userId: body.user.id, name: null }, page)
  expect(
    events.reverse().map(({ name, detail, emailAddress }) => [name, detail, emailAddress]),
  ).toEqual([
    ['user_created', null, ann.email_address],
    ['user_updated', 'email_verified', null],
  ])
})

test('what a hook refuses leaves the link good, and no user', async () => {
  let isFull = true
  const server = await startConfirming({
    hooks: {
      onUserCreated() {
        if (!isFull) return
        throw new AuthError('validation_failed', { fields: [{ field: 'name', code: 'taken' }] })
      },
    },
  })
  const token = await register(server)
  const proof = { token, password: ann.password }
  const refused = await server.send(verify, proof)
  expect([refused.status, refused.body.details]).toMatchObject([422, [{ field: 'name' }]])
  expect([await count(server, 'users'), await count(server, 'events')]).toEqual([0, 0])
  isFull = false
  expect((await server.send(verify, proof)).status).toBe(200)
})

test('neither the password nor the token of a link is in any table', async () => {
  const server = await startConfirming()
  const token = await register(server)
  const tables = ['registrations', 'outbox', 'events', 'guard_counts']
  const dump = async () =>
    JSON.stringify(
      await Promise.all(tables.map((table) => server.database.query(`SELECT * FROM ${table}`))),
    )
  const before = await dump()
  await server.send(verify, { token, password: 'wrong password' })
  const after = before + (await dump())
  expect(after).toContain(ann.email_address)
  for (const secret of [token.slice(4, 30), ann.password, 'wrong password']) {
    expect(after).not.toContain(secret)
  }
})

test('what breaks a rule is refused as ever, before anything is written', async () => {
  const server = await startConfirming()
  const { status, body } = await server.send(url, { email_address: 'ann', password: 'short' })
  expect([status, body.details.map(({ code }: { code: string }) => code)]).toEqual([
    422,
    ['invalid', 'too_short'],
  ])
  expect([await count(server, 'registrations'), await count(server, 'outbox')]).toEqual([0, 0])
})

test('signing up is counted, for one address and whether or not somebody has it', async () => {
  const server = await startConfirming({ rateLimits: 'on' })
  await server.auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  for (const email_address of [ann.email_address, 'nobody@example.com']) {
    const statuses = []
    for (let time = 0; time < 11; time++) {
      statuses.push((await server.send(url, { ...ann, email_address })).status)
    }
    expect(statuses).toEqual([...Array(10).fill(202), 429])
  }
})

test('what was tried in vain at the address before there was anybody keeps nobody out', async () => {
  const server = await startConfirming({ rateLimits: 'on' })
  const guess = { ...ann, password: 'wrong password' }
  for (let time = 0; time < 101; time++) {
    expect((await server.send('POST /v1/session', guess)).status).toBe(401)
    server.clock.advance({ hours: 1 })
  }
  const token = await register(server)
  expect((await server.send(verify, { token, password: ann.password })).status).toBe(200)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
})

test('who is deleted leaves no sign-up and no mail behind, and may sign up again', async () => {
  const server = await startConfirming()
  const user = await server.auth.createUser({
    emailAddress: ann.email_address,
    password: ann.password,
  })
  await register(server)
  await server.send(url, ann)
  await server.auth.deleteUser(user)
  expect([await count(server, 'registrations'), await count(server, 'outbox')]).toEqual([0, 0])
  const token = await register(server)
  expect((await server.send(verify, { token, password: ann.password })).status).toBe(200)
})

test('in the process a sign-up says what it has led to, and operators create users as ever', async () => {
  const { auth } = await startConfirming()
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  expect(await auth.signUp(credentials)).toEqual({ outcome: 'confirmation_queued' })
  expect(await auth.createUser(credentials)).toMatchObject({ emailVerifiedAt: null })
})

test('where sign-up is closed it is refused before anything is judged, counted or hashed', async () => {
  const hash = () => Promise.reject(new Error('not asked for'))
  const closed = { signUp: 'closed', rateLimits: 'on' } as const
  const server = await startServer({ auth: closed })
  Object.assign(server.auth.config.passwordHash, { hash })
  for (const body of [ann, { email_address: 'ann', password: '' }, {}]) {
    const reply = await server.send(url, body)
    expect([reply.status, reply.body.code]).toEqual([403, 'sign_up_closed'])
  }
  expect(await count(server, 'guard_counts')).toBe(0)
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  await expect(server.auth.signUp(credentials)).rejects.toMatchObject({ code: 'sign_up_closed' })
  const { body } = await server.send('GET /openapi.json')
  expect(Object.keys(body.paths['/v1/registrations'].post.responses)).toEqual(['default'])
})

test.each([
  ['open', 201],
  ['confirm', 202],
  ['closed', 403],
])('with SIGN_UP=%s a server answers %d', async (SIGN_UP, status) => {
  const { send } = await startServerProcess({ DATABASE_URL: await emptyDatabaseUrl(), SIGN_UP })
  expect((await send(url, ann)).status).toBe(status)
})
