import {
  AuthError,
  createApp,
  createAuth,
  createHandler,
  createStore,
  type PasswordHash,
} from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Reply,
  read,
  type Server,
  signUp,
  startServer,
} from '../harness.ts'

const wrong = { ...ann, password: 'wrong password' }

const acts = [
  ['POST /v1/session', wrong],
  ['POST /v1/registrations', ann],
  ['POST /v1/passwords', { email_address: ann.email_address }],
] as const

function startGuarded(): Promise<Server> {
  return startServer({ auth: { rateLimits: 'on' } })
}

/** Sends JSON from one address. */
function from({ app }: Pick<Server, 'app'>, address: string) {
  return async (line: string, body: object): Promise<Reply> => {
    const [method = '', path = ''] = line.split(' ')
    const headers = { 'content-type': 'application/json' }
    const init = { method, headers, body: JSON.stringify(body) }
    return read(await app.request(path, init, { address }))
  }
}

async function repeat(times: number, send: (index: number) => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = []
  for (let index = 0; index < times; index++) replies.push(await send(index))
  return replies
}

async function statuses(times: number, send: (index: number) => Promise<Reply>) {
  return (await repeat(times, send)).map(({ status }) => status)
}

/** Fails to log in so often, waiting for as long as it is told to. */
async function failPatiently(
  { send, clock }: Server,
  times: number,
  email_address = ann.email_address,
): Promise<void> {
  for (let index = 0; index < times; ) {
    const { status, headers } = await send('POST /v1/session', {
      email_address,
      password: `guess number ${index}`,
    })
    if (status === 401) index++
    clock.advance({ seconds: Number(headers.get('retry-after') ?? 0) })
  }
}

test.each(acts)('%s passes ten times at once for one account', async (line, body) => {
  const server = await startGuarded()
  const seen = await statuses(11, () => server.send(line, body))
  expect(seen.slice(0, 10)).not.toContain(429)
  expect(seen[10]).toBe(429)
  const other = await server.send(line, { ...body, email_address: 'carol@example.com' })
  expect(other.status).not.toBe(429)
})

test.each(acts)('%s passes ten times in three minutes from one address', async (line, body) => {
  const server = await startGuarded()
  const attempt = (address: string, index: number) =>
    from(server, address)(line, { ...body, email_address: `user-${index}@example.com` })
  const seen = await statuses(11, (index) => attempt('192.0.2.1', index))
  expect(seen.slice(0, 10)).not.toContain(429)
  expect(seen[10]).toBe(429)
  expect((await attempt('192.0.2.2', 12)).status).not.toBe(429)
  expect((await attempt('::ffff:192.0.2.1', 13)).status).toBe(429)
  server.clock.advance({ minutes: 3 })
  expect((await attempt('192.0.2.1', 14)).status).not.toBe(429)
})

test('all addresses of one IPv6 /64 are one, however they are spelled', async () => {
  const server = await startGuarded()
  const attempt = (address: string, index: number) =>
    from(server, address)('POST /v1/session', { ...wrong, email_address: `user-${index}@x.test` })
  const one = ['2001:db8::1', '2001:db8::2:1', '2001:DB8:0:0:ffff::', '2001:0db8:0:0:1:2:3:4']
  const seen = await statuses(10, (index) => attempt(one[index % one.length] ?? '', index))
  expect(seen).toEqual(Array(10).fill(401))
  expect((await attempt('2001:db8::beef', 11)).status).toBe(429)
  expect((await attempt('2001:db8:0:1::1', 12)).status).toBe(401)
  expect((await attempt('::1', 13)).status).toBe(401)
})

test('a server of your own says who is at the other end; whom nobody knows shares one limit', async () => {
  const { auth } = await startGuarded()
  const handler = createHandler(auth)
  const attempt = async (index: number, address: string | null) => {
    const body = JSON.stringify({ ...wrong, email_address: `user-${index}@example.com` })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    return read(await handler(new Request('https://api.example.com/v1/session', init), { address }))
  }
  expect(await statuses(11, (index) => attempt(index, null))).toEqual([...Array(10).fill(401), 429])
  expect((await attempt(12, '192.0.2.1')).status).toBe(401)
})

