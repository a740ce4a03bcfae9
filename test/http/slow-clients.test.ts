// Clients that send or read slowly, or come in crowds. `npm run test:slow-clients` says what a thousand
// of them do to others.
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { answer, createApp, nodeServer, type Route, route } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ann, startServer } from '../harness.ts'
import { until } from '../until.ts'
import { listenRaw } from './raw-server.ts'

const head = 'GET / HTTP/1.1\r\nHost: localhost\r\n'

// More than the system's buffers take for a client that does not read.
const large = 'x'.repeat(32 * 1024 * 1024)

interface Listening {
  readonly http: Server
  readonly open: (sent: string) => Socket
}

async function listen(body = '', work = () => {}): Promise<Listening> {
  const http = nodeServer({
    async fetch(request) {
      // Of whoever was closed there is no text.
      await request.text().catch(() => '')
      work()
      return new Response(body)
    },
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets: Socket[] = []
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = http.address() as AddressInfo
  const open = (sent: string) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(sent)
    return socket
  }
  return { http, open }
}

/** All that it is told until the other side closes. */
async function readAll(socket: Socket): Promise<string> {
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk
  })
  await once(socket, 'close')
  return answer
}

function connections(http: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    http.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}

test.each([
  ['headers', head],
  ['a body', `${head.replace('GET', 'POST')}Content-Length: 5\r\n\r\n{`],
])('whoever sends %s too slowly is told 408, and closed', async (_what, sent) => {
  const { http, open } = await listen()
  Object.assign(http, { headersTimeout: 1, requestTimeout: 1 })
  const slow = Array.from({ length: 20 }, () => readAll(open(sent)))
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  await until(async () => expect(await connections(http)).toBe(0))
  expect(await readAll(open(`${head}Connection: close\r\n\r\n`))).toMatch(/^HTTP\/1\.1 200 /)
})

test('a body that does not come to its end is a 408, and nothing of it is done', async () => {
  const { server, http, port } = await listenRaw()
  Object.assign(http, { headersTimeout: 1, requestTimeout: 1 })
  expect(await readAll(openHalf(port, 'POST /v1/registrations'))).toMatch(/^HTTP\/1\.1 408 /)
  expect(await server.database.query('SELECT * FROM users')).toEqual([])
})

test.each([
  ['of 64 KiB', 65_536, 10_000],
  ['that is too large anyway', 65_537, 500],
])(
  'a body %s that nobody reads is waited for after the answer, not for long',
  async (_what, bytes, milliseconds) => {
    const { http, port } = await listenRaw()
    Object.assign(http, { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 })
    moveTimeouts()
    const socket = openHalf(port, 'DELETE /v1/user', bytes)
    const closed = once(socket, 'close')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /)
    await turnsUntil(() => vi.getTimerCount() === 1)
    vi.advanceTimersByTime(milliseconds - 1)
    expect(await connections(http)).toBe(1)
    vi.advanceTimersByTime(1)
    await closed
    expect(await connections(http)).toBe(0)
  },
)

test('whoever waits for the answer in front is not taken for one who goes on with a body', async () => {
  const gate = Promise.withResolvers<void>()
  let isWaiting = false
  const slow: Route = route({
    method: 'GET',
    path: '/slow',
    access: 'public',
    summary: 'Takes its time',
    answers: {},
    async handle() {
      isWaiting = true
      await gate.promise
      return answer({})
    },
  })
  const { auth } = await startServer()
  const http = nodeServer(createApp(auth, { routes: [slow] })).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  moveTimeouts()
  const socket = connect((http.address() as AddressInfo).port, '127.0.0.1')
  const told = readAll(socket)
  const unread = `DELETE /v1/user HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`
  const last = head.replace('/ ', '/health/live ')
  socket.write(`${head.replace('/ ', '/slow ')}\r\n${unread}${last}Connection: close\r\n\r\n`)
  await turnsUntil(() => isWaiting)
  vi.advanceTimersByTime(10_000)
  gate.resolve()
  expect((await told).match(/^HTTP\/1\.1 \d+/gm)).toEqual(
    [200, 401, 200].map((status) => `HTTP/1.1 ${status}`),
  )
})

function moveTimeouts(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

async function turnsUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate)
}

/** Sends all of a request but the last byte of its body. */
test('a refused body that arrives seconds after the answer is dropped, and the connection goes on', async () => {
  const { port } = await listenRaw()
  moveTimeouts()
  const socket = openHalf(port, 'DELETE /v1/user')
  const [refused] = await once(socket, 'data')
  expect(String(refused)).toMatch(/^HTTP\/1\.1 401 /)
  await turnsUntil(() => vi.getTimerCount() > 0)
  vi.advanceTimersByTime(9_000)
  socket.write(`}${head.replace('/ ', '/health/live ')}Connection: close\r\n\r\n`)
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 200 /)
})

