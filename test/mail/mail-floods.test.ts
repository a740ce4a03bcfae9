// What a stranger can have mailed to an address that is not theirs: little, and nothing that keeps its owner
// from a mail of their own.

import type { Transport } from 'latchkey/server'
import { expect, test } from 'vitest'
import { unknownClient } from '../../src/core/client.ts'
import type { Authenticated } from '../../src/core/entities.ts'
import { ann, type Server, signUpDirectly, startServer } from '../harness.ts'

const stranger = { ...unknownClient, ipAddress: '203.0.113.7', requestId: 'one' }
const owner = { ...stranger, ipAddress: '198.51.100.9' }
const credentials = { emailAddress: ann.email_address, password: ann.password }

async function mailsTo({ outbox, mailbox }: Server, emailAddress: string): Promise<string[]> {
  await outbox.deliverDue()
  return mailbox.mails.filter(({ to }) => to === emailAddress).map(({ subject }) => subject)
}

test('who signed up with an address that nobody proved has its owner told of ten log-ins in a day', async () => {
  const server = await startServer()
  const { auth, clock } = server
  await auth.signUp(credentials, stranger)
  const logIns = async (times: number) => {
    for (let count = 0; count < times; count++) {
      clock.advance({ minutes: 1 })
      const client = { ...stranger, userAgent: `Agent${clock().getTime()}/1` }
      expect(await auth.logIn(credentials, client)).not.toBeNull()
    }
  }
  await logIns(30)
  const own = await auth.logIn(credentials, stranger)
  if (!own) throw new Error('Nobody is logged in')
  const change = { challenge: ann.password, password: 'another horse battery' }
  expect(await auth.changePassword(own, change, stranger)).toBe('changed')
  const told = await mailsTo(server, ann.email_address)
  const signIns = Array(10).fill('New sign-in to your account')
  expect(told.toSorted()).toEqual([...signIns, 'Your password was changed'])
  const rows = await server.database.query('SELECT status FROM outbox')
  expect(rows).toEqual(Array(11).fill(['sent']))
})

test('the day after it is told again, and whoever has proved theirs is told of all', async () => {
  const server = await startServer()
  const { auth, clock, database } = server
  await auth.signUp(credentials, stranger)
  const logIns = async (times: number) => {
    for (let count = 0; count < times; count++) {
      clock.advance({ minutes: 1 })
      await auth.logIn(credentials, { ...stranger, userAgent: `Agent${clock().getTime()}/1` })
    }
    return (await mailsTo(server, ann.email_address)).length
  }
  expect(await logIns(12)).toBe(10)
  clock.advance({ hours: 24 })
  expect(await logIns(1)).toBe(11)
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [clock()]),
  )
  expect(await logIns(30)).toBe(41)
})

test('from one address thirty mails a day go to another’s, by however many accounts', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const { auth, clock } = server
  const victim = 'victim@example.com'
  const ask = async (name: string) => {
    await auth.createUser({ ...credentials, emailAddress: name })
    const authenticated = await auth.logIn({ ...credentials, emailAddress: name }, stranger)
    if (!authenticated) throw new Error(`${name} is not logged in`)
    let asked = 0
    for (let count = 0; count < 9; count++) {
      clock.advance({ minutes: 4 })
      asked += await auth
        .requestEmailChange(authenticated, victim, stranger)
        .then(() => 1)
        .catch(() => 0)
      await server.outbox.deliverDue()
    }
    return asked
  }
  const asked: number[] = []
  for (let count = 0; count < 6; count++) asked.push(await ask(`name${count}@example.com`))
  expect(asked).toEqual([9, 9, 9, 3, 0, 0])
  expect(await mailsTo(server, victim)).toHaveLength(30)
  // And whose address it is has the link for the asking, from wherever.
  const held = await signUpDirectly(auth, { ...credentials, emailAddress: victim }, owner)
  expect(await auth.requestEmailVerification(held, stranger)).toBe(true)
  expect(await auth.requestEmailVerification(held, owner)).toBe(true)
})

test('nor are there more for whoever signs up with it again and again', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const { auth, clock } = server
  let asked = 0
  for (let round = 0; round < 3; round++) {
    const held = await signUpDirectly(auth, credentials, stranger)
    for (let count = 0; count < 15; count++) {
      clock.advance({ minutes: 4 })
      asked += await auth.requestEmailVerification(held, stranger).then(Number, () => 0)
      await server.outbox.deliverDue()
    }
    await auth.deleteOwnUser(held.session, stranger)
  }
  expect(asked).toBe(30)
  expect(await mailsTo(server, ann.email_address)).toHaveLength(30)
})

test('from one address a mailbox that has many spellings gets three hundred mails a day', async () => {
  let sent = 0
  const transport: Transport = {
    async deliver({ compose }) {
      await compose()
      sent += 1
      return { status: 'sent' }
    },
  }
  const server = await startServer({ auth: { rateLimits: 'on' }, transport })
  const { auth, clock, outbox } = server
  const strangers: Authenticated[] = []
  for (let count = 0; count < 40; count++) {
    // Most mail servers put all of these into one mailbox, and some leave out dots.
    const emailAddress = `victim+${count}@example.com`
    strangers.push(await signUpDirectly(auth, { ...credentials, emailAddress }, stranger))
    clock.advance({ minutes: 1 })
  }
  for (let turn = 0; turn < 10; turn++) {
    for (const each of strangers) {
      await auth.requestEmailVerification(each, stranger).catch(() => {})
      clock.advance({ minutes: 1 })
    }
    await outbox.deliverDue()
  }
  expect(sent).toBe(300)
  // Nobody is kept from a link who asks from elsewhere.
  const [one] = strangers
  expect(one && (await auth.requestEmailVerification(one, owner))).toBe(true)
})
