// What is over is deleted in small steps, by one process at a time, and nobody can tell from an answer.
import { createSweeper } from 'latchkey/server'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { openSession } from '../src/core/sessions.ts'
import { type Pace, sweep } from '../src/core/sweep.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
} from './harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const nobody = { ipAddress: null, userAgent: null, requestId: null, actor: 'user' } as const

async function rows({ database }: Server, table: string): Promise<number> {
  return (await database.query(`SELECT 1 FROM ${table}`)).length
}

async function sweepAll({ auth }: Server) {
  let steps = 0
  const swept = await sweep(auth.config, {
    mayGoOn: () => true,
    async after() {
      steps += 1
      return true
    },
  })
  return { swept, steps }
}

test('everything that is over goes, an hour later, and everything else stays', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const { send, outbox, clock } = server
  const old = await signUp(server)
  await send('POST /v1/passwords', ann)
  await send('POST /v1/email_verifications', undefined, bearer(old))
  await outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  await send('PUT /v1/email_verifications', proof, bearer(old))
  const month = new Date(clock().getTime() + 30 * 86_400_000).toISOString()
  await createApiKey(server, old, { expires_at: month })
  await send('PATCH /v1/user', { email_address: 'ann@new.example' }, bearer(old))
  await outbox.deliverDue()
  clock.advance({ days: 30, minutes: 59 })
  const live = await signUp(server, bob)
  await send('POST /v1/passwords', bob)
  const tables = [
    'sessions',
    'api_keys',
    'password_resets',
    'email_verifications',
    'guard_counts',
    'outbox',
  ]
  const before = await Promise.all(tables.map((table) => rows(server, table)))
  expect(before).toEqual([2, 1, 1, 1, 8, 5])
  clock.advance({ minutes: 2 })
  const { swept } = await sweepAll(server)
  expect(swept).toEqual({
    sessions: 1,
    api_keys: 1,
    password_resets: 1,
    email_verifications: 1,
    guard_counts: 6,
    outbox: 4,
    events: 0,
  })
  expect((await send('GET /v1/session', undefined, bearer(live))).status).toBe(200)
  expect((await send('GET /v1/session', undefined, bearer(old))).status).toBe(401)
  expect((await sweepAll(server)).swept.sessions).toBe(0)
  expect(await rows(server, 'users')).toBe(2)
  await outbox.deliverDue()
  expect(server.mailbox.mails[0]).toMatchObject({ to: bob.email_address })
})

test('what is over for less than an hour, or not over, is left', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const link = mailedToken(server)
  server.clock.advance({ minutes: 15 })
  await sweepAll(server)
  expect(await rows(server, 'password_resets')).toBe(1)
  const redeem = { token: link, password: 'another horse battery' }
  expect((await server.send('PUT /v1/passwords', redeem)).status).toBe(401)
  server.clock.advance({ days: 30, minutes: -15, milliseconds: -1 })
  await sweepAll(server)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  server.clock.advance({ minutes: 59 })
  await sweepAll(server)
  expect(await rows(server, 'sessions')).toBe(1)
})

test('of many rows each step looks at two hundred, and all that are over go', async () => {
  const server = await startServer()
  const { auth, clock } = server
  const { user } = await auth.signUp({ emailAddress: ann.email_address, password: ann.password })
  const insert = async (count: number) => {
    for (let from = 0; from < count; from += 100) {
      await auth.config.store.transaction(async (transaction) => {
        for (let each = 0; each < 100; each++) {
          const { session, digest } = openSession(auth.config, user, nobody)
          await transaction.insertSession(session, digest)
        }
      })
    }
  }
  await insert(500)
  clock.advance({ days: 31 })
  await insert(500)
  const { swept, steps } = await sweepAll(server)
  expect(swept.sessions).toBe(501)
  // 1,001 sessions, and one look at each of the six other tables.
  expect(steps).toBe(6 + 6)
  expect(await rows(server, 'sessions')).toBe(500)
}, 60_000)

const paces: [string, Pace, number][] = [
  ['before it, none', { mayGoOn: () => false, after: async () => true }, 0],
  ['behind it, one', { mayGoOn: () => true, after: async () => false }, 1],
]

test.each(paces)(
  'a sweep that is told to stop makes no step more: %s',
  async (_when, pace, steps) => {
    const { auth } = await startServer()
    const { store } = auth.config
    const stepping = vi.fn(store.sweep)
    await sweep({ ...auth.config, store: { ...store, sweep: stepping } }, pace)
    expect(stepping).toHaveBeenCalledTimes(steps)
  },
)