test('where another server hands Node’s request over, its peer is the address', async () => {
  const server = await startGuarded()
  const attempt = async (index: number, remoteAddress: string) => {
    const body = new URLSearchParams({ ...wrong, email_address: `user-${index}@example.com` })
    const incoming = { incoming: { socket: { remoteAddress } } }
    return read(await server.app.request('/v1/session', { method: 'POST', body }, Object(incoming)))
  }
  await repeat(10, (index) => attempt(index, '192.0.2.1'))
  expect((await attempt(11, '192.0.2.1')).status).toBe(429)
  expect((await attempt(12, '192.0.2.2')).status).toBe(401)
})

test('failures wait longer and longer, and the wait is true to the second', async () => {
  const { send, clock } = await startGuarded()
  const attempt = () => send('POST /v1/session', wrong)
  await repeat(10, attempt)
  for (const seconds of [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]) {
    const refused = await attempt()
    expect(refused.body).toEqual({
      error: 'Too many failures; try again later',
      code: 'rate_limited',
      request_id: refused.headers.get('x-request-id'),
    })
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': String(seconds),
      ratelimit: `"failures";r=0;t=${seconds}`,
      'ratelimit-policy': '"failures";q=10',
    })
    clock.advance({ seconds: seconds - 1 })
    const stillRefused = await attempt()
    expect([stillRefused.status, stillRefused.headers.get('retry-after')]).toEqual([429, '1'])
    clock.advance({ seconds: 1 })
    expect((await attempt()).status).toBe(401)
  }
})

test('a window’s end is true to the second, and what is left falls by one with each request', async () => {
  const server = await startGuarded()
  const send = from(server, '192.0.2.1')
  const ask = () => send('POST /v1/passwords', { email_address: ann.email_address })
  const first = await ask()
  expect([first.headers.get('ratelimit'), first.headers.get('ratelimit-policy')]).toEqual([
    '"attempts";r=9;t=180',
    '"attempts";q=10;w=180',
  ])
  server.clock.advance({ milliseconds: 60_500 })
  const seen = (await repeat(9, ask)).map(({ headers }) => headers.get('ratelimit'))
  expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map((left) => `"attempts";r=${left};t=120`))
  const refused = await ask()
  expect(refused.body.error).toBe('Too many attempts; try again later')
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '120',
    ratelimit: '"attempts";r=0;t=120',
    'ratelimit-policy': '"attempts";q=10;w=180',
  })
  server.clock.advance({ milliseconds: 119_499 })
  expect((await ask()).status).toBe(429)
  server.clock.advance({ milliseconds: 1 })
  expect((await ask()).headers.get('ratelimit')).toBe('"attempts";r=9;t=180')
})

test('an account that nobody has is limited as one that somebody has, byte for byte', async () => {
  const server = await startGuarded()
  await signUp(server)
  const attempt = (email_address: string) =>
    server.send('POST /v1/session', { ...wrong, email_address })
  for (let time = 1; time <= 15; time++) {
    const [known, unknown] = [await attempt('ann@example.com'), await attempt('bob@example.com')]
    expect(unknown.status).toBe(known.status)
    expect(unknown.status).toBe(time > 10 && time % 2 ? 429 : 401)
    const { request_id: _known, ...knownBody } = known.body
    const { request_id: _unknown, ...unknownBody } = unknown.body
    expect(unknownBody).toEqual(knownBody)
    const named = (headers: Headers) => [...headers].filter(([name]) => name !== 'x-request-id')
    expect(named(unknown.headers)).toEqual(named(known.headers))
    const left = time > 10 && time % 2 ? /^"failures";r=0;t=/ : /^"attempts";r=9;t=180$/
    expect(known.headers.get('ratelimit')).toMatch(left)
    if (known.status === 429) {
      server.clock.advance({ seconds: Number(known.headers.get('retry-after')) })
    }
  }
})

test('nobody is told what others tried at an account, or that its owner came in between', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const left = async (line: string, body: object) =>
    (await server.send(line, body)).headers.get('ratelimit')
  const untouched = '"attempts";r=9;t=180'
  for (const _ of Array(5)) expect(await left('POST /v1/session', wrong)).toBe(untouched)
  await server.send('POST /v1/session', ann)
  expect(await left('POST /v1/session', wrong)).toBe(untouched)
  const { email_address } = ann
  for (const _ of Array(3))
    expect(await left('POST /v1/passwords', { email_address })).toBe(untouched)
  for (const _ of Array(3)) expect(await left('POST /v1/registrations', ann)).toBe(untouched)
  // Of what one's own session does, also what is left by account.
  const rotate = await server.send('PUT /v1/session/token', undefined, bearer(token))
  const again = await server.send('PUT /v1/session/token', undefined, bearer(rotate.body.token))
  expect(again.headers.get('ratelimit')).toBe('"attempts";r=8;t=180')
})

