// What a Request no longer shows: sent as bytes, to a server on a socket.
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createApp, nodeListener, nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import { ann, signUp, startServer } from '../harness.ts'

async function listen() {
  const server = await startServer()
  const http = nodeServer(createApp(server.auth, { routes: templateRoutes(server.database) }))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  const exchange = async (lines: string[], body = '') => {
    const socket = connect(port, '127.0.0.1')
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    await once(socket, 'close')
    const status = Number(answer.split(' ')[1])
    return { status, answer, code: /"code":"(\w+)"/.exec(answer)?.[1] }
  }
  return { server, exchange, port }
}

const host = 'Host: localhost'

test('two Authorization headers are a bad request, the valid one first or last', async () => {
  const { server, exchange } = await listen()
  const good = `Authorization: Bearer ${await signUp(server)}`
  const bad = 'authorization: Bearer nope'
  for (const pair of [
    [good, bad],
    [bad, good],
    [good, good],
  ]) {
    const { status, code } = await exchange(['GET /v1/projects HTTP/1.1', host, ...pair])
    expect([status, code]).toEqual([400, 'invalid_request'])
  }
  expect((await exchange(['GET /v1/projects HTTP/1.1', host, good])).status).toBe(200)
})

test('two Host headers are a bad request', async () => {
  const { exchange } = await listen()
  const { status, code } = await exchange(['GET /health/live HTTP/1.1', host, 'host: evil.example'])
  expect([status, code]).toEqual([400, 'invalid_request'])
})

test.each(['/health/live', '/nowhere', '/v1/projects'])('TRACE %s is 405', async (path) => {
  const { server, exchange } = await listen()
  const authorization = `Authorization: Bearer ${await signUp(server)}`
  const { status, answer } = await exchange([`TRACE ${path} HTTP/1.1`, host, authorization])
  expect(status).toBe(405)
  expect(answer).toMatch(/^allow: GET/im)
  expect(answer).not.toContain('lks_')
})

test.each([
  ['http://evil.example/health/live', 200],
  ['https://evil.example:1/health/live?x', 200],
  ['HTTP://evil.example/health/live', 200],
  ['http://evil.example', 200],
  ['http://evil.example?x', 200],
  ['ftp://evil.example/health/live', 200],
])('of the target %s only the path is read', async (target, expected) => {
  const { exchange } = await listen()
  const { status, answer } = await exchange([`GET ${target} HTTP/1.1`, host])
  expect(status).toBe(expected)
  expect(answer).not.toContain('evil')
})

test.each(['Host: <x>', 'Host: a b', 'Host: evil\\x', 'Host: [', 'Host: user@x', 'Host: é'])(
  'a header %s is a bad request in the one shape, or does not matter',
  async (line) => {
    const { exchange } = await listen()
    const { status, code } = await exchange(['GET /health/live HTTP/1.1', line])
    expect([
      [400, 'invalid_request'],
      [200, undefined],
    ]).toContainEqual([status, code])
  },
)

test.each(['/%ff', '/%00', '/..%2f..', '/../../etc/passwd', '/\\evil', '*', '/x?%ff', '//x//y'])(
  'the target %s is no fault',
  async (target) => {
    const { exchange } = await listen()
    const { status } = await exchange([`GET ${target} HTTP/1.1`, host])
    expect([400, 404]).toContain(status)
  },
)

test('a token with bytes that are no UTF-8 is an invalid token', async () => {
  const { exchange } = await listen()
  const header = 'Authorization: Bearer \xff\xfe'
  const { status, code } = await exchange(['GET /v1/projects HTTP/1.1', host, header])
  expect([status, code]).toEqual([401, 'invalid_token'])
})

test('a large body is refused by its announced length and by its real one', async () => {
  const { exchange } = await listen()
  const head = ['POST /v1/session HTTP/1.1', host, 'Content-Type: application/json']
  const announced = await exchange([...head, 'Content-Length: 70000'], 'x'.repeat(70_000))
  expect(announced.status).toBe(413)
  const chunk = `${(70_000).toString(16)}\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`
  const chunked = await exchange([...head, 'Transfer-Encoding: chunked'], chunk)
  expect(chunked.status).toBe(413)
})

