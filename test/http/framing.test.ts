// Where a request ends: bytes that a proxy and we might each read otherwise (RFC 9112; request
// smuggling). Whatever is odd is refused before a route is reached, and what follows it is not read.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type Exchanged, listenRaw, type RawServer } from './raw-server.ts'

const host = 'Host: localhost\r\n'
const head = `POST /v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\n`
const alive = `GET /health/live HTTP/1.1\r\n${host}\r\n`
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`
const last = '0\r\n\r\n'

const aliveReached = 'GET /health/live 200'
const sessionReached = 'POST /v1/session 422'

async function requireServing({ exchange }: RawServer): Promise<void> {
  expect((await exchange(alive)).statuses).toEqual([200])
}

/** What is sent in front, with a good request behind. */
const refused: Record<string, string> = {
  'Content-Length and Transfer-Encoding': `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${last}`,
  'Transfer-Encoding and Content-Length': `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${last}`,
  'two equal lengths': `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
  'two different lengths': `${head}Content-Length: 2\r\nContent-Length: 80\r\n\r\n{}`,
  ...lengths('2, 2', '+2', '-2', '0x2', '2a', '2.0', '', '99999999999999999999999'),
  ...codings('xchunked', 'chunked, identity', 'identity', 'identity, chunked', 'chunked, chunked'),
  ...codings('gzip, chunked', 'chunked;x', '"chunked"', '\x0bchunked', 'chunked,', ''),
  'two codings': `${head}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n${last}`,
  'one coding twice': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${last}`,
  'a coding before a space': `${head}Transfer-Encoding : chunked\r\n\r\n${last}`,
  'a length before a space': `${head}Content-Length : 2\r\n\r\n{}`,
  'a coding over two lines': `${head}Transfer-Encoding:\r\n chunked\r\n\r\n${last}`,
  'a coding in HTTP/1.0': `${chunked.replace('1.1', '1.0')}${last}`,
  'a folded header': get('X-A: b\r\n c\r\n'),
  'a folded first header': `GET /health/live HTTP/1.1\r\n X-A: b\r\n${host}\r\n`,
  'bare line feeds': `GET /health/live HTTP/1.1\nHost: localhost\n\n`,
  'one bare line feed': get('X-A: b\nX-C: d\r\n'),
  'a bare carriage return': get('X-A: b\rX-C: d\r\n'),
  'no Host': 'GET /health/live HTTP/1.1\r\n\r\n',
  'two hosts': get(host),
  'an authority': `GET localhost:80 HTTP/1.1\r\n${host}\r\n`,
  ...controls('\0', '\x01', '\x08', '\x0b', '\x1f', '\x7f'),
  ...names('X A', 'X\tA', 'X ', ' X', '', 'X@', 'X\0', 'X\xe9', '(X)'),
  'no colon': get('X\r\n'),
  tabs: `GET\t/health/live\tHTTP/1.1\r\n${host}\r\n`,
  'a space in the target': `GET /health/live x HTTP/1.1\r\n${host}\r\n`,
  'NUL in the target': `GET /health/\0live HTTP/1.1\r\n${host}\r\n`,
  ...versions('0.9', '1.2', '1.10', '2.0', '9.9', '1', '1.1x', ''),
  'another protocol': `GET /health/live HTTPS/1.1\r\n${host}\r\n`,
  'HTTP/0.9': 'GET /health/live\r\n\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a method in small letters': `get /health/live HTTP/1.1\r\n${host}\r\n`,
  'a method that nobody knows': `FOO /health/live HTTP/1.1\r\n${host}\r\n`,
}

test('whatever could be read in two ways is a 400, and reaches nothing, nor does what follows', async () => {
  await requireAll(refused, { statuses: [400], reached: [] })
})

/** What begins as a good request, and turns out not to be one. */
const broken: Record<string, string> = {
  ...sizes('-2', '0x2', '+2', ' 2', 'g', '', 'FFFFFFFFFFFFFFFFF'),
  'chunks with bare line feeds': `${chunked}2\n{}\n0\n\n`,
  'a chunk that is longer than its size': `${chunked}2\r\n{} \r\n${last}`,
  'a chunk without its end': `${chunked}2\r\n{}${last}`,
  'a chunk extension over two lines': `${chunked}2;a\nb\r\n{}\r\n${last}`,
  'a length behind the body': `${chunked}2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n`,
}

test('a body that turns out to be broken is a 400, and nothing behind it is reached', async () => {
  await requireAll(broken, { statuses: [400], reached: ['POST /v1/session 400'] })
})

/** What is unusual, and no doubt about it. */
const read: Record<string, string> = {
  'a length with a zero before it': `${head}Content-Length: 02\r\n\r\n{}`,
  'a coding in capitals': `${head}Transfer-Encoding: CHUNKED\r\n\r\n2\r\n{}\r\n${last}`,
  'a size with zeros before it': `${chunked}0000000000002\r\n{}\r\n${last}`,
  'a chunk extension': `${chunked}2;a=b;c="d"\r\n{}\r\n${last}`,
  trailers: `${chunked}2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\n`,
  'two spaces before the version': `${head.replace(' HTTP', '  HTTP')}Content-Length: 2\r\n\r\n{}`,
  'empty lines before': `\r\n\r\n${head}Content-Length: 2\r\n\r\n{}`,
}

test('what is unusual and clear is read once, and so is what follows', async () => {
  await requireAll(read, { statuses: [422, 200], reached: [aliveReached, sessionReached] })
})

/** The same for all of them, with a good request behind each, and another on a new connection. */
async function requireAll(
  cases: Record<string, string>,
  expected: Omit<Exchanged, 'answer'>,
): Promise<void> {
  const raw = await listenRaw()
  // What the first body without a length waits for would come too late for one that is broken.
  await raw.exchange(`${chunked}2\r\n{}\r\n${last}`)
  for (const [name, bytes] of Object.entries(cases)) {
    const { statuses, reached } = await raw.exchange(bytes + alive)
    expect({ name, statuses, reached }).toEqual({ name, ...expected })
    await requireServing(raw)
  }
}

function logOut(token: string, coding: string): string {
  const authorization = `Authorization: Bearer ${token}\r\n`
  return `DELETE /v1/session HTTP/1.1\r\n${host}${authorization}Transfer-Encoding: ${coding}\r\n\r\n`
}

test.each(['xchunked', 'identity', 'gzip', 'gzip, chunked'])(
  'a log-out with the coding %s is refused and not done',
  async (coding) => {
    const raw = await listenRaw()
    const token = await signUp(raw.server)
    expect((await raw.exchange(logOut(token, coding) + last)).statuses).toEqual([400])
    expect((await raw.server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  },
)

test.each(['-1', '0x0', 'g', '2\r\n{} '])(
  'a log-out with a chunk of the size %j is refused and not done',
  async (size) => {
    const raw = await listenRaw()
    const token = await signUp(raw.server)
    const head = logOut(token, 'chunked')
    expect((await raw.exchange(`${head}${size}\r\n${last}`)).statuses).toEqual([400])
    expect((await raw.server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
    expect((await raw.exchange(`${head}2\r\n{}\r\n${last}`)).statuses).toEqual([200])
    expect((await raw.server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
  },
)

test.each([
  ['two hosts', `GET /health/live HTTP/1.1\r\n${host}${host}\r\n`, 400],
  ['TRACE', `TRACE /health/live HTTP/1.1\r\n${host}\r\n`, 405],
])('a log-out behind %s is not done', async (_name, bytes, status) => {
  const raw = await listenRaw()
  const token = await signUp(raw.server)
  const logOut = `DELETE /v1/session HTTP/1.1\r\n${host}Authorization: Bearer ${token}\r\n\r\n`
  expect(await raw.exchange(bytes + logOut)).toMatchObject({ statuses: [status], reached: [] })
  expect((await raw.server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  await requireServing(raw)
})

test('what is refused for its content leaves the connection to what follows', async () => {
  const raw = await listenRaw()
  const large = 'x'.repeat(70_000)
  for (const [status, bytes] of [
    [
      415,
      `POST /v1/session HTTP/1.1\r\n${host}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
    ],
    [413, `${head}Content-Length: 70000\r\n\r\n${large}`],
    [413, `${chunked}11170\r\n${large}\r\n${last}`],
    [404, `POST /nowhere HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\n{}`],
    [401, `DELETE /v1/user HTTP/1.1\r\n${host}Content-Length: 70000\r\n\r\n${large}`],
  ] as const) {
    expect((await raw.exchange(bytes + alive)).statuses).toEqual([status, 200])
  }
})