test('whoever signs up where a hundred guesses failed before begins without failures', async () => {
  const server = await startGuarded()
  await failPatiently(server, 100)
  server.clock.advance({ hours: 1 })
  await signUp(server)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
}, 30_000)

test('whoever floods a reset from one address keeps its owner from no link', async () => {
  const server = await startGuarded()
  await signUp(server)
  const { email_address } = ann
  const flood = from(server, '192.0.2.1')
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 40 }, () => flood('POST /v1/passwords', { email_address })),
    )
    server.clock.advance({ minutes: 3 })
  }
  const refused = await flood('POST /v1/passwords', { email_address })
  expect([refused.status, refused.headers.get('ratelimit')]).toEqual([429, '"mails";r=0;t=84600'])
  const owner = await server.send('POST /v1/passwords', { email_address })
  expect([owner.status, owner.headers.get('ratelimit')]).toEqual([200, '"attempts";r=9;t=180'])
})

test('whoever is known to be over a limit takes no place among those who wait for a hash', async () => {
  const places: string[] = []
  const passwordHash: PasswordHash = {
    ...cheapHash,
    async admit(account, work) {
      places.push(account)
      return work()
    },
  }
  const auth = { passwordHash, rateLimits: 'on' } as const
  const server = await startServer({ auth })
  const flood = from(server, '192.0.2.1')
  const people = Array.from({ length: 40 }, (_, index) => `person${index}@example.com`)
  const seen: number[] = []
  for (const email_address of people) {
    const { status } = await flood('POST /v1/session', { email_address, password: 'wrong' })
    seen.push(status)
  }
  expect(seen).toEqual([...Array(10).fill(401), ...Array(30).fill(429)])
  expect(places).toEqual(people.slice(0, 10))
})

test('a log-in for which there is no room is refused before anything is written', async () => {
  let isBusy = false
  const passwordHash: PasswordHash = {
    ...cheapHash,
    async admit(_account, work) {
      if (isBusy) throw new AuthError('overloaded', { retryAfterSeconds: 7 })
      return work()
    },
  }
  const auth = { passwordHash, rateLimits: 'on' } as const
  const server = await startServer({ auth })
  await signUp(server)
  const written = async () => {
    const tables = ['guard_counts', 'failed_attempts', 'sessions', 'events']
    return Promise.all(tables.map((name) => server.database.query(`SELECT * FROM ${name}`)))
  }
  const before = await written()
  isBusy = true
  const refused = await Promise.all(
    Array.from({ length: 60 }, () => server.send('POST /v1/session', ann)),
  )
  for (const { status, headers, body } of refused) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '7'])
  }
  expect(await written()).toEqual(before)
  isBusy = false
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  expect(await written()).not.toEqual(before)
})

test('a password that nobody found time to judge is no failure', async () => {
  let isBusy = true
  const passwordHash: PasswordHash = {
    ...cheapHash,
    async verify(hash, password) {
      if (isBusy) throw new AuthError('overloaded')
      return cheapHash.verify(hash, password)
    },
  }
  const server = await startServer({ auth: { rateLimits: 'on', passwordHash } })
  const token = await signUp(server)
  const challenge = { password_challenge: ann.password }
  for (const _ of Array(15)) {
    const refused = await server.send('POST /v1/session', ann)
    // A hash that does not say when.
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    const confirm = await server.send('PUT /v1/session/freshness', challenge, bearer(token))
    expect(confirm.status).toBe(503)
  }
  isBusy = false
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  const confirm = await server.send('PUT /v1/session/freshness', challenge, bearer(token))
  expect(confirm.status).toBe(200)
})

