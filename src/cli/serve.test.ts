import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, get } from 'node:https'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { localhost } from '../../test/mail/smtp-certificates.ts'
import { nodeListener } from '../http/node.ts'
import { serve, stopOnSignals } from './serve.ts'

test('a stop ends idle connections at once, and what was asked is answered', async () => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const slow = async () => {
    asked.resolve()
    await answered.promise
    return new Response('done')
  }
  const fetches = (request: Request) =>
    request.url.endsWith('/slow') ? slow() : new Response('ok')
  let closed = false
  const onClose = async () => {
    closed = true
  }
  const running = await serve({ fetch: fetches }, { host: '127.0.0.1', port: 0, onClose })
  const origin = `http://127.0.0.1:${running.port}`
  expect(await (await fetch(`${origin}/quick`)).text()).toBe('ok')
  const idle = await ask(running.port)
  expect(await idle.answered()).toContain('Connection: keep-alive')
  const pending = fetch(`${origin}/slow`)
  await asked.promise

  const ended = idle.ended()
  const stopped = running.stop()
  await ended
  expect(closed).toBe(false)
  await expect(fetch(`${origin}/quick`, { keepalive: false })).rejects.toThrow()
  answered.resolve()
  expect(await (await pending).text()).toBe('done')
  await stopped
  expect(closed).toBe(true)
  await running.stop()
})

test('a stop leaves a client that still reads its answer the time for it', async () => {
  const long = 'x'.repeat(16 * 1024 * 1024)
  const fetches = ({ url }: Request) => new Response(url.endsWith('/long') ? long : 'ok')
  const running = await serve(
    { fetch: fetches },
    { host: '127.0.0.1', port: 0, onClose: async () => {} },
  )
  const socket = connect(running.port, '127.0.0.1')
  socket.write('GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n')
  // Nobody listens to `data`: the client takes what fits into its buffers.
  await once(socket, 'readable')
  const stopped = running.stop()
  const isOpen = () =>
    fetch(`http://127.0.0.1:${running.port}/`).then(
      () => true,
      () => false,
    )
  // What was idle is closed before the server takes nobody any more.
  while (await isOpen());
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
  })
  await once(socket, 'close')
  expect(received).toBeGreaterThan(long.length)
  await stopped
})