function openHalf(port: number, line: string, bytes = 100): Socket {
  const body = JSON.stringify(ann).padEnd(bytes)
  const type = 'Content-Type: application/json'
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `${line} HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
  )
  return socket
}

test('whoever does not read an answer is closed after thirty seconds, and not before', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { http, open } = await listen(large)
  for (let index = 0; index < 3; index++) open(`${head}\r\n`).pause()
  const accepted = new Set<Socket>()
  http.on('connection', (socket) => accepted.add(socket))
  await until(async () => expect(await connections(http)).toBe(3))
  const waiting = () => [...accepted].filter(({ writableLength }) => writableLength > 0)
  await until(() => expect(waiting()).toHaveLength(3))
  vi.advanceTimersByTime(30_000)
  expect(await connections(http)).toBe(3)
  vi.advanceTimersByTime(1_000)
  await until(async () => expect(await connections(http)).toBe(0))
})

test('whoever reads all the time may take longer', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { open } = await listen(large)
  const socket = open(`${head}Connection: close\r\n\r\n`)
  let read = 0
  let seconds = 0
  socket.on('data', ({ length }) => {
    read += length
    // Half a mebibyte a second: more than a minute for all.
    if (read < (seconds + 1) * 512 * 1024) return
    seconds++
    vi.advanceTimersByTime(1_000)
    socket.pause()
    setImmediate(() => socket.resume())
  })
  await once(socket, 'close')
  expect(read).toBeGreaterThan(large.length)
  expect(seconds).toBeGreaterThan(60)
})

test('whoever sends nothing but empty lines behind a request is closed after forty seconds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { http, open } = await listen()
  const accepted = new Set<Socket>()
  http.on('connection', (socket) => accepted.add(socket))
  const socket = open(`${head}\r\n`)
  await once(socket, 'data')
  const [served] = accepted
  for (let seconds = 0; seconds < 40; seconds += 4) {
    expect(served?.destroyed).toBe(false)
    const { bytesRead = 0 } = served ?? {}
    socket.write('\r\n')
    await until(() => expect(served?.bytesRead).toBe(bytesRead + 2))
    vi.advanceTimersByTime(4_000)
  }
  vi.advanceTimersByTime(1_000)
  expect(served?.destroyed).toBe(true)
})

test('whoever asks again after a long pause, as a proxy does that keeps its connections, is answered', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { http, open } = await listen('done', () => vi.advanceTimersByTime(3_000))
  http.keepAliveTimeout = 75_000
  const socket = open(`${head}\r\n`)
  await once(socket, 'data')
  vi.advanceTimersByTime(60_000)
  socket.write(`${head}Connection: close\r\n\r\n`)
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 200 /)
})

test('what was upgraded is no request any more, and may be answered by nobody', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { http, open } = await listen()
  const upgraded = Promise.withResolvers<Socket>()
  http.on('upgrade', (_request, socket: Socket) => upgraded.resolve(socket))
  const client = open(`${head}Connection: upgrade\r\nUpgrade: chat\r\n\r\n`)
  const served = await upgraded.promise
  served.resume()
  for (let seconds = 0; seconds < 120; seconds += 4) {
    const { bytesRead } = served
    client.write('hello')
    await until(() => expect(served.bytesRead).toBe(bytesRead + 5))
    vi.advanceTimersByTime(4_000)
  }
  expect(served.destroyed).toBe(false)
  served.destroy()
})

test('a route that takes its time is waited for', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { http, open } = await listen('late', () => vi.advanceTimersByTime(600_000))
  expect(await readAll(open(`${head}Connection: close\r\n\r\n`))).toMatch(/^HTTP\/1\.1 200 /)
  expect(http.listening).toBe(true)
})

test('one connection more than there may be is closed as it comes, and the others are served', async () => {
  const { http, open } = await listen()
  expect(http.maxConnections).toBe(5_000)
  http.maxConnections = 3
  const first = [open(''), open(''), open('')]
  await until(async () => expect(await connections(http)).toBe(3))
  expect(await readAll(open(`${head}\r\n`))).toBe('')
  first[0]?.destroy()
  await until(async () => expect(await connections(http)).toBe(2))
  expect(await readAll(open(`${head}Connection: close\r\n\r\n`))).toMatch(/^HTTP\/1\.1 200 /)
})
