// Proof of an address, and a change of it: by a link, for whoever is logged in or knows the password.

import { createMailbox, type Transport } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  mailedToken,
  type Server,
  signUp,
  signUpDirectly,
  startServer,
} from '../harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const verify = 'PUT /v1/email_verifications'

async function request(server: Server, token: string): Promise<string> {
  const reply = await server.send('POST /v1/email_verifications', undefined, bearer(token))
  expect([reply.status, reply.body]).toEqual([202, { message: 'Confirmation instructions sent' }])
  await server.outbox.deliverDue()
  return mailedToken(server)
}

async function change(server: Server, token: string, email_address: string): Promise<string> {
  const reply = await server.send('PATCH /v1/user', { email_address }, bearer(token))
  expect([reply.status, reply.body]).toEqual([202, { message: 'Confirmation instructions sent' }])
  await server.outbox.deliverDue()
  return mailedToken(server)
}

async function userOf({ send }: Server, token: string) {
  return (await send('GET /v1/user', undefined, bearer(token))).body.user
}

function subjects({ mailbox }: Server): string[] {
  return mailbox.mails.map(({ to, subject }) => `${to}: ${subject}`)
}

test('an address is proved by its link and the session, once', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await request(server, session)
  expect(token).toMatch(/^lkv_\w{38}$/)
  expect(server.mailbox.mails[0]?.text).toContain(`https://app.example.com/verify-email#${token}`)
  expect((await userOf(server, session)).email_verified).toBe(false)
  const { status, body } = await server.send(verify, { token }, bearer(session))
  expect([status, body.user]).toMatchObject([
    200,
    { email_address: ann.email_address, email_verified: true },
  ])
  expect(await userOf(server, session)).toEqual(body.user)
  const again = await server.send(verify, { token }, bearer(session))
  expect([again.status, again.body.code]).toEqual([401, 'invalid_verification_token'])
  expect(again.headers.get('www-authenticate')).toMatch(/^Bearer/)
})

test('of twelve at once with one link one changes the address, and it is told once', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await change(server, session, 'ann@new.example')
  const replies = await Promise.all(
    Array.from({ length: 12 }, () => server.send(verify, { token }, bearer(session))),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(401)])
  expect((await userOf(server, session)).email_address).toBe('ann@new.example')
  await server.outbox.deliverDue()
  const told = subjects(server).filter((each) => each.endsWith('Your email address was changed'))
  expect(told).toHaveLength(1)
})

test('without the session the password is asked for, and a click alone proves nothing', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const asBob = await signUp(server, bob)
  const token = await request(server, session)
  for (const [body, headers, field, code] of [
    [{}, {}, 'password', 'blank'],
    [{}, bearer(asBob), 'password', 'blank'],
    [{ password: 'wrong password' }, {}, 'password', 'invalid'],
    [{ password: 'wrong password' }, bearer(asBob), 'password', 'invalid'],
  ] as const) {
    const reply = await server.send(verify, { token, ...body }, headers)
    expect([reply.status, reply.body.details]).toMatchObject([422, [{ field, code }]])
  }
  expect((await server.send(verify, { token }, bearer('lks_wrong'))).status).toBe(401)
  expect((await userOf(server, session)).email_verified).toBe(false)
  const right = await server.send(verify, { token, password: ann.password })
  expect([right.status, right.body.user.email_verified]).toEqual([200, true])
})

test('a link ends after a day, and one of another kind is none', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await request(server, session)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  for (const wrong of [reset, session, reset.replace('lkr', 'lkv'), 'lkv_', '', 7, null]) {
    const reply = await server.send(verify, { token: wrong }, bearer(session))
    expect([wrong, reply.status]).toEqual([wrong, 401])
  }
  const password = { password: 'another horse battery' }
  expect((await server.send('PUT /v1/passwords', { token, ...password })).status).toBe(401)
  expect((await server.send('GET /v1/user', undefined, bearer(token))).status).toBe(401)
  server.clock.advance({ hours: 24, milliseconds: -1 })
  const other = await request(server, session)
  server.clock.advance({ milliseconds: 1 })
  expect((await server.send(verify, { token }, bearer(session))).status).toBe(401)
  expect((await server.send(verify, { token: other }, bearer(session))).status).toBe(200)
})

