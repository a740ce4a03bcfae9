// What spans say of a request and of the work behind it, with the SDK that applications have, and what they
// never say.
import { context, propagation, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { createOutbox, observe, type Transport } from 'latchkey/server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  ann,
  appUrl,
  bearer,
  createApiKey,
  mailedToken,
  mailFrom,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from './harness.ts'

const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeAll(() => provider.register())
beforeEach(() => exporter.reset())
afterAll(async () => {
  await provider.shutdown()
  for (const api of [trace, context, propagation]) api.disable()
})

test('a request is a span of the server by its route, with hash and transaction below it', async () => {
  const server = await startTraced()
  const { status } = await server.send('POST /v1/registrations', ann)
  expect(status).toBe(201)
  const [request] = spansCalled('POST /v1/registrations')
  expect([request?.kind, request?.attributes]).toEqual([
    1,
    {
      'http.request.method': 'POST',
      'http.route': '/v1/registrations',
      'http.response.status_code': 201,
    },
  ])
  for (const name of ['password.hash', 'transaction']) {
    const [below, ...more] = spansCalled(name)
    expect([name, more]).toEqual([name, []])
    expect(below?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
    expect(below?.attributes).toEqual({})
  }
})

test('a path that nobody knows, and a method, are not said', async () => {
  const server = await startTraced()
  await server.app.request('/strange/path?with=query', { method: 'STRANGE' })
  const [span] = exporter.getFinishedSpans()
  expect([span?.name, span?.attributes]).toEqual([
    'HTTP',
    { 'http.request.method': '_OTHER', 'http.response.status_code': 404 },
  ])
})

test('a request goes on with the trace that it says it is a part of, and without its baggage', async () => {
  const server = await startTraced()
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    baggage: 'secret=of-somebody',
  }
  let baggage: unknown
  server.auth.config.store.ping = async () => {
    baggage = propagation.getActiveBaggage()
  }
  await server.send('GET /health/ready', undefined, headers)
  expect(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).toEqual([traceId])
  expect(baggage).toBeUndefined()
})

test('below a span that is there already a request is none of the server’s', async () => {
  const server = await startTraced()
  await trace.getTracer('http').startActiveSpan('GET', async (above) => {
    await server.send('GET /health/live')
    above.end()
  })
  const [own] = spansCalled('GET /health/live')
  const [above] = spansCalled('GET')
  expect([own?.kind, own?.parentSpanContext?.spanId]).toEqual([0, above?.spanContext().spanId])
})

test('what could not be done is an error by its code, and an answer that says no is none', async () => {
  const server = await startTraced()
  expect((await server.send('GET /v1/session')).status).toBe(401)
  server.auth.config.store.ping = async () => {
    throw new Error('the secret reason')
  }
  expect((await server.send('GET /health/ready')).status).toBe(500)
  const said = exporter.getFinishedSpans().map(({ status, attributes, events }) => {
    return [status, attributes['error.type'], events]
  })
  expect(said).toEqual([
    [{ code: 0 }, undefined, []],
    [{ code: 2 }, '500', []],
  ])
})

test('work that fails is an error by its name alone: its message may repeat what was sent', async () => {
  const refused = new RangeError(`${ann.email_address} is on no list`)
  const onUserCreated = () => Promise.reject(refused)
  const server = await startTraced({ auth: { log: silent, hooks: { onUserCreated } } })
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(500)
  const [transaction] = spansCalled('transaction')
  expect([transaction?.status, transaction?.attributes, transaction?.events]).toEqual([
    { code: 2 },
    { 'error.type': 'RangeError' },
    [],
  ])
})

test('the delivery of a mail is a span, and the look whether there is one is not', async () => {
  const transport: Transport = {
    deliver: async () => ({ status: 'deferred', reason: `${ann.email_address} is busy` }),
  }
  const server = await startTraced()
  const outbox = createOutbox(server.auth, { transport, from: mailFrom, appUrl, log: silent })
  await outbox.deliverDue()
  expect(exporter.getFinishedSpans()).toEqual([])
  await server.auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  await server.auth.requestPasswordReset(ann.email_address)
  await outbox.deliverDue()
  const [mail] = spansCalled('mail')
  expect([mail?.attributes, mail?.status]).toEqual([
    {
      'latchkey.mail.kind': 'password_reset',
      'latchkey.mail.outcome': 'deferred',
      'error.type': 'deferred',
    },
    { code: 2 },
  ])
})

test('every line of the log about a request says of which trace it is', async () => {
  const lines: Record<string, unknown>[] = []
  const log = {
    info: (entry: object) => void lines.push({ ...entry }),
    error: (entry: object) => void lines.push({ ...entry }),
  }
  const server = await startTraced({ auth: { log }, app: { log } })
  await signUp(server)
  const [request] = spansCalled('POST /v1/registrations')
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) expect(line.traceId).toBe(request?.spanContext().traceId)
})

test('whatever is asked, no span says a secret, an address, an id or what was sent', async () => {
  const server = await startTraced()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key, id } = await createApiKey(server, token)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const link = mailedToken(server)
  const { user, session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const hostile = {
    'user-agent': 'an agent',
    'x-request-id': 'an-id',
    'x-forwarded-for': '192.0.2.9',
  }
  for (const { method, path } of tableOf(server)) {
    const line = `${method} ${path.replace(':token', link).replace(':id', id)}?query=asked`
    for (const headers of [
      hostile,
      { ...hostile, ...bearer(token) },
      { ...hostile, ...bearer(key) },
    ]) {
      await server.send(line, method === 'GET' ? undefined : { ...ann, token: link }, headers)
    }
  }
  const spans = exporter.getFinishedSpans()
  expect(spans.length).toBeGreaterThan(100)
  const said = JSON.stringify(
    spans.map(({ name, attributes, events, links, status }) => {
      return { name, attributes, events, links, status }
    }),
  )
  const secrets = [token, key, link, id, user.id, session.id, ann.email_address, ann.password]
  const sent = ['an agent', 'an-id', '192.0.2.9', 'asked', 'example.com']
  for (const each of [...secrets, ...sent]) expect(said).not.toContain(each)
})

test('where no SDK is registered nothing is traced', async () => {
  trace.disable()
  expect(await observe({ metricsToken: null })).toEqual({ metrics: null, tracing: null })
  provider.register()
  expect((await observe({ metricsToken: null })).tracing).not.toBeNull()
})

const silent = { info() {}, error() {} }

async function startTraced(options: Parameters<typeof startServer>[0] = {}): Promise<Server> {
  const { tracing } = await observe({ metricsToken: null })
  const server = await startServer({
    ...options,
    auth: { tracing, ...options.auth },
    app: { log: silent, ...options.app },
  })
  return server
}

function spansCalled(name: string): ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name)
}
