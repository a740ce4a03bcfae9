// What is counted, for whom, and that nothing in it says whose it was.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answer, createMetrics, createSweeper, current, route, Secret } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  emptyDatabaseUrl,
  inCookie,
  metricsToken,
  type Server,
  signUp,
  startServer,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { startServerProcess } from '../server-process.ts'
import { until } from '../until.ts'

const scraper = bearer(metricsToken)

test('metrics are for whoever has their token, and for nobody else', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token)
  const asked = [
    {},
    bearer(token),
    bearer(key),
    bearer(`${metricsToken}x`),
    bearer(metricsToken.slice(0, -1)),
    inCookie(metricsToken),
    { authorization: `Basic ${metricsToken}` },
  ]
  for (const headers of asked) {
    const {
      status,
      headers: answered,
      text,
    } = await server.send('GET /metrics', undefined, headers)
    expect([headers, status]).toEqual([headers, 401])
    expect(answered.get('www-authenticate')).toMatch(/^Bearer realm="api"/)
    expect(text).not.toContain('latchkey_')
  }
  const { status, headers } = await server.send('GET /metrics', undefined, scraper)
  expect([status, headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect((await server.send(`GET /metrics?token=${metricsToken}`)).status).toBe(401)
})

test('a route of an application may be the operator’s too, by a token that nobody can guess', async () => {
  const given = {
    method: 'GET',
    summary: 'Count',
    answers: { 204: { description: 'Nobody asks' } },
  } as const
  const count = (token: string) =>
    route({
      ...given,
      path: '/count',
      access: 'operator',
      token: new Secret(token),
      handle: () => answer(undefined, current() === null ? 204 : 500),
    })
  const own = 'a-token-of-sixteen'
  const server = await startServer({ app: { routes: [count(own)] } })
  const session = await signUp(server)
  for (const [headers, status] of [
    [{}, 401],
    [bearer(session), 401],
    [inCookie(own), 401],
    [bearer(metricsToken), 401],
    [bearer(own), 204],
  ] as const) {
    expect((await server.send('GET /count', undefined, headers)).status).toBe(status)
  }
  for (const guessed of ['', 'x', String(undefined), 'fifteen-letters']) {
    expect(() => count(guessed)).toThrow(RangeError)
  }
})

test('without a token there is no route, and the numbers are there for whoever has the object', async () => {
  const metrics = await createMetrics()
  for (const each of [null, metrics]) {
    const { send } = await startServer({ auth: { metrics: each } })
    expect((await send('GET /metrics', undefined, scraper)).status).toBe(404)
  }
  expect(await metrics.text()).toContain('latchkey_http_requests_total{')
})

test('requests are counted by their route and status, whatever their path was', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const id = '01a20934-06ed-7044-94a3-9d8335778bd2'
  await server.send(`GET /v1/projects/${id}`, undefined, bearer(token))
  for (let count = 0; count < 30; count++) {
    await server.send(`GET /strange/${count}?token=${token}`)
    await server.app.request('/strange', { method: `STRANGE${count}` })
  }
  const samples = await scrape(server)
  expect(countOf(samples, 'latchkey_http_requests_total', sign)).toBe(1)
  const hidden = { method: 'GET', route: '/v1/projects/:id', status: '404' }
  expect(countOf(samples, 'latchkey_http_requests_total', hidden)).toBe(1)
  const unknown = { route: 'none', status: '404' }
  expect(countOf(samples, 'latchkey_http_requests_total', { ...unknown, method: 'GET' })).toBe(30)
  expect(countOf(samples, 'latchkey_http_requests_total', { ...unknown, method: 'other' })).toBe(30)
  const { status: _, ...timed } = sign
  expect(countOf(samples, 'latchkey_http_request_duration_seconds_count', timed)).toBe(1)
})

const sign = { method: 'POST', route: '/v1/registrations', status: '201' }