test('whoever is proved is not mailed again, and whoever asks often gets one mail at a time', async () => {
  const server = await startServer()
  const session = await signUp(server)
  for (let times = 0; times < 3; times++) {
    await server.send('POST /v1/email_verifications', undefined, bearer(session))
  }
  await server.outbox.deliverDue()
  expect(subjects(server)).toEqual(['ann@example.com: Confirm your email address'])
  await server.send(verify, { token: mailedToken(server) }, bearer(session))
  await request(server, session)
  expect(server.mailbox.mails).toHaveLength(1)
})

test('another address is the user’s from the click on, and the old one is told', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await change(server, session, ' New@Example.com ')
  expect(subjects(server)).toEqual(['new@example.com: Confirm your email address'])
  expect(await userOf(server, session)).toMatchObject({ email_address: ann.email_address })
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  const { status, body } = await server.send(verify, { token }, bearer(session))
  expect([status, body.user]).toMatchObject([
    200,
    { email_address: 'new@example.com', email_verified: true },
  ])
  await server.outbox.deliverDue()
  expect(subjects(server)[0]).toBe('ann@example.com: Your email address was changed')
  const logIn = (email_address: string) =>
    server.send('POST /v1/session', { ...ann, email_address })
  expect((await logIn(ann.email_address)).status).toBe(401)
  expect((await logIn('new@example.com')).status).toBe(200)
  const spent = { token: reset, password: 'another horse battery' }
  expect((await server.send('PUT /v1/passwords', spent)).status).toBe(401)
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
})

test('the link for an address that is not wanted any more changes nothing', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const first = await change(server, session, 'first@example.com')
  const second = await change(server, session, 'second@example.com')
  expect((await server.send(verify, { token: first }, bearer(session))).status).toBe(401)
  expect(await userOf(server, session)).toMatchObject({ email_address: ann.email_address })
  const [one, other] = await Promise.all(
    [first, second].map((token) => server.send(verify, { token }, bearer(session))),
  )
  expect([one?.status, other?.status]).toEqual([401, 200])
  expect(await userOf(server, session)).toMatchObject({ email_address: 'second@example.com' })
})

test('a link from before a change is dead, also when its address is wanted again', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const first = await change(server, session, 'first@example.com')
  const second = await change(server, session, 'second@example.com')
  expect((await server.send(verify, { token: second }, bearer(session))).status).toBe(200)
  await server.send('PATCH /v1/user', { email_address: 'first@example.com' }, bearer(session))
  expect((await server.send(verify, { token: first }, bearer(session))).status).toBe(401)
  expect(await userOf(server, session)).toMatchObject({ email_address: 'second@example.com' })
})

test('a mail about a change that was replaced before it left is not sent', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const want = (email_address: string) =>
    server.send('PATCH /v1/user', { email_address }, bearer(session))
  await want('first@example.com')
  await want('second@example.com')
  await server.outbox.deliverDue()
  expect(subjects(server)).toEqual(['second@example.com: Confirm your email address'])
})

test('a taken address is answered like any other, and its owner is told', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const asBob = await signUp(server, bob)
  await change(server, session, bob.email_address)
  expect(subjects(server)).toEqual(['bob@example.com: Somebody tried to sign up with your address'])
  expect(server.mailbox.mails[0]?.text).not.toMatch(/lkv_/)
  expect(await userOf(server, asBob)).toMatchObject({ email_address: bob.email_address })
  expect(await userOf(server, session)).toMatchObject({ email_address: ann.email_address })
})

test('of two who want one address the first to prove it has it', async () => {
  const server = await startServer()
  const [asAnn, asBob] = [await signUp(server), await signUp(server, bob)]
  const wanted = 'wanted@example.com'
  const tokens = [await change(server, asAnn, wanted), await change(server, asBob, wanted)]
  const [first, second] = await Promise.all([
    server.send(verify, { token: tokens[0] }, bearer(asAnn)),
    server.send(verify, { token: tokens[1] }, bearer(asBob)),
  ])
  expect([first.status, second.status].sort()).toEqual([200, 422])
  const refused = first.status === 422 ? first : second
  expect(refused.body.details).toMatchObject([{ field: 'email_address', code: 'taken' }])
  const users = await server.database.query('SELECT email_address FROM users')
  expect(users.flat().filter((each) => each === wanted)).toHaveLength(1)
})

