// Two servers, one database: what one does, the other knows at the next request.
import { randomBytes } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { type Auth, createAuth, createStore, type Database, migrate } from 'latchkey/server'
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { newMessage } from '../src/core/mail.ts'
import { generateToken } from '../src/core/tokens.ts'
import { newSession, newUser } from '../src/testing/store-contract/contract.ts'
import { openDatabase } from '../templates/api/database.ts'
import { scopes } from '../templates/api/routes.ts'
import { revocationOf } from './access-token.ts'
import {
  address,
  ann,
  bearer,
  cheapHash,
  emptyDatabaseUrl,
  type Reply,
  signUpDirectly,
} from './harness.ts'
import type { Probe } from './probed-process.ts'
import { type ProbedServer, startProbedServer } from './second-process.ts'
import { until } from './until.ts'

let url: string
let database: Database
let auth: Auth

beforeEach(async () => {
  url = await emptyDatabaseUrl()
  const opened = await openDatabase(url)
  database = opened.database
  onTestFinished(() => database.close())
  await migrate(database, opened.migrations)
  // A third, in this process: what it does costs no time.
  const store = createStore(database)
  const unguarded = { passwordHash: cheapHash, rateLimits: 'off' } as const
  auth = createAuth({ store, apiKeys: { scopes }, ...unguarded })
})

test('a token that one revokes the other refuses at once, in 10,000 interleaved requests', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'on' })
  const tokens = await insertSessions(2_500)
  const seen = new Map<string, number>()
  const record = (what: string, { status }: Reply) => {
    const line = `${what} ${status}`
    seen.set(line, (seen.get(line) ?? 0) + 1)
  }
  await inParallel(tokens, async (token, index) => {
    const [one, other] = [pick(servers, index), pick(servers, index + 1)]
    const headers = bearer(token)
    record('before', await one.send('GET /v1/session', undefined, headers))
    record('log-out', await other.send('DELETE /v1/session', undefined, headers))
    record('there', await one.send('GET /v1/session', undefined, headers))
    record('here', await other.send('GET /v1/session', undefined, headers))
  })
  expect(Object.fromEntries(seen)).toEqual({
    'before 200': 2_500,
    'log-out 200': 2_500,
    'there 401': 2_500,
    'here 401': 2_500,
  })
  expectNoFault(servers)
}, 300_000)

test('of fifty who sign up at once with one address, one does', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'off' })
  const replies = await Promise.all(
    fifty((index) => pick(servers, index).send('POST /v1/registrations', ann)),
  )
  expect(statuses(replies)).toEqual([201, ...Array(49).fill(422)])
  expect(await database.query('SELECT id FROM users')).toHaveLength(1)
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(1)
  expect(await countSteps(servers, 'hashed')).toBe(50)
  expectNoFault(servers)
}, 30_000)

test('of fifty first access tokens at once all have one sid, are of one key, and end on both', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'off' })
  const { token } = await signUpDirectly(auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  const own = bearer(token.reveal())
  const asked = { audience: 'billing' }
  const replies = await Promise.all(
    fifty((index) => pick(servers, index).send('POST /v1/access_tokens', asked, own)),
  )
  expect(statuses(replies)).toEqual(Array(50).fill(200))
  const issued = replies.map(({ body }) => String(body.access_token))
  const [sid = '', ...others] = new Set(issued.map((each) => String(decodeJwt(each).sid)))
  expect(others).toEqual([])
  expect(await database.query('SELECT 1 FROM signing_keys')).toHaveLength(1)
  for (const { send } of servers) {
    const { body } = await send('GET /.well-known/jwks.json')
    const keys = createLocalJWKSet(body)
    await Promise.all(issued.map((each) => jwtVerify(each, keys, { audience: 'billing' })))
    expect((await send('GET /v1/revocations')).body.revoked).toEqual([])
  }
  await servers[0].send('DELETE /v1/session', undefined, own)
  for (const { send } of servers) {
    await until(async () => {
      const { body } = await send('GET /v1/revocations')
      expect(body.revoked).toEqual([revocationOf(sid)])
    })
  }
  expectNoFault(servers)
}, 30_000)