test('whoever changes to an address where a hundred guesses failed logs in with it', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const email_address = 'ann@new.example'
  await server.send('PATCH /v1/user', { email_address }, bearer(token))
  await failPatiently(server, 100, email_address)
  await server.send('POST /v1/session', ann)
  const renewed = (await server.send('POST /v1/session', ann)).body.token
  const change = { email_address, password_challenge: ann.password }
  await server.send('PATCH /v1/user', change, bearer(renewed))
  await server.outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  expect((await server.send('PUT /v1/email_verifications', proof, bearer(renewed))).status).toBe(
    200,
  )
  const moved = { ...ann, email_address }
  expect((await server.send('POST /v1/session', moved)).status).toBe(200)
}, 30_000)

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

test('a success forgets the failures of its account, and not those of its address', async () => {
  const server = await startGuarded()
  await signUp(server)
  const send = from(server, '192.0.2.1')
  await repeat(8, () => send('POST /v1/session', wrong))
  const success = await send('POST /v1/session', ann)
  expect([success.status, success.headers.get('ratelimit')]).toEqual([200, '"attempts";r=1;t=180'])
  const last = await send('POST /v1/session', wrong)
  expect(last.headers.get('ratelimit')).toBe('"attempts";r=0;t=180')
  expect((await send('POST /v1/session', ann)).status).toBe(429)
  const seen = await statuses(10, () => server.send('POST /v1/session', wrong))
  expect(seen).toEqual([...Array(9).fill(401), 429])
})

test('after a hundred failures the right password is as wrong as any, until it is reset', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  await failPatiently(server, 100)
  server.clock.advance({ hours: 1 })
  const stopped = await server.send('POST /v1/session', ann)
  server.clock.advance({ hours: 1 })
  const never = await server.send('POST /v1/session', {
    ...wrong,
    email_address: 'bob@example.com',
  })
  expect([stopped.status, stopped.body.code]).toEqual([401, 'invalid_credentials'])
  expect({ ...stopped.body, request_id: '' }).toEqual({ ...never.body, request_id: '' })
  server.clock.advance({ days: 25 })
  expect((await server.send('POST /v1/session', ann)).status).toBe(401)
  // Whoever was logged in stays so, and the way back is open.
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const password = 'another horse battery'
  const redeem = { token: mailedToken(server), password }
  expect((await server.send('PUT /v1/passwords', redeem)).status).toBe(200)
  expect((await server.send('POST /v1/session', { ...ann, password })).status).toBe(200)
}, 30_000)

test('the hundredth failure is written down as the one that stops the password', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  await failPatiently(server, 101)
  await server.auth.flush()
  const { body } = await server.send('GET /v1/events?limit=3', undefined, bearer(token))
  expect(body.events.map(({ event }: { event: string }) => event)).toEqual([
    'authn_login_fail',
    'authn_login_lock',
    'authn_login_fail',
  ])
}, 30_000)

test('who fails a hundred times where they are logged in cannot confirm the password either', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const line = 'PUT /v1/session/freshness'
  const confirm = (password_challenge: string) =>
    server.send(line, { password_challenge }, bearer(token))
  for (let index = 0; index < 100; ) {
    const { status, headers } = await confirm(`guess number ${index}`)
    if (status === 422) index++
    server.clock.advance({ seconds: Number(headers.get('retry-after') ?? 0) })
  }
  server.clock.advance({ hours: 1 })
  expect((await confirm(ann.password)).status).toBe(422)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
}, 30_000)

test('what stops a password is written down, also where its user is logged in', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const confirm = (password_challenge: string) =>
    server.send('PUT /v1/session/freshness', { password_challenge }, bearer(token))
  expect((await confirm('x'.repeat(300))).status).toBe(422)
  for (let index = 0; index < 100; ) {
    const { status, headers } = await confirm(`guess number ${index}`)
    if (status === 422) index++
    server.clock.advance({ seconds: Number(headers.get('retry-after') ?? 0) })
  }
  await server.auth.flush()
  const { body } = await server.send('GET /v1/events?limit=100', undefined, bearer(token))
  const events: string[] = body.events.map(({ event }: { event: string }) => event)
  expect(events[0]).toBe('authn_login_lock')
  expect(events.filter((event) => event === 'authn_login_lock')).toHaveLength(1)
  const older = await server.send(
    `GET /v1/events?limit=100&cursor=${body.next_cursor}`,
    undefined,
    bearer(token),
  )
  expect(older.body.events.at(-2).event).toBe('authn_login_fail')
}, 30_000)

