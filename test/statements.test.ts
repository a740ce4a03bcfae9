// What each act costs, counted: no clock, no noise.
import { randomBytes } from 'node:crypto'
import {
  type ApiKeyPolicy,
  answer,
  createApp,
  createAuth,
  createStore,
  type Database,
  type PasswordHash,
  route,
  Secret,
} from 'latchkey/server'
import { expect, test } from 'vitest'
import { generateToken } from '../src/core/tokens.ts'
import { accessTokens, ann, bearer, cheapHash, inCookie, openDatabase, read } from './harness.ts'

type Event = 'read' | 'begin' | 'begin relaxed' | 'statement' | 'end' | 'hash' | 'verify'

const notes = route({
  method: 'GET',
  path: '/notes',
  access: 'session_or_key',
  scope: 'notes:read',
  summary: 'Read',
  answers: { 200: { description: 'Nothing' } },
  handle: () => answer({}),
})

// The guard comes first, in commits of its own that do not wait for the disk.
const relaxed = (statements: number): Event[] => [
  'begin relaxed',
  ...Array<Event>(statements).fill('statement'),
  'end',
]
const guard = relaxed(1)
// By address; then the failures that there are, and one more.
const passwordGuard: Event[] = [...guard, 'read', ...guard]

async function startCounting(apiKeys: Partial<ApiKeyPolicy> = {}) {
  const events: Event[] = []
  const database = await openDatabase()
  const auth = createAuth({
    store: createStore(countStatements(database, events)),
    passwordHash: countHashes(events),
    apiKeys,
    accessTokens,
  })
  // Which schemes of other systems remain is read for the first password of a minute.
  await auth.config.passwordHash.verify(null, new Secret('nobody'))
  const app = createApp(auth, { routes: apiKeys.scopes ? [notes] : [] })
  const send = async (line: string, body?: unknown, headers = {}) => {
    events.length = 0
    const [method = '', path = ''] = line.split(' ')
    const init = {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    }
    const reply = await read(await app.request(path, init))
    return { ...reply, events: [...events] }
  }
  return Object.assign(send, { auth, database })
}

function countStatements(database: Database, events: Event[]): Database {
  return {
    ...database,
    lookUp(sql, values, read) {
      events.push('read')
      return database.lookUp(sql, values, read)
    },
    query(sql, values) {
      events.push('read')
      return database.query(sql, values)
    },
    transaction(work, options) {
      return database.transaction(async (transaction) => {
        events.push(options?.durability === 'relaxed' ? 'begin relaxed' : 'begin')
        const result = await work({
          script: (sql) => transaction.script(sql),
          query(sql, values) {
            events.push('statement')
            return transaction.query(sql, values)
          },
        })
        events.push('end')
        return result
      }, options)
    },
  }
}

function countHashes(events: Event[]): PasswordHash {
  return {
    ...cheapHash,
    hash(password) {
      events.push('hash')
      return cheapHash.hash(password)
    },
    verify(...given) {
      events.push('verify')
      return cheapHash.verify(...given)
    },
  }
}

test('checking a token is one read and no write', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const { events, status } = await send('GET /v1/session', undefined, bearer(token))
  expect(status).toBe(200)
  expect(events).toEqual(['read'])
})

test('so is checking one in a cookie; of two, and of what a hostile page sends, there is none', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const held = inCookie(token)
  const { events, status } = await send('GET /v1/session', undefined, held)
  expect([status, events]).toEqual([200, ['read']])
  const two = { ...held, cookie: `${held.cookie}; ${held.cookie}` }
  const hostile = { ...held, 'sec-fetch-site': 'cross-site' }
  const asked = { ...ann, transport: 'cookie' }
  expect((await send('GET /v1/session', undefined, two)).events).toEqual([])
  expect((await send('DELETE /v1/session', undefined, hostile)).events).toEqual([])
  expect((await send('POST /v1/session', ann, hostile)).events).toEqual([])
  const { cookie: _none, ...page } = hostile
  expect((await send('POST /v1/session', asked, page)).events).toEqual([])
  expect((await send('POST /v1/registrations', asked, page)).events).toEqual([])
})

test('a text that cannot be a token costs no read, nor does a missing one', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const changed = token.slice(0, 10) + (token[10] === 'a' ? 'b' : 'a') + token.slice(11)
  for (const headers of [{}, bearer('x'), bearer(changed), bearer(token.replace('lks', 'lkk'))]) {
    expect((await send('GET /v1/session', undefined, headers)).events).toEqual([])
  }
})

test('checking an API key is one read, a write for thirty requests, and one for three hundred of its user', async () => {
  const send = await startCounting({ scopes: ['notes:read'] })
  const { token, user } = (await send('POST /v1/registrations', ann)).body
  const { auth } = send
  const { database } = send
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  const authenticated = await auth.authenticate(token)
  const wanted = { name: 'Nightly build', scopes: ['notes:read'], expiresAt: null }
  const created = authenticated && (await auth.createApiKey(authenticated, wanted))
  const headers = bearer(created?.token.reveal() ?? '')
  const costs = []
  for (let time = 1; time <= 31; time++) {
    costs.push((await send('GET /notes', undefined, headers)).events)
  }
  expect(user.email_address).toBe(ann.email_address)
  expect(costs).toEqual([
    ['read', ...guard, ...guard],
    ...Array(29).fill(['read']),
    ['read', ...guard],
  ])
})

