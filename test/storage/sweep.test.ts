// What is over is deleted in small steps, by one process at a time, and nobody can tell from an answer.
import { createMailbox, createSweeper, type Transport } from 'latchkey/server'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { newEvent } from '../../src/core/events.ts'
import { openSession } from '../../src/core/sessions.ts'
import { type Pace, sweep } from '../../src/core/sweep.ts'
import { pauseAfter } from '../../src/storage/sweeper.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  signUpDirectly,
  startServer,
} from '../harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }
const nobody = { ipAddress: null, userAgent: null, requestId: null, actor: 'user' } as const

async function rows({ database }: Server, table: string): Promise<number> {
  return (await database.query(`SELECT 1 FROM ${table}`)).length
}

async function sweepAll({ auth }: Server) {
  let steps = 0
  const swept = await sweep(auth.config, {
    maximum: 64,
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
  await send('POST /v1/session', { ...ann, password: 'wrong password' })
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
    'failed_attempts',
    'outbox',
  ]
  const before = await Promise.all(tables.map((table) => rows(server, table)))
  expect(before).toEqual([2, 1, 1, 1, 27, 1, 5])
  clock.advance({ minutes: 2 })
  const { swept } = await sweepAll(server)
  expect(swept).toEqual({
    sessions: 1,
    api_keys: 1,
    password_resets: 1,
    email_verifications: 1,
    email_changes: 0,
    registrations: 0,
    guard_counts: 20,
    failed_attempts: 1,
    session_aliases: 0,
    signing_keys: 0,
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

test('a sign-up that nobody confirmed goes an hour after its day, and one that waits is left', async () => {
  const server = await startServer({ auth: { signUp: 'confirm' } })
  const { send, outbox, clock } = server
  for (const person of [ann, bob]) await send('POST /v1/registrations', person)
  clock.advance({ hours: 12 })
  await send('POST /v1/registrations', ann)
  await outbox.deliverDue()
  const token = mailedToken(server)
  clock.advance({ hours: 24, minutes: 59 })
  expect((await sweepAll(server)).swept.registrations).toBe(0)
  await send('POST /v1/registrations', { ...ann, email_address: 'carol@example.com' })
  clock.advance({ minutes: 1 })
  expect((await sweepAll(server)).swept.registrations).toBe(2)
  expect(await rows(server, 'registrations')).toBe(1)
  const proof = { token, password: ann.password }
  expect((await send('PUT /v1/email_verifications', proof)).status).toBe(401)
})

test('an address that somebody wanted stays until no link can prove it any more, and then goes', async () => {
  const mailbox = createMailbox()
  const failure = { status: 'refused', reason: '550 no' } as const
  let isRefused = true
  const transport: Transport = {
    deliver: async (attempt) => (isRefused ? failure : mailbox.deliver(attempt)),
  }
  const server = { ...(await startServer({ transport })), mailbox }
  const { auth, clock, database, outbox, send } = server
  const wish = async (person: typeof ann) => {
    const wanted = { email_address: `new-${person.email_address}` }
    const token = await signUp(server, person)
    expect((await send('PATCH /v1/user', wanted, bearer(token))).status).toBe(202)
  }
  await wish(ann)
  await wish(bob)
  // For a day a mail is tried, for thirty an operator can queue it again, for a day that is tried, and for a day it works.
  clock.advance({ days: 1 })
  await outbox.deliverDue()
  clock.advance({ days: 30 })
  await sweepAll(server)
  const [[id] = []] = await database.query('SELECT min(id) FROM outbox')
  const times = { now: clock(), giveUpAt: clock() }
  await auth.config.store.transaction((each) => each.retryMessage(Number(id), times))
  isRefused = false
  clock.advance({ days: 1, milliseconds: -1 })
  await outbox.deliverDue()
  clock.advance({ days: 1, milliseconds: -1 })
  await sweepAll(server)
  const proof = { token: mailedToken(server), password: ann.password }
  expect((await send('PUT /v1/email_verifications', proof)).body.user).toMatchObject({
    email_address: `new-${ann.email_address}`,
  })
  clock.advance({ minutes: 60, milliseconds: 1 })
  expect((await sweepAll(server)).swept.email_changes).toBe(0)
  clock.advance({ milliseconds: 1 })
  expect((await sweepAll(server)).swept.email_changes).toBe(1)
  expect(await rows(server, 'email_changes')).toBe(0)
  expect(await rows(server, 'users')).toBe(2)
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

test('of many rows each step looks at four hundred, or ends behind the last that it may delete', async () => {
  const server = await startServer()
  const { auth, clock } = server
  const { user } = await signUpDirectly(auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  // In the order of their digests: the one of the sign-up comes last.
  const insert = (from: number, to: number) =>
    auth.config.store.transaction(async (transaction) => {
      for (let place = from; place < to; place++) {
        const digest = Buffer.alloc(32)
        digest.writeUInt32BE(place)
        await transaction.insertSession(openSession(auth.config, user, nobody).session, digest)
      }
    })
  await insert(1_000, 1_255)
  clock.advance({ days: 31 })
  await insert(0, 1_000)
  const { swept, steps } = await sweepAll(server)
  expect(swept.sessions).toBe(256)
  // Two of four hundred that live; of the two hundred that live and 256 that are over four of 64, and
  // none to find that there are no more. One look at each of the eleven other tables.
  expect(steps).toBe(2 + 4 + 11)
  expect(await rows(server, 'sessions')).toBe(1_000)
})

test('of events no more go in a step either, and behind the first that is not over nobody looks', async () => {
  const server = await startServer()
  const { auth, clock } = server
  const insert = (count: number) =>
    auth.config.store.transaction(async (transaction) => {
      const failure = { name: 'authn_login_fail', userId: null } as const
      for (let each = 0; each < count; each++)
        await transaction.insertEvents([newEvent(auth.config, nobody, failure)])
    })
  await insert(80)
  clock.advance({ days: 366 })
  await insert(600)
  const { swept, steps } = await sweepAll(server)
  expect(swept.events).toBe(80)
  // One look at each of the eleven other tables.
  expect(steps).toBe(2 + 11)
  expect(await rows(server, 'events')).toBe(600)
})

const paces: [string, Pace, number][] = [
  ['before it, none', { maximum: 64, mayGoOn: () => false, after: async () => true }, 0],
  ['behind it, one', { maximum: 64, mayGoOn: () => true, after: async () => false }, 1],
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

test.each([
  ['nine times as long where they may have a tenth of the time', 2, 0.1, 18],
  ['49 times as long where they may have a fiftieth', 2, 0.02, 98],
  ['at least a millisecond', 0, 0.1, 1],
  ['at most five seconds', 300, 0.01, 5_000],
])('between two steps there is a pause: %s', (_rule, step, share, pause) => {
  expect(pauseAfter(step, share)).toBeCloseTo(pause)
})

// Time as the sweeper has it: each wait ends when the test says so.
const waits: { milliseconds: number; end: () => void }[] = []
vi.mock('node:timers/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:timers/promises')>()),
  setTimeout: (milliseconds: number, _value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      waits.push({ milliseconds, end: resolve })
      signal.addEventListener('abort', () => resolve())
    }),
}))
afterEach(() => void waits.splice(0))

async function startSweeping(server: Server) {
  const { sweeper, ...rest } = prepareSweeper(server)
  sweeper.start()
  return { sweeper, ...rest }
}

function prepareSweeper(server: Server) {
  let monotonic = 0
  const log: string[] = []
  const write = (_entry: object, message: string) => void log.push(message)
  const { auth, clock } = server
  const options = { log: { info: write, error: write }, monotonic: () => monotonic }
  const sweeper = createSweeper(auth, options)
  onTestFinished(() => sweeper.stop())
  const move = (minutes: number) => {
    clock.advance({ minutes })
    monotonic += minutes * 60_000
  }
  const pass = async (minutes: number) => {
    move(minutes)
    await endWaits()
  }
  return { move, pass, log, sweeper }
}

const often = { interval: 2 }

// Through the long wait and all short ones, to the next long one.
async function endWaits(): Promise<void> {
  const isLong = ({ milliseconds }: { milliseconds: number }) => milliseconds > 5_000
  await vi.waitFor(() => expect(waits.some(isLong)).toBe(true), often)
  waits.splice(0, 1)[0]?.end()
  await vi.waitFor(() => {
    const next = waits[0]
    if (next && !isLong(next)) waits.splice(0, 1)[0]?.end()
    expect(waits.some(isLong)).toBe(true)
  }, often)
}

/** @returns how long it would have waited, each time */
async function withoutWaits(sweeping: Promise<void>, during = () => {}): Promise<number[]> {
  const waited: number[] = []
  const timer = setInterval(() => {
    for (const { milliseconds, end } of waits.splice(0)) {
      waited.push(milliseconds)
      during()
      end()
    }
  })
  await sweeping.finally(() => clearInterval(timer))
  return waited
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

test('a sweep that is asked for begins at once, deletes what is over, and says so', async () => {
  const server = await startServer()
  const old = await signUp(server)
  server.clock.advance({ days: 31 })
  const live = await signUp(server, bob)
  const { sweeper, log } = prepareSweeper(server)
  await withoutWaits(sweeper.sweep())
  expect(log).toEqual(['swept'])
  expect((await server.send('GET /v1/session', undefined, bearer(live))).status).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(old))).status).toBe(401)
  expect(await rows(server, 'sessions')).toBe(1)
  await withoutWaits(sweeper.sweep())
  expect(log).toHaveLength(1)
})

test('two sweeps at once are one, and who stops waits for it and gets no other', async () => {
  const server = await startServer()
  const { sweeper } = prepareSweeper(server)
  const { store } = server.auth.config
  const step = Promise.withResolvers<{ deleted: number; next: null }>()
  const stepping = vi.fn(() => step.promise)
  store.sweep = stepping
  const sweeping = [sweeper.sweep(), sweeper.sweep()]
  await vi.waitFor(() => expect(stepping).toHaveBeenCalled())
  let hasStopped = false
  const stopping = sweeper.stop().then(() => {
    hasStopped = true
  })
  await server.auth.config.store.ping()
  expect(hasStopped).toBe(false)
  step.resolve({ deleted: 1, next: null })
  await Promise.all([...sweeping, stopping])
  await sweeper.sweep()
  expect(stepping).toHaveBeenCalledTimes(1)
})

test('the pause behind a step is in proportion to what the step took', async () => {
  const server = await startServer()
  const { sweeper, move } = prepareSweeper(server)
  const { store } = server.auth.config
  const took = [1, 3, 2]
  store.sweep = async () => {
    move((took.shift() ?? 0) / 60_000)
    return { deleted: 0, next: null }
  }
  const pauses = await withoutWaits(sweeper.sweep())
  const [one = 0, three = 0, two = 0] = pauses
  expect(pauses).toHaveLength(12)
  expect(one).toBeGreaterThan(1)
  expect(three / one).toBeCloseTo(3)
  expect(two / one).toBeCloseTo(2)
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

test('a sweep takes twice the share of the time with each hour, up to 32 times, and the next begins anew', async () => {
  const server = await startServer()
  const { sweeper, move } = prepareSweeper(server)
  server.auth.config.store.sweep = async () => {
    move(1 / 60_000)
    return { deleted: 1, next: null }
  }
  const [first = 0] = await withoutWaits(sweeper.sweep())
  const hurried = await withoutWaits(sweeper.sweep(), () => move(60))
  const shares = [1, 2, 4, 8, 16, 32, 32, 32, 32, 32, 32, 32]
  const usual = 1 / (first + 1)
  expect(hurried).toEqual(shares.map((times) => expect.closeTo(pauseAfter(1, usual * times), 1)))
  expect((await withoutWaits(sweeper.sweep()))[0]).toBeCloseTo(first)
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