test('what is no other address is refused, and so is a session that is not fresh', async () => {
  const server = await startServer()
  const session = await signUp(server)
  for (const [email_address, code] of [
    ['ann@example.com', 'unchanged'],
    [' ANN@example.com', 'unchanged'],
    ['ann', 'invalid'],
    ['a@example.com,b@example.com', 'invalid'],
    ['', 'blank'],
    [null, 'blank'],
    [['a@example.com'], 'invalid_type'],
  ] as const) {
    const reply = await server.send('PATCH /v1/user', { email_address }, bearer(session))
    expect([email_address, reply.status]).toEqual([email_address, 422])
    expect(reply.body.details).toMatchObject([{ field: 'email_address', code }])
  }
  server.clock.advance({ minutes: 10 })
  const stale = await server.send('PATCH /v1/user', bob, bearer(session))
  expect([stale.status, stale.body.code]).toEqual([403, 'fresh_authentication_required'])
  await server.outbox.deliverDue()
  expect(server.mailbox.mails).toEqual([])
})

test('a reset evicts whoever set the account up before: sessions, and a change that they began', async () => {
  const server = await startServer()
  const attacker = await signUp(server)
  const link = await change(server, attacker, 'attacker@example.com')
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const token = mailedToken(server)
  const password = 'the owner of the mailbox'
  expect((await server.send('PUT /v1/passwords', { token, password })).status).toBe(200)
  expect((await server.send('GET /v1/user', undefined, bearer(attacker))).status).toBe(401)
  const { body } = await server.send('POST /v1/session', { ...ann, password })
  expect((await server.send(verify, { token: link }, bearer(body.token))).status).toBe(401)
  expect(await userOf(server, body.token)).toMatchObject({
    email_address: ann.email_address,
    email_verified: true,
  })
})

test('asking for mails is counted, for one user and from one address', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const session = await signUp(server)
  const statuses = []
  for (let times = 0; times < 12; times++) {
    const line = times % 2 ? 'PATCH /v1/user' : 'POST /v1/email_verifications'
    const body = times % 2 ? { email_address: `new-${times}@example.com` } : undefined
    statuses.push((await server.send(line, body, bearer(session))).status)
  }
  expect(statuses).toEqual([...Array(10).fill(202), 429, 429])
})

test('whose address mails go to without their asking is counted too', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const statuses = []
  for (let person = 0; person < 12; person++) {
    const session = await signUp(server, { ...ann, email_address: `user-${person}@example.com` })
    const wanted = { email_address: 'victim@example.com' }
    statuses.push((await server.send('PATCH /v1/user', wanted, bearer(session))).status)
  }
  expect(statuses).toEqual([...Array(10).fill(202), 429, 429])
})

test('asking twice for one address leaves the link of the first mail good', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const own = await request(server, session)
  const first = await change(server, session, 'new@example.com')
  await change(server, session, 'new@example.com')
  expect((await server.send(verify, { token: own }, bearer(session))).status).toBe(200)
  expect((await server.send(verify, { token: first }, bearer(session))).status).toBe(200)
  expect(await userOf(server, session)).toMatchObject({ email_address: 'new@example.com' })
})

test('a new password makes an end of a change that somebody else may have begun', async () => {
  const server = await startServer()
  const thief = await signUp(server)
  const session = (await server.send('POST /v1/session', ann)).body.token
  const link = await change(server, thief, 'thief@example.com')
  const password = 'another horse battery'
  const changed = { password_challenge: ann.password, password }
  expect((await server.send('PUT /v1/password', changed, bearer(session))).status).toBe(200)
  expect((await server.send(verify, { token: link, password })).status).toBe(401)
  expect(await userOf(server, session)).toMatchObject({ email_address: ann.email_address })
})

test('so it does of one whose mail has not left yet: no link to it is sent any more', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const wanted = { email_address: 'thief@example.com' }
  expect((await server.send('PATCH /v1/user', wanted, bearer(session))).status).toBe(202)
  const changed = { password_challenge: ann.password, password: 'another horse battery' }
  expect((await server.send('PUT /v1/password', changed, bearer(session))).status).toBe(200)
  await server.outbox.deliverDue()
  expect(subjects(server)).toEqual(['ann@example.com: Your password was changed'])
})