test('of fifty who redeem one link at once, one does', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'off' })
  const { token } = await signUpWithReset()
  const sent = { token, password: 'another horse battery' }
  const replies = await Promise.all(
    fifty((index) => pick(servers, index).send('PUT /v1/passwords', sent)),
  )
  expect(statuses(replies)).toEqual([200, ...Array(49).fill(401)])
  const refusals = replies.filter(({ status }) => status === 401).map(({ body }) => body.code)
  expect(new Set(refusals)).toEqual(new Set(['invalid_reset_token']))
  expect(await database.query('SELECT id FROM sessions')).toEqual([])
  // Two links of one user: neither of them waits for the other in vain.
  for (let round = 0; round < 25; round++) {
    const { user, token } = await signUpWithReset(`round-${round}@example.com`)
    const tokens = [token, await insertReset(user.id)]
    const both = await Promise.all(
      tokens.map((each, index) =>
        pick(servers, index).send('PUT /v1/passwords', { ...sent, token: each }),
      ),
    )
    expect(statuses(both)).toEqual([200, 401])
  }
  expect(await database.query('SELECT id FROM sessions')).toEqual([])
  expectNoFault(servers)
}, 30_000)

test('of two hundred who guess at once, ten reach the hash, wherever they come from', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'on' })
  const guess = (account: string, headers: (index: number) => Record<string, string>) =>
    Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const sent = { email_address: `${account}@example.com`, password: 'wrong' }
        return pick(servers, index).send('POST /v1/session', sent, headers(index))
      }),
    )
  for (const [account, headers] of [
    ['ann', from],
    ['bob', () => from(200)],
  ] as const) {
    await auth.signUp({ emailAddress: `${account}@example.com`, password: ann.password })
    const replies = await guess(account, headers)
    expect(statuses(replies)).toEqual([...Array(10).fill(401), ...Array(190).fill(429)])
  }
  expect(await countSteps(servers, 'verified')).toBe(20)
  expectNoFault(servers)
}, 30_000)

test('of what an API key is asked for in two processes, as much passes as in one', async () => {
  const servers = await startProbed({ RATE_LIMITS: 'on' })
  const { user, session } = await signUpDirectly(auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  const wanted = { name: 'Nightly build', scopes: ['projects:read'], expiresAt: null }
  const created = await auth.createApiKey({ user, session }, wanted)
  const headers = bearer(created?.token.reveal() ?? '')
  const replies = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      pick(servers, index).send('GET /v1/projects', undefined, headers),
    ),
  )
  expect(statuses(replies)).toEqual([...Array(100).fill(200), ...Array(200).fill(429)])
  expectNoFault(servers)
}, 30_000)

test('two workers send each of two hundred mails once', async () => {
  const people = await queueResets(200)
  const workers = await startProbed({ RATE_LIMITS: 'on' })
  for (const { tell } of workers) tell('deliver')
  await Promise.all(workers.map(({ reached }) => reached('delivered')))
  const sent = workers.map(({ steps }) => steps.filter((step) => step.startsWith('sent ')))
  expect(sent.flat().sort()).toEqual(people.map((person) => `sent ${person}`).sort())
  // Neither of them did it alone.
  expect(Math.min(...sent.map(({ length }) => length))).toBeGreaterThan(0)
  const messages = await auth.config.store.listMessages('sent', { limit: 300 })
  expect(messages.map(({ attempts }) => attempts)).toEqual(Array(200).fill(1))
  expectNoFault(workers)
}, 30_000)

// A hash that was made with fewer passes is replaced by the log-in, which then holds it otherwise.
const passes = [
  ['of today’s cost', '1'],
  ['that it would replace', '2'],
] as const

test.each(passes)(
  'a log-in that a reset overtakes, with a hash %s, opens no session',
  async (_hash, count) => {
    const variables = { RATE_LIMITS: 'off', PASSES: count }
    const slow = await startProbedServer(url, variables, 'verified')
    const other = await startProbedServer(url, variables)
    const { token } = await signUpWithReset()
    const loggingIn = slow.send('POST /v1/session', ann)
    await slow.reached('verified')
    const sent = { token, password: 'another horse battery' }
    expect((await other.send('PUT /v1/passwords', sent)).status).toBe(200)
    slow.tell('go on')
    expect((await loggingIn).status).toBe(401)
    expect(await database.query('SELECT id FROM sessions')).toEqual([])
  },
  30_000,
)