test('nothing in them says whose it was, and no label is what somebody sent', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  const { user } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  await verifyAddress(server, token)
  const { token: key, id } = await createApiKey(server, token)
  await server.send('GET /v1/projects', undefined, bearer(key))
  await server.send(`DELETE /v1/api_keys/${id}`, undefined, bearer(token))
  await server.send('POST /v1/session', { ...ann, password: 'wrong password' })
  await server.send('GET /health/live', undefined, {
    'user-agent': 'an agent',
    'x-request-id': 'an-id',
  })
  const { text } = await server.send('GET /metrics', undefined, scraper)
  const said = [token, key, id, user.id, ann.email_address, ann.password, 'example.com', 'an agent']
  for (const each of [...said, 'an-id', '10.0.0.', metricsToken]) expect(text).not.toContain(each)
})

test('checks of tokens, hashes, refusals, mails and sweeps are counted', async () => {
  const server = await startServer({ auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token)
  const before = await scrape(server)
  await server.send('GET /v1/projects', undefined, bearer(key))
  const guess = { emailAddress: ann.email_address, password: 'wrong password' }
  const client = {
    ipAddress: '192.0.2.1',
    userAgent: null,
    requestId: null,
    actor: 'user',
  } as const
  for (let count = 0; count < 12; count++) {
    await server.auth.logIn(guess, client).catch(() => {})
  }
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  server.clock.advance({ seconds: 1 })
  const waiting = await scrape(server)
  expect(countOf(waiting, 'latchkey_outbox_queued_mails')).toBe(
    countOf(before, 'latchkey_outbox_queued_mails') + 1,
  )
  server.clock.advance({ seconds: 179 })
  expect(countOf(await scrape(server), 'latchkey_outbox_oldest_queued_seconds')).toBe(180)
  await server.outbox.deliverDue()
  // By a clock that stands still no step takes long, and none waits for the next.
  await createSweeper(server.auth, { monotonic: () => 0 }).sweep()
  server.clock.advance({ seconds: 1 })
  const after = await scrape(server)
  const grown = (name: string, labels = {}) =>
    countOf(after, name, labels) - countOf(before, name, labels)
  const checks = 'latchkey_token_check_duration_seconds_count'
  expect([grown(checks, { kind: 'session' }), grown(checks, { kind: 'api_key' })]).toEqual([1, 1])
  expect(grown('latchkey_rate_limited_total', { act: 'log_in' })).toBe(2)
  const reset = { kind: 'password_reset', end: 'sent' }
  expect(grown('latchkey_outbox_ended_total', reset)).toBe(1)
  expect(countOf(after, 'latchkey_outbox_oldest_queued_seconds')).toBe(0)
  expect(countOf(after, 'latchkey_hashes_waiting')).toBe(0)
  expect(countOf(after, 'latchkey_hashes_refused_total')).toBe(0)
  expect(grown('latchkey_sweeps_total', { result: 'done' })).toBe(1)
})

test('a mail that a clock ahead has queued has not waited yet', async () => {
  const server = await startServer()
  server.clock.advance({ hours: 1 })
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  server.clock.advance({ hours: -1 })
  const samples = await scrape(server)
  expect(countOf(samples, 'latchkey_outbox_queued_mails')).toBe(1)
  expect(countOf(samples, 'latchkey_outbox_oldest_queued_seconds')).toBe(0)
})

test('what Prometheus reads is well formed: buckets add up, and each name has one type', async () => {
  const server = await startServer()
  await signUp(server)
  const { text } = await server.send('GET /metrics', undefined, scraper)
  const named = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map(
    ([, name]) => name,
  )
  expect(new Set(named).size).toBe(named.length)
  const samples = read(text)
  for (const { name } of samples) {
    expect(named).toContain(named.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))
  }
  const own = named.filter((name) => name?.startsWith('latchkey_'))
  expect(own.length).toBeGreaterThan(12)
  const bucket = 'latchkey_http_request_duration_seconds_bucket'
  const buckets = samples.filter(
    ({ name, labels }) => name === bucket && labels.route === sign.route,
  )
  const values = buckets.map(({ value }) => value)
  expect(values).toEqual(values.toSorted((one, other) => one - other))
  expect([buckets.at(-1)?.labels.le, values.at(-1)]).toEqual(['+Inf', 1])
  // Process and event loop, under the names that dashboards know.
  expect(named).toEqual(
    expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
  )
})