test('of two Content-Type headers neither is believed, and nothing is done', async () => {
  const { server, exchange } = await listen()
  const body = JSON.stringify(ann)
  const head = ['POST /v1/registrations HTTP/1.1', host, `Content-Length: ${body.length}`]
  const json = 'Content-Type: application/json'
  for (const pair of [
    [json, json],
    [json, 'content-type: text/plain'],
    ['content-type: text/plain', json],
  ]) {
    const { status, code } = await exchange([...head, ...pair], body)
    expect([status, code]).toEqual([415, 'unsupported_media_type'])
  }
  expect(await server.database.query('SELECT * FROM users')).toEqual([])
  expect((await exchange([...head, json], body)).status).toBe(201)
})

test('a log-in over a socket is remembered with the address it came from', async () => {
  const { server, port } = await listen()
  await signUp(server)
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(ann) }
  const { token } = Object(await (await fetch(`http://127.0.0.1:${port}/v1/session`, init)).json())
  expect((await server.auth.authenticate(token))?.session.ipAddress).toBe('127.0.0.1')
})

test('a forwarding header of anybody does not set the address', async () => {
  const { server, port } = await listen()
  await signUp(server)
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' }
  const init = { method: 'POST', headers, body: JSON.stringify(ann) }
  const { token } = Object(await (await fetch(`http://127.0.0.1:${port}/v1/session`, init)).json())
  expect((await server.auth.authenticate(token))?.session.ipAddress).toBe('127.0.0.1')
})

test('HTTP/1.0 without a Host is answered: so do load balancers ask', async () => {
  const { exchange } = await listen()
  expect((await exchange(['GET /health/live HTTP/1.0'])).status).toBe(200)
})

test('slow clients have ten seconds for the headers and thirty for all', () => {
  const { headersTimeout, requestTimeout, keepAliveTimeout } = nodeServer({
    fetch: () => new Response(),
  })
  expect([headersTimeout, requestTimeout, keepAliveTimeout]).toEqual([10_000, 30_000, 5_000])
})

test('a fetch of one’s own that throws is a fault, not a bad request', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const http = nodeServer({
    fetch: () => {
      throw new Error('broken')
    },
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const { port } = http.address() as AddressInfo
  const answered = await fetch(`http://127.0.0.1:${port}/`)
  expect([answered.status, Object(await answered.json()).code]).toEqual([500, 'internal_error'])
  expect(error).toHaveBeenCalledOnce()
})

test('who has answered meanwhile has answered, and the server lives on', async () => {
  const { auth } = await startServer()
  const listener = nodeListener(createApp(auth))
  const settled: PromiseSettledResult<void>[] = []
  const http = createServer(async (incoming, outgoing) => {
    outgoing.writeHead(504).end('a deadline of its own')
    settled.push(...(await Promise.allSettled([listener(incoming, outgoing)])))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  const headers = { 'content-type': 'application/json' }
  const logIn = { method: 'POST', headers, body: JSON.stringify(ann) }
  for (const [path, init] of [
    ['/health/live', {}],
    ['/v1/session', logIn],
  ] as const) {
    const answered = await fetch(`http://127.0.0.1:${port}${path}`, init)
    expect([answered.status, await answered.text()]).toEqual([504, 'a deadline of its own'])
  }
  // What is refused before any wait. `fetch` would not send it.
  const asked = request({ host: '127.0.0.1', port, method: 'TRACE' }).end()
  const [refused] = await once(asked, 'response')
  refused.resume()
  expect(refused.statusCode).toBe(504)
  await vi.waitFor(() =>
    expect(settled.map(({ status }) => status)).toEqual(Array(3).fill('fulfilled')),
  )
})