test('a body is no request, also where no body is read', async () => {
  const raw = await listenRaw()
  const inner = `DELETE /v1/session HTTP/1.1\r\n${host}\r\n`
  const outer = `GET /health/live HTTP/1.1\r\n${host}Content-Length: ${inner.length}\r\n\r\n`
  const { statuses, reached } = await raw.exchange(outer + inner + alive)
  expect([statuses, reached]).toEqual([
    [200, 200],
    [aliveReached, aliveReached],
  ])
})

test('behind the last request of a connection nothing is done', async () => {
  const raw = await listenRaw()
  for (const bytes of [get('Connection: close\r\n'), get('').replace('1.1', '1.0')]) {
    expect((await raw.exchange(bytes + alive)).reached).toEqual([aliveReached])
  }
  await requireServing(raw)
})

test('a header, or all together, of more than 16 KiB, or too many of them: 431', async () => {
  const raw = await listenRaw()
  const authorization = 'Authorization: Bearer a\r\n'
  for (const bytes of [
    get(`X-A: ${'a'.repeat(20_000)}\r\n`),
    get(`X-A: ${'a'.repeat(1_000_000)}\r\n`),
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
    // None is dropped unseen, which would hide the second of two.
    get(`${authorization}${'a:\r\n'.repeat(1_100)}${authorization}`),
    get(`${authorization}${'a:\r\n'.repeat(2_100)}${authorization}`),
  ]) {
    expect(await raw.exchange(bytes + alive)).toMatchObject({ statuses: [431], reached: [] })
  }
  await requireServing(raw)
})

