// A clock that is far off, and right again: it ends nothing for good, and nothing outlives its time by it.
import { expect, test } from 'vitest'
import { sweep } from '../../src/core/sweep.ts'
import { ann, bearer, mailedToken, type Server, signUp, startServer } from '../harness.ts'

const fourHundredDays = { days: 400 }
const atOnce = { maximum: 64, mayGoOn: () => true, after: async () => true }

function statusOf({ send }: Server, token: string): Promise<number> {
  return send('GET /v1/session', undefined, bearer(token)).then(({ status }) => status)
}

async function logIn({ send }: Server): Promise<string> {
  return (await send('POST /v1/session', ann)).body.token
}

test('a log-in by a clock 400 days ahead ends no session', async () => {
  const server = await startServer()
  const [first, second] = [await signUp(server), await logIn(server)]
  const right = server.clock()
  server.clock.advance(fourHundredDays)
  await logIn(server)
  expect(await statusOf(server, first)).toBe(401)
  server.clock.set(right)
  expect([await statusOf(server, first), await statusOf(server, second)]).toEqual([200, 200])
  const { body } = await server.send('GET /v1/events', undefined, bearer(first))
  expect(JSON.stringify(body)).not.toContain('excess_sessions_exceeded')
})

test('sessions that are over do not gather: behind so many that are newer they go', async () => {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 3 } } })
  await signUp(server)
  for (let month = 0; month < 5; month++) {
    server.clock.advance({ days: 31 })
    await logIn(server)
    expect((await server.database.query('SELECT id FROM sessions')).length).toBeLessThanOrEqual(3)
  }
})

test('a clock 400 days behind refuses everybody, and ends no session', async () => {
  const server = await startServer()
  const tokens = [await signUp(server), await logIn(server)]
  const right = server.clock()
  server.clock.set(new Date(right.getTime() - 400 * 86_400_000))
  for (const token of tokens) expect(await statusOf(server, token)).toBe(401)
  await logIn(server)
  expect((await sweep(server.auth.config, atOnce)).sessions).toBe(0)
  server.clock.set(right)
  for (const token of tokens) expect(await statusOf(server, token)).toBe(200)
  // The one that began then is over for good.
  expect((await sweep(server.auth.config, atOnce)).sessions).toBe(1)
})

test('a session that began more than a day ahead is over until its time has come, or somebody ends it', async () => {
  const server = await startServer()
  const { clock, database, send } = server
  const kept = await signUp(server)
  const right = clock()
  clock.advance({ days: 1, milliseconds: 1 })
  const ahead = await logIn(server)
  expect(await statusOf(server, ahead)).toBe(200)
  clock.set(right)
  expect([await statusOf(server, ahead), await statusOf(server, kept)]).toEqual([401, 200])
  const { body } = await send('GET /v1/sessions', undefined, bearer(kept))
  expect(body.sessions).toHaveLength(1)
  // It may be this clock that is wrong.
  await sweep(server.auth.config, atOnce)
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(2)
  clock.advance({ milliseconds: 1 })
  expect(await statusOf(server, ahead)).toBe(200)
  clock.set(right)
  await send('DELETE /v1/sessions', undefined, bearer(kept))
  clock.advance({ days: 2 })
  expect([await statusOf(server, ahead), await statusOf(server, kept)]).toEqual([401, 200])
})

test('the link in a mail is of the sign-up before it, also where the clock was set back since the last one', async () => {
  const server = await startServer({ auth: { signUp: 'confirm' } })
  const { clock, outbox, send } = server
  const second = { ...ann, password: 'another horse battery' }
  await send('POST /v1/registrations', ann)
  await outbox.deliverDue()
  for (const back of [{ milliseconds: -500 }, { hours: -1 }, { days: -1 }]) {
    clock.advance(back)
    await send('POST /v1/registrations', second)
    await outbox.deliverDue()
    const proof = { token: mailedToken(server), password: ann.password }
    expect((await send('PUT /v1/email_verifications', proof)).status).toBe(422)
  }
  const proof = { token: mailedToken(server), password: second.password }
  expect((await send('PUT /v1/email_verifications', proof)).status).toBe(200)
})

test('links to reset a password from before the clock was set back keep no other from being sent', async () => {
  const server = await startServer()
  const { clock, mailbox, outbox, send } = server
  const ask = async () => {
    await send('POST /v1/passwords', ann)
    await outbox.deliverDue()
    return mailbox.mails.length
  }
  await signUp(server)
  for (const _ of [1, 2, 3, 4]) await ask()
  expect(mailbox.mails).toHaveLength(3)
  // As little as two processes may differ by changes nothing.
  clock.advance({ minutes: -1 })
  expect(await ask()).toBe(3)
  clock.advance({ days: -1 })
  for (const mails of [4, 5, 6, 6]) expect(await ask()).toBe(mails)
  const proof = { token: mailedToken(server), password: 'another horse battery' }
  expect((await send('PUT /v1/passwords', proof)).status).toBe(200)
})

test('clocks that differ by less than a day log nobody out', async () => {
  const server = await startServer()
  const right = server.clock()
  for (const skew of [{ minutes: 5 }, { hours: 14 }, { days: 1 }]) {
    server.clock.advance(skew)
    const token = await (skew.minutes ? signUp(server) : logIn(server))
    server.clock.set(right)
    expect([skew, await statusOf(server, token)]).toEqual([skew, 200])
  }
})

test('where sessions last an hour, none lasts longer than two for a clock that was ahead', async () => {
  const server = await startServer({ auth: { sessions: { idleHours: 1, maximumHours: 1 } } })
  const { clock } = server
  await signUp(server)
  const right = clock()
  clock.advance({ hours: 1 })
  const near = await logIn(server)
  clock.advance({ milliseconds: 1 })
  const far = await logIn(server)
  clock.set(right)
  expect([await statusOf(server, near), await statusOf(server, far)]).toEqual([200, 401])
})

test('a password that was verified by a clock that was ahead makes nobody fresh for longer', async () => {
  const server = await startServer()
  const { clock, send } = server
  const token = await signUp(server)
  const right = clock()
  clock.advance({ hours: 5 })
  const challenge = { password_challenge: ann.password }
  const freshened = await send('PUT /v1/session/freshness', challenge, bearer(token))
  expect(freshened.status).toBe(200)
  clock.set(right)
  const change = { email_address: 'ann@new.example' }
  const { status, body } = await send('PATCH /v1/user', change, bearer(token))
  expect([status, body.code]).toEqual([403, 'fresh_authentication_required'])
  expect((await send('PATCH /v1/user', { ...change, ...challenge }, bearer(token))).status).toBe(
    202,
  )
})