test('what is asked for by a session that ends meanwhile comes to nothing', async () => {
  const server = await startServer()
  const { auth, send } = server
  const { token, ...authenticated } = await signUpDirectly(auth, {
    ...ann,
    emailAddress: ann.email_address,
  })
  const ask = () =>
    Promise.all([
      auth.requestEmailChange(authenticated, 'thief@example.com'),
      auth.requestEmailVerification(authenticated),
    ])
  await auth.logOut(authenticated.session)
  expect(await ask()).toEqual([false, false])
  await auth.deleteUser(authenticated.user)
  expect(await ask()).toEqual([false, false])
  await server.outbox.deliverDue()
  expect(server.mailbox.mails).toEqual([])
  expect((await send('GET /v1/user', undefined, bearer(token.reveal()))).status).toBe(401)
})

// What happens between the look at the user and the moment in which the mail leaves.
async function startInterrupted() {
  let interrupt = async () => {}
  const mailbox = createMailbox()
  const transport: Transport = {
    async deliver(attempt) {
      const happening = interrupt
      interrupt = async () => {}
      await happening()
      return mailbox.deliver(attempt)
    },
  }
  const server = await startServer({ transport })
  const before = (happens: () => Promise<unknown>) => {
    interrupt = async () => void (await happens())
  }
  return { server: { ...server, mailbox }, before }
}

test('no link to reset a password leaves for an address that the user has just given up', async () => {
  const { server, before } = await startInterrupted()
  const session = await signUp(server)
  const token = await change(server, session, 'new@example.com')
  await server.send('POST /v1/passwords', ann)
  before(() => server.send(verify, { token }, bearer(session)))
  await server.outbox.deliverDue()
  server.clock.advance({ hours: 1 })
  await server.outbox.deliverDue()
  expect(await userOf(server, session)).toMatchObject({ email_address: 'new@example.com' })
  expect(subjects(server).filter((line) => line.includes('Reset'))).toEqual([])
})

test('no link leaves for a user who was just banned, and one that left is of no use', async () => {
  const { server, before } = await startInterrupted()
  const { auth, send } = server
  const { token: session, user } = await signUpDirectly(auth, {
    ...ann,
    emailAddress: ann.email_address,
  })
  const link = await change(server, session.reveal(), 'new@example.com')
  for (const ask of ['POST /v1/passwords', 'POST /v1/email_verifications']) {
    await auth.unbanUser(user.id)
    const again = (await send('POST /v1/session', ann)).body.token
    await send(ask, ann, bearer(again))
    before(() => auth.banUser(user.id))
    await server.outbox.deliverDue()
    server.clock.advance({ hours: 1 })
    await server.outbox.deliverDue()
  }
  expect(subjects(server)).toEqual(['new@example.com: Confirm your email address'])
  const redeemed = await send(verify, { token: link, password: ann.password })
  expect(redeemed.status).toBe(401)
  await send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  expect(server.mailbox.mails).toHaveLength(1)
})

test('a link that somebody opens who is banned meanwhile proves nothing, and is not spent', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await request(server, session)
  const authenticated = await server.auth.authenticate(session)
  // By hand: a ban by Latchkey would delete the link, too.
  const ban = (at: Date | null) =>
    server.database.transaction((each) => each.query('UPDATE users SET banned_at = $1', [at]))
  await ban(server.clock())
  const opened = await server.auth.verifyEmailAddress({ token, authenticated, password: null })
  expect(opened).toEqual({ outcome: 'invalid_token' })
  await ban(null)
  expect((await server.send(verify, { token }, bearer(session))).status).toBe(200)
})

test('nobody takes the notice of a change away, whoever signs up with the old address', async () => {
  const server = await startServer()
  const session = await signUp(server)
  const token = await change(server, session, 'thief@example.com')
  await server.send(verify, { token }, bearer(session))
  const taken = await signUp(server)
  expect((await server.send('DELETE /v1/user', undefined, bearer(taken))).status).toBe(204)
  expect((await server.send('DELETE /v1/user', undefined, bearer(session))).status).toBe(204)
  await server.outbox.deliverDue()
  expect(subjects(server)[0]).toBe('ann@example.com: Your email address was changed')
})