test('a new password begins without failures', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  await repeat(10, () => server.send('POST /v1/session', wrong))
  expect((await server.send('POST /v1/session', ann)).status).toBe(429)
  const change = { password_challenge: ann.password, password: 'another horse battery' }
  expect((await server.send('PUT /v1/password', change, bearer(token))).status).toBe(200)
  const renewed = { ...ann, password: 'another horse battery' }
  expect((await server.send('POST /v1/session', renewed)).status).toBe(200)
})

test('so does one that is set on a console, and a user who is created there', async () => {
  const server = await startGuarded()
  const { auth, send } = server
  const byHand = { emailAddress: ann.email_address, password: ann.password }
  for (const set of [() => auth.createUser(byHand), () => auth.setPassword(byHand)]) {
    await repeat(10, () => send('POST /v1/session', wrong))
    expect((await send('POST /v1/session', ann)).status).toBe(429)
    await set()
    expect((await send('POST /v1/session', ann)).status).toBe(200)
  }
})

test('one password is tried in vain on thirty accounts, and on no more within an hour', async () => {
  const server = await startGuarded()
  const tired = { email_address: 'tired@example.com', password: 'Winter2026-Winter' }
  await signUp(server, tired)
  const spray = (index: number) =>
    server.send('POST /v1/session', { ...tired, email_address: `user-${index}@example.com` })
  expect(await statuses(31, spray)).toEqual([...Array(30).fill(401), 429])
  // Not even where it would be right, and whoever asks with another is not concerned.
  const refused = await server.send('POST /v1/session', tired)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
  expect((await server.send('POST /v1/session', { ...tired, password: 'other' })).status).toBe(401)
  server.clock.advance({ hours: 1 })
  expect((await server.send('POST /v1/session', tired)).status).toBe(200)
})

test('of thirty-three that are sprayed at once thirty are judged, and the others count as no failure', async () => {
  const server = await startGuarded()
  const { store } = server.auth.config
  const replace = store.replaceFailedAttempts.bind(store)
  const { promise: allCame, resolve: go } = Promise.withResolvers<void>()
  let came = 0
  store.replaceFailedAttempts = async (key, change) => {
    came += 1
    if (came === 33) go()
    await allCame
    return replace(key, change)
  }
  const sprayed = Array.from({ length: 33 }, (_, index) =>
    server.send('POST /v1/session', { ...wrong, email_address: `user-${index}@example.com` }),
  )
  const seen = (await Promise.all(sprayed)).map(({ status }) => status)
  expect(seen.sort()).toEqual([...Array(30).fill(401), ...Array(3).fill(429)])
  const failed = 'SELECT key FROM failed_attempts WHERE count > 0'
  expect(await server.database.query(failed)).toHaveLength(30)
})

test('a password that many have, and that is right for each, is nobody’s spraying', async () => {
  const server = await startGuarded()
  const people = Array.from({ length: 35 }, (_, index) => `user-${index}@example.com`)
  for (const email_address of people) await signUp(server, { ...ann, email_address })
  const seen = await statuses(35, (index) =>
    server.send('POST /v1/session', { ...ann, email_address: people[index] }),
  )
  expect(seen).toEqual(Array(35).fill(200))
})

const links = ['PUT /v1/passwords', 'PUT /v1/email_verifications']

test.each(links)(
  '%s: of three hundred dead links in a minute from one address each is told so, then it has to wait',
  async (line) => {
    const server = await startGuarded()
    const token = await signUp(server)
    await server.send('POST /v1/passwords', { email_address: ann.email_address })
    await server.outbox.deliverDue()
    const here = from(server, '192.0.2.1')
    const present = (token: string) => here(line, { token, password: 'another horse battery' })
    const replies = await repeat(302, (index) => present(`lkr_dead${index}`))
    expect(replies.map(({ status }) => status)).toEqual([...Array(300).fill(401), 429, 429])
    expect(replies.at(-1)?.body.error).toBe('Too many links; try again later')
    expect(replies.at(-1)?.headers.get('ratelimit')).toBe('"links";r=0;t=60')
    const elsewhere = from(server, '192.0.2.2')
    expect((await elsewhere(line, { token: 'lkr_dead', password: 'x' })).status).toBe(401)
    // What lives is not concerned, here either.
    expect((await asking(server, bearer(token))).status).toBe(200)
    const live = { token: mailedToken(server), password: 'another horse battery' }
    expect((await here('PUT /v1/passwords', live)).status).toBe(200)
    server.clock.advance({ minutes: 1 })
    expect((await present('lkr_dead')).status).toBe(401)
  },
)