test.each(passes)(
  'a reset waits for a log-in, with a hash %s, and ends what it opens',
  async (_hash, count) => {
    const variables = { RATE_LIMITS: 'off', PASSES: count }
    const slow = await startProbedServer(url, variables, 'inserting')
    const other = await startProbedServer(url, variables)
    const { token } = await signUpWithReset()
    const loggingIn = slow.send('POST /v1/session', ann)
    await slow.reached('inserting')
    const sent = { token, password: 'another horse battery' }
    const resetting = other.send('PUT /v1/passwords', sent)
    await other.reached('hashed')
    await Promise.race([untilWaiting(), resetting])
    slow.tell('go on')
    const { status, body } = await loggingIn
    expect([status, (await resetting).status]).toEqual([200, 200])
    for (const server of [slow, other]) {
      const reply = await server.send('GET /v1/session', undefined, bearer(body.token))
      expect(reply.status).toBe(401)
    }
    expect(await database.query('SELECT id FROM sessions')).toEqual([])
  },
  30_000,
)

function startProbed(
  variables: Readonly<Record<string, string>>,
): Promise<[ProbedServer, ProbedServer]> {
  return Promise.all([startProbedServer(url, variables), startProbedServer(url, variables)])
}

async function countSteps(servers: readonly ProbedServer[], step: string): Promise<number> {
  let count = 0
  for (const { reached, steps, tell } of servers) {
    tell('report')
    await reached('reported')
    count += steps.filter((each) => each === step).length
  }
  return count
}

// SQLite does not say who waits for whom: one writer at a time it has anyway.
async function untilWaiting(): Promise<void> {
  if (inject('database') === 'sqlite') return
  const schema = new URL(url).searchParams.get('options')?.replace(/.*=/, '') ?? ''
  // Who waits for a row has its table locked already.
  const waiting = `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE relation = to_regclass($1) AND wait_event_type = 'Lock'`
  await until(async () => {
    expect(await database.query(waiting, [`${schema}.users`])).not.toEqual([])
  })
}

function fifty<T>(ask: (index: number) => T): T[] {
  return Array.from({ length: 50 }, (_, index) => ask(index))
}

function pick<T>([one, other]: readonly [T, T], index: number): T {
  return index % 2 === 0 ? one : other
}

function from(index: number): Record<string, string> {
  return { 'x-forwarded-for': `198.51.100.${index}` }
}

function statuses(replies: readonly Reply[]): number[] {
  return replies.map(({ status }) => status).sort()
}

async function insertSessions(count: number): Promise<string[]> {
  const createdAt = new Date()
  const user = { ...newUser(), createdAt }
  const sessions = Array.from({ length: count }, () => {
    return { session: newSession(user), ...generateToken('session', randomBytes) }
  })
  const inserted: typeof sessions = []
  const { store } = auth.config
  await store.transaction((transaction) => transaction.insertUser(user, 'hash'))
  // Not all in one: a transaction may take no longer than a second.
  while (sessions.length > inserted.length) {
    const next = sessions.slice(inserted.length, inserted.length + 100)
    await store.transaction(async (transaction) => {
      for (const { session, digest } of next) await transaction.insertSession(session, digest)
    })
    inserted.push(...next)
  }
  return sessions.map(({ token }) => token.reveal())
}

async function signUpWithReset(emailAddress = ann.email_address) {
  const { user } = await signUpDirectly(auth, {
    emailAddress: address(emailAddress),
    password: ann.password,
  })
  return { user, token: await insertReset(user.id) }
}

async function insertReset(userId: string): Promise<string> {
  const { token, digest } = generateToken('passwordReset', randomBytes)
  const createdAt = new Date()
  const expiresAt = new Date(createdAt.getTime() + 900_000)
  await auth.config.store.transaction((transaction) =>
    transaction.insertPasswordReset({ userId, createdAt, expiresAt }, digest),
  )
  return token.reveal()
}

/** People, each of whom asked for a reset. */
async function queueResets(count: number): Promise<string[]> {
  const users = Array.from({ length: count }, newUser)
  const queuedAt = new Date()
  await auth.config.store.transaction(async (transaction) => {
    for (const user of users) {
      await transaction.insertUser(user, 'hash')
      await transaction.insertMessage(newMessage('password_reset', user.emailAddress, queuedAt))
    }
  })
  return users.map(({ emailAddress }) => emailAddress)
}

// So many are under way that the requests of both servers are between each other's.
async function inParallel<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = items.entries()
  const lanes = Array.from({ length: 20 }, async () => {
    for (const [index, item] of waiting) await work(item, index)
  })
  await Promise.all(lanes)
}

function expectNoFault(probes: readonly Probe[]): void {
  for (const { complaints } of probes) expect(complaints()).toBe('')
}