test('too many headers are refused also where Node does not count them, or drops the rest as before 24.18.1', async () => {
  const raw = await listenRaw()
  raw.http.maxHeadersCount = 0
  const bytes = get(`Authorization: Bearer a\r\n${'a:\r\n'.repeat(1_100)}`)
  expect(await raw.exchange(bytes + alive)).toMatchObject({ statuses: [400], reached: [] })
  await requireServing(raw)
})

test('a chunk extension without end, and a chunk of four gigabytes, are not waited for', async () => {
  const raw = await listenRaw()
  const extension = await raw.exchange(`${chunked}2;${'a'.repeat(20_000)}\r\n{}\r\n${last}${alive}`)
  expect(extension.statuses).toEqual([413])
  const huge = await raw.exchange(`${chunked}FFFFFFFF\r\n${'x'.repeat(70_000)}`)
  expect([huge.statuses[0], huge.reached]).toEqual([413, ['POST /v1/session 413']])
  await requireServing(raw)
})

test('a client that leaves in the middle of a body, or of a header, has done nothing', async () => {
  const raw = await listenRaw()
  const { length } = JSON.stringify(ann)
  const signUp = head.replace('session', 'registrations')
  const early = `${signUp}Content-Length: ${length}\r\n\r\n${JSON.stringify(ann).slice(0, -1)}`
  expect((await raw.exchange(early)).statuses).toEqual([400])
  expect((await raw.exchange(early.slice(0, 40))).statuses).toEqual([400])
  expect((await raw.exchange('')).statuses).toEqual([])
  // Not only half of the connection, but all of it.
  const socket = connect(raw.port, '127.0.0.1')
  socket.write(early, () => socket.resetAndDestroy())
  await new Promise((resolve) => socket.on('close', resolve))
  await requireServing(raw)
  expect(await raw.server.database.query('SELECT * FROM users')).toEqual([])
})

test('100-continue is answered, and any other expectation is 417', async () => {
  const raw = await listenRaw()
  const body = 'Content-Length: 2\r\n\r\n{}'
  const expected = await raw.exchange(`${head}Expect: 100-continue\r\n${body}`)
  expect(expected.statuses).toEqual([100, 422])
  const other = await raw.exchange(`${head}Expect: 200-ok\r\n${body}`)
  expect(other).toMatchObject({ statuses: [417], reached: [] })
})

test.each(['websocket', 'h2c', 'TLS/1.0'])('an upgrade to %s is not made', async (protocol) => {
  const raw = await listenRaw()
  const upgrade = `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n`
  expect(await raw.exchange(get(upgrade))).toMatchObject({
    statuses: [200],
    reached: [aliveReached],
  })
  const posted = await raw.exchange(`${head}${upgrade}Content-Length: 2\r\n\r\n{}`)
  expect(posted).toMatchObject({ statuses: [422], reached: [sessionReached] })
})

test('CONNECT is a closed connection, TRACE 405, OPTIONS * nothing of ours', async () => {
  const raw = await listenRaw()
  const connected = await raw.exchange(`CONNECT localhost:80 HTTP/1.1\r\n${host}\r\n${alive}`)
  expect(connected).toMatchObject({ answer: '', reached: [] })
  const traced = await raw.exchange(`TRACE /health/live HTTP/1.1\r\n${host}Cookie: secret\r\n\r\n`)
  expect(traced.statuses).toEqual([405])
  expect(traced.answer).not.toContain('secret')
  expect((await raw.exchange(`OPTIONS * HTTP/1.1\r\n${host}\r\n`)).statuses).toEqual([400])
  await requireServing(raw)
})

function get(headers: string): string {
  return `GET /health/live HTTP/1.1\r\n${host}${headers}\r\n`
}

function lengths(...values: string[]) {
  return cases('the length', values, (value) => `${head}Content-Length: ${value}\r\n\r\n{}`)
}

function codings(...values: string[]) {
  return cases('the coding', values, (value) => `${head}Transfer-Encoding: ${value}\r\n\r\n${last}`)
}

function controls(...values: string[]) {
  return cases('in a value', values, (value) => get(`X-A: a${value}b\r\n`))
}

function names(...values: string[]) {
  return cases('the name', values, (value) => get(`${value}: b\r\n`))
}

function versions(...values: string[]) {
  return cases('the version', values, (value) => `GET /health/live HTTP/${value}\r\n${host}\r\n`)
}

function sizes(...values: string[]) {
  return cases('the size', values, (value) => `${chunked}${value}\r\n{}\r\n${last}`)
}

function cases(what: string, values: string[], make: (value: string) => string) {
  return Object.fromEntries(
    values.map((value) => [`${what} ${JSON.stringify(value)}`, make(value)]),
  )
}
