// Requests that arrive in one turn of the event loop (decision 36).
import { once } from 'node:events'
import { createServer, type IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { answer, createApp, nodeListener, route } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ann, bearer, signUp, startServer } from '../harness.ts'
import { listen } from '../mounts/mounts.ts'
import { until } from '../until.ts'
import { listenRaw } from './raw-server.ts'

test('requests that arrive together are all looked up before the first is answered', async () => {
  const { ask, told } = await listenTelling()
  await ask(3)
  expect(told).toEqual([...Array(3).fill('looked up'), ...Array(3).fill('handled')])
})

test('a request that arrives alone waits for no other', async () => {
  const { ask, told } = await listenTelling()
  await ask(1)
  await ask(1)
  expect(told).toEqual(['looked up', 'handled', 'looked up', 'handled'])
})

test('the first of hundreds that arrive at once is looked up before most of the others are read', async () => {
  const { ask, readBefore } = await listenTelling()
  await ask(200)
  // Each of the 200 connections has asked for something else before.
  expect(readBefore[0]).toBe(200 + 64)
})

test('a request is remembered with its address, even if one too many behind it has the connection cut', async () => {
  const { server, exchange } = await listenRaw()
  expect((await exchange(signingUp(ann.email_address) + alive.repeat(17))).statuses).toEqual([])
  let token = ''
  await until(async () => {
    const { status, body } = await server.send('POST /v1/session', ann)
    expect(status).toBe(200)
    token = body.token
  })
  const { body } = await server.send('GET /v1/sessions', undefined, bearer(token))
  const addresses = body.sessions.map(({ ip_address }: { ip_address: string }) => ip_address)
  expect(addresses.toSorted()).toEqual(['127.0.0.1', null])
})

test('so is one whose answer was made by hand, and whose connection is cut at once', async () => {
  const { auth } = await startServer()
  const told: object[] = []
  const log = { info: (entry: object) => void told.push(entry), error() {} }
  const listener = nodeListener(createApp(auth, { log }))
  const http = createServer()
  http.on('upgrade', (request: IncomingMessage) => {
    void listener(request, new ServerResponse(request))
    request.socket.destroy()
  })
  const { exchange } = await listen(http)
  const upgrade = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
  expect(await exchange(`POST /v1/session HTTP/1.1\r\n${upgrade}\r\n`)).toBe('')
  await until(() =>
    expect(told).toEqual([expect.objectContaining({ status: 422, ipAddress: '127.0.0.1' })]),
  )
})

test('requests are answered while the tests of an application move the timers, those of Node as well', async () => {
  const { exchange } = await listenRaw()
  vi.useFakeTimers({ fakeNodeBuiltins: true })
  onTestFinished(() => void vi.useRealTimers())
  for (const name of ['ann', 'bob']) {
    const { statuses } = await exchange(signingUp(`${name}@example.com`))
    expect(statuses).toEqual([201])
  }
  expect((await exchange(alive)).statuses).toEqual([200])
})

function signingUp(emailAddress: string): string {
  const body = new URLSearchParams({ ...ann, email_address: emailAddress }).toString()
  const lines = [
    'POST /v1/registrations HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

// A server that tells when it looks a token up, how many requests were read before, and when one gets to its route.
async function listenTelling() {
  const told: string[] = []
  const readBefore: number[] = []
  let read = 0
  const telling = route({
    method: 'GET',
    path: '/telling',
    access: 'session',
    summary: 'Tells that it was asked',
    answers: { 204: { description: 'It was' } },
    handle() {
      told.push('handled')
      return answer(undefined, 204)
    },
  })
  const { server, http, port } = await listenRaw({ routes: [telling] })
  http.on('request', () => {
    read += 1
  })
  const token = await signUp(server)
  const { store } = server.auth.config
  const findSession = store.findSession.bind(store)
  Object.assign(store, {
    findSession(digest: Uint8Array) {
      told.push('looked up')
      readBefore.push(read)
      return findSession(digest)
    },
  })
  const request = `GET /telling HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`
  return {
    told,
    readBefore,
    /** Sends the request on that many connections, in the same turn of the event loop. */
    async ask(connections: number) {
      const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
      // Once each of them is answered, the server has accepted them all.
      await sendOnAll(sockets, alive)
      const answered = await sendOnAll(sockets, request)
      expect(answered.map((each) => each.slice(0, 12))).toEqual(
        Array(connections).fill('HTTP/1.1 204'),
      )
    },
  }
}

const alive = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function sendOnAll(sockets: readonly Socket[], request: string): Promise<string[]> {
  const answers = sockets.map((socket) => once(socket, 'data'))
  for (const socket of sockets) socket.write(request)
  return (await Promise.all(answers)).map(String)
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}