test('a connection that waits to be accepted when a stop comes is answered, and told to go', async () => {
  const running = await serveOk()
  const client = await ask(running.port)
  const stopped = running.stop()
  await client.ended()
  expect(client.said()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(client.said()).toContain('Connection: close')
  await stopped
})

test('what is under way when a stop comes takes no time from the connections that wait to be accepted', async () => {
  const fetches = ({ url }: Request) => {
    const until = performance.now() + (url.endsWith('/slow') ? 150 : 0)
    while (performance.now() < until);
    return new Response('ok')
  }
  const server = createHttpServer(nodeListener({ fetch: fetches }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const stop = stopOnSignals(server, { onClose: async () => {} })
  const { port } = Object(server.address())
  const first = await ask(port)
  await first.answered()
  const arrived = once(server, 'request')
  first.socket.write(question.replace('/', '/slow'))
  await arrived
  const clients = [first, speakTo(port), speakTo(port), speakTo(port)]
  for (const { socket } of clients.slice(1)) socket.write(question)
  await stop()
  for (const { ended, said } of clients) {
    await ended()
    expect(said()).toMatch(/HTTP\/1\.1 200 OK\r\n.*ok$/s)
  }
})

test('a connection that was just accepted may still ask, and one that asks nothing ends two seconds after it came', async () => {
  const running = await serveOk()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const old = await open(running.port)
  vi.advanceTimersByTime(1_999)
  const [late, silent] = [await open(running.port), await open(running.port)]
  const stopped = running.stop()
  await turns()
  vi.advanceTimersByTime(1)
  await old.ended()
  vi.advanceTimersByTime(1_998)
  late.socket.write(question)
  await late.ended()
  expect([old.said(), late.said().slice(0, 15)]).toEqual(['', 'HTTP/1.1 200 OK'])
  expect([silent.said(), silent.socket.closed]).toEqual(['', false])
  vi.advanceTimersByTime(1)
  await silent.ended()
  expect(silent.said()).toBe('')
  await stopped
})

test('nor is it closed by a Node that counts it as idle, as from 26.4 on', async () => {
  const server = createHttpServer((_request, response) => response.end('ok'))
  const silent = new Set<Socket>()
  server.on('connection', (socket) => silent.add(socket))
  server.on('request', ({ socket }) => silent.delete(socket))
  server.closeIdleConnections = () => {
    for (const socket of silent) socket.destroy()
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const stop = stopOnSignals(server, { onClose: async () => {} })
  const client = await open(Object(server.address()).port)
  const stopped = stop()
  await turns()
  client.socket.write(question)
  await client.ended()
  expect(client.said()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  await stopped
})

test('half a question that was never finished does not hold up a stop', async () => {
  const running = await serveOk()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const half = await open(running.port)
  half.socket.write(question.slice(0, 20))
  const stopped = running.stop()
  await turns()
  vi.advanceTimersByTime(2_000)
  await half.ended()
  await stopped
  expect(half.said()).toBe('')
})

test('what is not answered within eight seconds is cut, and the server closes all the same', async () => {
  const asked = Promise.withResolvers<void>()
  const never = async () => {
    asked.resolve()
    return new Promise<Response>(() => {})
  }
  let closed = false
  const onClose = async () => {
    closed = true
  }
  const running = await serve({ fetch: never }, { host: '127.0.0.1', port: 0, onClose })
  const client = connect(running.port, '127.0.0.1', () => client.write('GET / HTTP/1.0\r\n\r\n'))
  await asked.promise
  const cut = once(client.resume(), 'close')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const stopped = running.stop()
  vi.advanceTimersByTime(7_999)
  await new Promise(setImmediate)
  expect([closed, client.closed]).toEqual([false, false])
  vi.advanceTimersByTime(1)
  await stopped
  await cut
  expect(closed).toBe(true)
})

test('a stopped server leaves no signal handler behind', async () => {
  const before = process.listenerCount('SIGTERM')
  const onClose = async () => {}
  const running = await serve(
    { fetch: () => new Response() },
    { host: '127.0.0.1', port: 0, onClose },
  )
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  await running.stop()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('a server of HTTPS that somebody else has made answers what was asked, too', async () => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const server = createServer(localhost, async (_request, response) => {
    asked.resolve()
    await answered.promise
    response.end('done')
  })
  await once(server.listen(0), 'listening')
  let closed = false
  const stop = stopOnSignals(server, {
    onClose: async () => {
      closed = true
    },
  })
  const { port } = Object(server.address())
  const pending = once(get({ port, host: 'localhost', ca: localhost.cert }), 'response')
  await asked.promise
  const stopped = stop()
  expect(closed).toBe(false)
  answered.resolve()
  const [response] = await pending
  expect(await text(response)).toBe('done')
  await stopped
  expect(closed).toBe(true)
})

const question = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

function serveOk() {
  const onClose = async () => {}
  return serve({ fetch: () => new Response('ok') }, { host: '127.0.0.1', port: 0, onClose })
}

/** A connection that the server has accepted, and on which nothing was said. */
async function open(port: number) {
  const client = speakTo(port)
  await once(client.socket, 'connect')
  await turns()
  return client
}

/** One that the system has accepted, with a question on it, and the server has not seen. */
async function ask(port: number) {
  const client = speakTo(port)
  client.socket.write(question)
  // No turn of the loop: the server is in this process.
  await new Promise<void>((resolve) => process.nextTick(resolve))
  return client
}

function speakTo(port: number) {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    said += chunk
  })
  // Reset or closed, it is over.
  socket.on('error', () => {})
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const answered = new Promise<string>((resolve) => socket.once('data', () => resolve(said)))
  return { socket, said: () => said, ended: () => ended, answered: () => answered }
}

async function turns(): Promise<void> {
  for (let count = 0; count < 20; count++) await new Promise(setImmediate)
}