test('signing up is one transaction of seven statements, with the hash before it', async () => {
  const send = await startCounting()
  const { events } = await send('POST /v1/registrations', ann)
  const statements = Array(7).fill('statement')
  expect(events).toEqual([...relaxed(4), 'hash', 'begin', ...statements, 'end'])
})

test('a taken address costs the same hash', async () => {
  const send = await startCounting()
  await send('POST /v1/registrations', ann)
  const { events, status } = await send('POST /v1/registrations', ann)
  expect(status).toBe(422)
  expect(events).toEqual([...relaxed(4), 'hash', 'begin', 'statement'])
})

test('logging in is two reads, one hash and one transaction, behind the counts', async () => {
  const send = await startCounting()
  await send('POST /v1/registrations', ann)
  const { events, status } = await send('POST /v1/session', ann)
  expect(status).toBe(200)
  const statements = Array(6).fill('statement')
  expect(events).toEqual([...passwordGuard, 'read', 'verify', 'begin', ...statements, 'end'])
})

test('an unknown address and a wrong password cost the same, and write only the counts', async () => {
  const send = await startCounting()
  await send('POST /v1/registrations', ann)
  const wrong = await send('POST /v1/session', { ...ann, password: 'wrong password' })
  const unknown = await send('POST /v1/session', { ...ann, email_address: 'bob@example.com' })
  expect(wrong.events).toEqual([...passwordGuard, 'read', 'verify'])
  expect(unknown.events).toEqual(wrong.events)
})

test('a banned user costs what a wrong password costs, and is told no more', async () => {
  const send = await startCounting()
  const { user } = (await send('POST /v1/registrations', ann)).body
  const wrong = await send('POST /v1/session', { ...ann, password: 'wrong password' })
  await send.auth.banUser(user.id)
  const banned = await send('POST /v1/session', ann)
  const { request_id: _one, ...said } = banned.body
  const { request_id: _other, ...expected } = wrong.body
  expect([banned.status, said]).toEqual([wrong.status, expected])
  expect(banned.events).toEqual(wrong.events)
})

test('input that breaks a rule costs no hash and no statement', async () => {
  const send = await startCounting()
  for (const password of ['short', 'password', 'x'.repeat(60_000), 7]) {
    expect((await send('POST /v1/registrations', { ...ann, password })).events).toEqual([])
  }
})

test('logging out is one read and one transaction', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const { events } = await send('DELETE /v1/session', undefined, bearer(token))
  expect(events).toEqual(['read', 'begin', 'statement', 'statement', 'end'])
})

test('ending all other sessions is four statements, however many there are', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const statements = Array(4).fill('statement')
  for (const others of [1, 7]) {
    for (let other = 0; other < others; other++) await send('POST /v1/session', ann)
    const { body, events } = await send('DELETE /v1/sessions', undefined, bearer(token))
    expect([body.revoked, events]).toEqual([others, ['read', 'begin', ...statements, 'end']])
  }
})

test('a token for another service is one statement behind the counts, and the first makes the key', async () => {
  const send = await startCounting()
  const { token } = (await send('POST /v1/registrations', ann)).body
  const ask = async () =>
    (await send('POST /v1/access_tokens', { audience: 'billing' }, bearer(token))).events
  const alias: Event[] = ['begin', 'statement', 'end']
  const key: Event[] = ['read', 'begin', 'statement', 'end', 'read']
  expect(await ask()).toEqual(['read', ...relaxed(2), ...key, ...alias])
  expect(await ask()).toEqual(['read', ...relaxed(2), ...alias])
  // Nor do those who verify it cost more.
  expect((await send('GET /.well-known/jwks.json')).events).toEqual([])
  expect((await send('GET /v1/revocations')).events).toEqual(['read'])
  expect((await send('GET /v1/revocations')).events).toEqual([])
})

test('asking for a reset is one count and one row, for every address the same', async () => {
  const send = await startCounting()
  await send('POST /v1/registrations', ann)
  const known = await send('POST /v1/passwords', { email_address: ann.email_address })
  const again = await send('POST /v1/passwords', { email_address: ann.email_address })
  const unknown = await send('POST /v1/passwords', { email_address: 'bob@example.com' })
  expect(known.events).toEqual([...relaxed(3), 'begin', 'statement', 'end'])
  expect(again.events).toEqual(known.events)
  expect(unknown.events).toEqual(known.events)
})

test('a dead token costs one read, a text that cannot be one none, and neither a hash', async () => {
  const send = await startCounting()
  const { token } = generateToken('passwordReset', randomBytes)
  const password = 'another horse battery'
  expect((await send(`PUT /v1/passwords/${token.reveal()}`, { password })).events).toEqual(['read'])
  expect((await send('PUT /v1/passwords', { token: 'rubbish', password })).events).toEqual([])
})

test('a full window is refused from memory: no statement, no hash', async () => {
  const send = await startCounting()
  for (let time = 1; time <= 11; time++) await send('POST /v1/session', ann)
  const { events, status } = await send('POST /v1/session', ann)
  expect([status, events]).toEqual([429, []])
})

test('whoever has to wait after failures costs a read, and neither a write on them nor a hash', async () => {
  const send = await startCounting()
  for (let time = 1; time <= 10; time++) {
    await send.auth.logIn({ emailAddress: ann.email_address, password: `guess ${time}` })
  }
  const { events, status } = await send('POST /v1/session', ann)
  expect([status, events]).toEqual([429, [...guard, 'read']])
})