test('while the database is away they are read all the same, without what it would say', async () => {
  const server = await startServer()
  const away = async () => {
    throw new Error('away')
  }
  Object.assign(server.auth.config.store, { findBacklog: away })
  const names = (await scrape(server)).map(({ name }) => name)
  expect(names).toContain('latchkey_hashes_running')
  expect(names).not.toContain('latchkey_outbox_queued_mails')
})

test('one process says what all of them have counted, also those that have ended', async () => {
  const variables = { DATABASE_URL: await emptyDatabaseUrl(), METRICS_TOKEN: metricsToken }
  const server = await startServerProcess({ ...variables, WEB_CONCURRENCY: '2' })
  const alive = { method: 'GET', route: '/health/live', status: '200' }
  const both = () => server.log.filter(({ message }) => message === 'listening')
  await until(() => expect(both()).toHaveLength(2))
  // Each comes by a connection of its own, to whichever takes it.
  const close = { connection: 'close' }
  for (let count = 0; count < 40; count++) await server.send('GET /health/live', undefined, close)
  const count = async () => {
    const { status, text } = await server.send('GET /metrics', undefined, { ...close, ...scraper })
    expect(status).toBe(200)
    return countOf(read(text), 'latchkey_http_requests_total', alive)
  }
  const counts = []
  for (let time = 0; time < 6; time++) counts.push(await count())
  expect(counts).toEqual(Array(6).fill(40))

  const [first = 0] = childrenOf(server.child.pid)
  process.kill(first, 'SIGKILL')
  await until(() => expect(both()).toHaveLength(3))
  await server.send('GET /health/live', undefined, close)
  expect(await count()).toBe(41)
}, 40_000)

function childrenOf(pid = 0): number[] {
  const args = ['-o', 'pid=', '--ppid', String(pid)]
  return execFileSync('ps', args, { encoding: 'utf8' }).trim().split(/\s+/).map(Number)
}

test('whoever asks for no metrics and registers no SDK loads neither', async () => {
  const file = join(temporaryFolder(), 'loaded.mjs')
  const server = join(process.cwd(), 'src/server.ts')
  writeFileSync(
    file,
    `import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({
      load(url, context, next) {
        seen.push(url)
        return next(url, context)
      },
    })
    const { createMetrics, observe } = await import('${server}')
    await observe({ metricsToken: null })
    const loaded = () => ['prom-client', '@opentelemetry'].map((name) => seen.some((url) => url.includes(name)))
    console.log(...loaded())
    await createMetrics()
    console.log(loaded()[0])`,
  )
  const said = execFileSync(process.execPath, ['--conditions=source', file], { encoding: 'utf8' })
  expect(said).toBe('false false\ntrue\n')
})

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

async function scrape({ send }: Pick<Server, 'send'>): Promise<Sample[]> {
  return read((await send('GET /metrics', undefined, scraper)).text)
}

function read(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, name = '', listed = '', value = ''] =
      /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    expect([line, name]).toEqual([line, expect.stringMatching(/./)])
    const pairs = [...listed.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])
    return { name, labels: Object.fromEntries(pairs), value: Number(value) }
  })
}

/** Of the one sample with these labels; 0 where there is none. */
function countOf(samples: readonly Sample[], name: string, labels: object = {}): number {
  const found = samples.filter((sample) => {
    return (
      sample.name === name &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
    )
  })
  expect([name, labels, found.length]).toEqual([name, labels, expect.toBeOneOf([0, 1])])
  return found[0]?.value ?? 0
}