async function asking({ app }: Server, headers: Record<string, string>): Promise<Reply> {
  return read(await app.request('/v1/session', { headers }, { address: '192.0.2.1' }))
}

test('of twelve thousand dead bearer tokens in a minute from one address each is told so', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const ask = (text: string) => asking(server, bearer(text))
  const seen = await statuses(12_001, (index) => ask(`lks_dead${index}`))
  expect(seen.indexOf(429)).toBe(12_000)
  expect(seen.filter((status) => status === 401)).toHaveLength(12_000)
  expect((await ask(token)).status).toBe(200)
  const elsewhere = await server.send('GET /v1/session', undefined, bearer('lks_dead'))
  expect(elsewhere.status).toBe(401)
}, 60_000)

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
  await statuses(11, () => server.send('POST /v1/session', wrong))
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
  await statuses(10, () => first.send('POST /v1/session', wrong))
  const auth = createAuth({ store: createStore(database), clock, passwordHash: cheapHash })
  const body = new URLSearchParams(wrong)
  const reply = await createApp(auth).request('/v1/session', { method: 'POST', body })
  expect(reply.status).toBe(429)
})

test('an operator sees what is counted of somebody, and lets them try again', async () => {
  const server = await startGuarded()
  const { auth, clock } = server
  const token = await signUp(server)
  const { id } = (await server.send('GET /v1/user', undefined, bearer(token))).body.user
  const send = from(server, '2001:db8::1')
  await repeat(12, () => send('POST /v1/session', wrong))
  const account = ann.email_address
  expect(await auth.listCounts({ account })).toMatchObject([
    { act: 'sign_up', by: 'account', count: 1, limit: { attempts: 10 } },
    { act: 'log_in', by: 'account', count: 10, limit: { name: 'failures' } },
  ])
  expect(await auth.listCounts({ account: id })).toEqual(await auth.listCounts({ account }))
  expect(await auth.listCounts({ ipAddress: '2001:db8:0:0:9::' })).toMatchObject([
    { act: 'log_in', by: 'address', count: 10, limit: { attempts: 10 } },
  ])
  await auth.clearCounts({ account })
  expect((await server.send('POST /v1/session', wrong)).status).toBe(401)
  expect((await send('POST /v1/session', ann)).status).toBe(429)
  await auth.clearCounts({ ipAddress: '2001:db8::1' })
  clock.advance({ seconds: 5 })
  expect((await send('POST /v1/session', ann)).status).toBe(200)
  const { body } = await server.send('GET /v1/events?limit=9', undefined, bearer(token))
  const cleared = { event: 'user_updated', actor: 'operator', detail: 'limits_cleared' }
  expect(body.events).toContainEqual(expect.objectContaining(cleared))
})

test('the tables of counts name nobody', async () => {
  const server = await startGuarded()
  await signUp(server)
  await server.send('POST /v1/session', wrong)
  const counts = await server.database.query('SELECT key, count FROM guard_counts')
  const failures = await server.database.query('SELECT key, count FROM failed_attempts')
  expect(counts.length).toBeGreaterThan(1)
  expect(failures).toHaveLength(1)
  for (const [key] of [...counts, ...failures]) expect(key).toMatch(/^[\w-]{43}$/)
})

test('with a user what was tried in vain at their password goes too', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  await server.send('POST /v1/session', wrong)
  expect((await server.send('DELETE /v1/user', undefined, bearer(token))).status).toBe(204)
  expect(await server.database.query('SELECT key FROM failed_attempts')).toEqual([])
})

test('with an address that is given up what was tried in vain at it goes too', async () => {
  const server = await startGuarded()
  const token = await signUp(server)
  const email_address = 'ann@new.example'
  await server.send('PATCH /v1/user', { email_address }, bearer(token))
  await server.outbox.deliverDue()
  await server.send('POST /v1/session', wrong)
  const proof = { token: mailedToken(server) }
  expect((await server.send('PUT /v1/email_verifications', proof, bearer(token))).status).toBe(200)
  expect(await server.database.query('SELECT key FROM failed_attempts')).toEqual([])
})
