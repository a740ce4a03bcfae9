import { createApp, createAuth, createStore, type PasswordHash } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, cheapHash, type Server, signUp, startServer } from '../harness.ts'

const acts = [
  ['POST /v1/session', { password: 'wrong password' }],
  ['POST /v1/registrations', { password: ann.password }],
  ['POST /v1/passwords', {}],
] as const

function startGuarded(): Promise<Server> {
  return startServer({ auth: { rateLimits: 'on' } })
}

async function statuses(times: number, send: (index: number) => Promise<{ status: number }>) {
  const seen: number[] = []
  for (let index = 0; index < times; index++) seen.push((await send(index)).status)
  return seen
}

test.each(acts)('%s passes ten times in three minutes for one account', async (line, body) => {
  const server = await startGuarded()
  const attempt = () => server.send(line, { ...body, email_address: 'bob@example.com' })
  const seen = await statuses(11, attempt)
  expect(seen.slice(0, 10)).not.toContain(429)
  expect(seen[10]).toBe(429)
  const other = await server.send(line, { ...body, email_address: 'carol@example.com' })
  expect(other.status).not.toBe(429)
})

test.each(acts)('%s passes ten times in three minutes from one address', async (line, body) => {
  const server = await startGuarded()
  const from = (address: string) => async (index: number) => {
    const headers = { 'content-type': 'application/json' }
    const text = JSON.stringify({ ...body, email_address: `user-${index}@example.com` })
    return server.app.request(line.slice(5), { method: 'POST', headers, body: text }, { address })
  }
  const seen = await statuses(11, from('192.0.2.1'))
  expect(seen.slice(0, 10)).not.toContain(429)
  expect(seen[10]).toBe(429)
  expect((await from('192.0.2.2')(12)).status).not.toBe(429)
  expect((await from('::ffff:192.0.2.1')(13)).status).toBe(429)
})

test('all addresses of one IPv6 /64 are one', async () => {
  const server = await startGuarded()
  const attempt = async (address: string, index: number) => {
    const email_address = `user-${index}@example.com`
    const body = new URLSearchParams({ email_address, password: 'wrong password' })
    return server.app.request('/v1/session', { method: 'POST', body }, { address })
  }
  const one = ['2001:db8::1', '2001:db8::2:1', '2001:DB8:0:0:ffff::', '2001:0db8:0:0:1:2:3:4']
  const seen = await statuses(10, (index) => attempt(one[index % one.length] ?? '', index))
  expect(seen).toEqual(Array(10).fill(401))
  expect((await attempt('2001:db8::beef', 11)).status).toBe(429)
  expect((await attempt('2001:db8:0:1::1', 12)).status).toBe(401)
  expect((await attempt('::1', 13)).status).toBe(401)
})

test('what is refused says when to come back, and that is true to the second', async () => {
  const server = await startGuarded()
  const attempt = () => server.send('POST /v1/session', { ...ann, password: 'wrong password' })
  await attempt()
  server.clock.advance({ milliseconds: 60_500 })
  await statuses(9, attempt)
  const refused = await attempt()
  expect(refused.body).toEqual({
    error: 'Too many attempts; try again later',
    code: 'rate_limited',
    request_id: refused.headers.get('x-request-id'),
  })
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '120',
    ratelimit: '"attempts";r=0;t=120',
    'ratelimit-policy': '"attempts";q=10;w=180',
  })
  server.clock.advance({ milliseconds: 119_000 })
  expect([(await attempt()).status, (await attempt()).headers.get('retry-after')]).toEqual([
    429,
    '1',
  ])
  server.clock.advance({ milliseconds: 1_000 })
  expect((await attempt()).status).toBe(401)
})

test('an account that nobody has is limited as one that somebody has, byte for byte', async () => {
  const server = await startGuarded()
  await signUp(server)
  const attempt = (email_address: string) =>
    server.send('POST /v1/session', { email_address, password: 'wrong password' })
  for (let time = 1; time <= 12; time++) {
    const [known, unknown] = [await attempt('ann@example.com'), await attempt('bob@example.com')]
    expect(unknown.status).toBe(known.status)
    expect(unknown.status).toBe(time > 10 ? 429 : 401)
    const { request_id: _known, ...knownBody } = known.body
    const { request_id: _unknown, ...unknownBody } = unknown.body
    expect(unknownBody).toEqual(knownBody)
    const named = (headers: Headers) => [...headers].filter(([name]) => name !== 'x-request-id')
    expect(named(unknown.headers)).toEqual(named(known.headers))
  }
})

test('of fifty guesses at once ten are judged', async () => {
  let verified = 0
  const passwordHash: PasswordHash = {
    ...cheapHash,
    verify(hash, password) {
      verified++
      return cheapHash.verify(hash, password)
    },
  }
  const server = await startServer({ auth: { rateLimits: 'on', passwordHash } })
  await signUp(server)
  const guesses = Array.from({ length: 50 }, (_, index) =>
    server.send('POST /v1/session', { ...ann, password: `guess number ${index}` }),
  )
  const seen = (await Promise.all(guesses)).map(({ status }) => status)
  expect(seen.filter((status) => status === 401)).toHaveLength(10)
  expect(seen.filter((status) => status === 429)).toHaveLength(40)
  expect(verified).toBe(10)
})

test.each([' Ann@Example.COM ', 'ann@example.com\n', '\tANN@example.com'])(
  'the spelling %j is the same account',
  async (email_address) => {
    const server = await startGuarded()
    const attempt = (body: object) =>
      server.send('POST /v1/session', { password: 'wrong', ...body })
    await statuses(10, () => attempt({ email_address: 'ann@example.com' }))
    expect((await attempt({ email_address })).status).toBe(429)
    const spoofed = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' }
    const more = { email_address, password: 'wrong', extra: 1 }
    expect((await server.send('POST /v1/session', more, spoofed)).status).toBe(429)
  },
)

test('limits of one act leave the others alone, and live sessions too', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  await statuses(11, () => server.send('POST /v1/session', { ...ann, password: 'wrong password' }))
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  const { email_address } = ann
  expect((await server.send('POST /v1/passwords', { email_address })).status).toBe(200)
})

test('input that breaks a rule is told so and not counted', async () => {
  const server = await startGuarded()
  await statuses(20, () => server.send('POST /v1/registrations', { ...ann, password: 'short' }))
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
})

test('what was counted outlives the process', async () => {
  const { database, clock, ...first } = await startGuarded()
  const attempt = ({ send }: Pick<Server, 'send'>) =>
    send('POST /v1/session', { ...ann, password: 'wrong password' })
  await statuses(10, () => attempt(first))
  const auth = createAuth({ store: createStore(database), clock, passwordHash: cheapHash })
  const body = new URLSearchParams({ email_address: ann.email_address, password: 'wrong' })
  const reply = await createApp(auth).request('/v1/session', { method: 'POST', body })
  expect(reply.status).toBe(429)
})

test('the table of counts names nobody', async () => {
  const server = await startGuarded()
  await signUp(server)
  const rows = await server.database.query('SELECT key, count FROM guard_counts')
  expect(rows).toEqual([[expect.stringMatching(/^[\w-]{43}$/), 1]])
})