// Time as the sweeper has it: each wait ends when the test says so.
const waits: { milliseconds: number; end: () => void }[] = []
vi.mock('node:timers/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:timers/promises')>()),
  setTimeout: (milliseconds: number, _value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve) => {
      waits.push({ milliseconds, end: resolve })
      signal.addEventListener('abort', () => resolve())
    }),
}))
afterEach(() => void waits.splice(0))

async function startSweeping(server: Server) {
  let monotonic = 0
  const log: string[] = []
  const write = (_entry: object, message: string) => void log.push(message)
  const { auth, clock } = server
  const options = { log: { info: write, error: write }, monotonic: () => monotonic }
  const sweeper = createSweeper(auth, options)
  onTestFinished(() => sweeper.stop())
  sweeper.start()
  const pass = async (minutes: number) => {
    clock.advance({ minutes })
    monotonic += minutes * 60_000
    await endWaits()
  }
  return { pass, log, sweeper }
}

// Through the long wait and all short ones, to the next long one.
async function endWaits(): Promise<void> {
  const isLong = ({ milliseconds }: { milliseconds: number }) => milliseconds > 1_000
  await vi.waitFor(() => expect(waits.some(isLong)).toBe(true))
  waits.splice(0, 1)[0]?.end()
  await vi.waitFor(() => {
    const next = waits[0]
    if (next && !isLong(next)) waits.splice(0, 1)[0]?.end()
    expect(waits.some(isLong)).toBe(true)
  })
}

test('the sweeper comes about once an hour, and says what it deleted', async () => {
  const server = await startServer()
  await signUp(server)
  const { pass, log } = await startSweeping(server)
  await vi.waitFor(() => expect(waits).toHaveLength(1))
  expect(waits[0]?.milliseconds).toBeGreaterThanOrEqual(1_800_000)
  expect(waits[0]?.milliseconds).toBeLessThanOrEqual(5_400_000)
  await pass(60)
  expect(await rows(server, 'sessions')).toBe(1)
  expect(log).toEqual([])
  for (let day = 1; day <= 31; day++) await pass(1_440)
  expect(await rows(server, 'sessions')).toBe(0)
  expect(log).toEqual(['swept'])
})

test('after the clock was moved, nothing is swept until it has gone evenly for an hour', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { pass, log } = await startSweeping(server)
  server.clock.advance({ days: 400 })
  await pass(60)
  expect(log).toEqual(['the clock was moved: nothing is swept for an hour'])
  server.clock.advance({ days: -400 })
  await pass(60)
  await pass(60)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  expect(log).toHaveLength(2)
})

test('a clock that is moved while the lease is asked for deletes nothing', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { pass, log } = await startSweeping(server)
  const { store } = server.auth.config
  const { holdLease } = store
  store.holdLease = async (name, lease) => {
    const held = await holdLease(name, lease)
    server.clock.advance({ days: 400 })
    return held
  }
  await pass(60)
  server.clock.advance({ days: -400 })
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  expect(log).toEqual(['the clock was moved: nothing is swept for an hour'])
})

test('whoever loses the lease between two steps stops', async () => {
  const server = await startServer()
  const { pass } = await startSweeping(server)
  const { store } = server.auth.config
  const stepping = vi.fn(store.sweep)
  const held = [true, false]
  Object.assign(store, { sweep: stepping, holdLease: async () => held.shift() ?? false })
  // Each step takes so long that the lease has to be renewed.
  stepping.mockImplementation(async () => {
    server.clock.advance({ minutes: 0.9 })
    return { deleted: 0, next: null }
  })
  await pass(60)
  expect(stepping).toHaveBeenCalledTimes(1)
})

test('a sweeper whose database is away says so, and comes again', async () => {
  const server = await startServer()
  await signUp(server)
  const { pass, log } = await startSweeping(server)
  const { store } = server.auth.config
  const { holdLease } = store
  store.holdLease = () => Promise.reject(new Error('away'))
  await pass(60)
  expect(log).toEqual(['nothing could be swept; it is tried again in about an hour'])
  store.holdLease = holdLease
  await pass(60)
  expect(log).toHaveLength(1)
})

test('whoever comes while another has the lease deletes nothing', async () => {
  const server = await startServer()
  await signUp(server)
  const { pass } = await startSweeping(server)
  const { store } = server.auth.config
  for (let day = 1; day <= 31; day++) {
    const now = new Date(server.clock().getTime() + 1_440 * 60_000)
    const until = new Date(now.getTime() + 60_000)
    const latest = new Date(until.getTime() + 60_000)
    expect(await store.holdLease('sweep', { now, until, latest, own: now })).toBe(true)
    await pass(1_440)
  }
  expect(await rows(server, 'sessions')).toBe(1)
})
