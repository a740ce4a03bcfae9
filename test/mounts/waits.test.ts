// What a request finds when its wait for the others of its batch is over (decision 36), in the server frameworks.
import { once } from 'node:events'
import { createServer, Server as HttpServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { nextTick } from 'node:process'
import { text } from 'node:stream/consumers'
import { createAdaptorServer } from '@hono/node-server'
import express, { type ErrorRequestHandler } from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import * as expressMount from 'latchkey/express'
import * as fastifyMount from 'latchkey/fastify'
import { protect as protectHono } from 'latchkey/hono'
import { type Auth, createApp } from 'latchkey/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signUp, startServer } from '../harness.ts'
import { listen } from './mounts.ts'

/** Is told what happens: a look-up, a turn of the event loop, the body that a handler gets, a fault. */
type Tell = (what: unknown) => void

/** A server with two gates in front of `POST /notes`, which tells its body. */
type Serve = (auth: Auth, tell: Tell) => HttpServer | Promise<HttpServer>

const onExpress: Serve = (auth, tell) => {
  const app = express().use(expressMount.protect(auth), expressMount.latchkey(auth))
  app.post('/notes', expressMount.protect(auth), express.json(), ({ body }, response) => {
    tell(body)
    response.json({})
  })
  const tellFault: ErrorRequestHandler = (error, _request, response, next) => {
    tell(error.message)
    if (response.headersSent) next(error)
  }
  return createServer(app.use(tellFault))
}

const onFastify: Serve = async (auth, tell) => {
  const app = Fastify()
  onTestFinished(() => app.close())
  app.addHook('onError', async (_request, _reply, { message }) => tell(message))
  await app.register(fastifyMount.protect, { auth })
  app.register(async (below) => {
    await below.register(fastifyMount.latchkey, { auth })
    below.post('/notes', async ({ body }) => {
      tell(body)
      return {}
    })
  })
  await app.ready()
  return app.server
}

const onHono: Serve = (auth, tell) => {
  const app = new Hono().use(protectHono(auth)).route('/', createApp(auth))
  app.post('/notes', protectHono(auth), async (c) => {
    tell(await c.req.json())
    return c.json({})
  })
  const server = createAdaptorServer(app)
  if (server instanceof HttpServer) return server
  throw new Error('It speaks HTTP/2')
}

describe.each([
  ['Express', onExpress],
  ['Fastify', onFastify],
  ['Hono', onHono],
])('in %s', (_name, serve) => {
  test('whoever has waited at one gate does not wait at the next', async () => {
    const { store, told, request, exchange } = await start(serve)
    const findSession = store.findSession.bind(store)
    let found: ReturnType<typeof findSession> | undefined
    store.findSession = (digest) => {
      told.push('looked up')
      setImmediate(() => told.push('a turn later'))
      found ??= findSession(digest)
      return found
    }
    for (const line of ['GET /v1/session', 'GET /v1/session', 'POST /notes']) {
      // The first look-up alone asks the database, which may take its turns.
      told.length = 0
      expect(await exchange(request(line))).toMatch(/^HTTP\/1\.1 200 /)
    }
    expect(told.slice(0, 2)).toEqual(['looked up', 'looked up'])
    expect(told).toContain('a turn later')
  })

  test('what was let in at one gate is let in at the next, also if one behind it is refused meanwhile', async () => {
    const { told, request, exchange } = await start(serve)
    for (const line of ['POST /notes', 'GET /v1/session']) {
      const open = { connection: 'keep-alive' }
      const bad = request('GET /v1/session', open).replace('Host', 'Host: a\r\nHost')
      const answers = await exchange(request(line, open) + bad + request('POST /notes'))
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
    }
    expect(told).toEqual([{ title: 'A' }])
  })

  test('of a client that leaves during the wait no handler gets the request without its body', async () => {
    const { told, request, exchange } = await start(serve)
    // With seventeen behind it, which is one too many.
    expect(await exchange(request('POST /notes', { connection: 'keep-alive' }).repeat(18))).toBe('')
    expect(await exchange(request('POST /notes'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(told).not.toEqual([])
    expect(told).toEqual(told.map(() => ({ title: 'A' })))
  })

  test('nor of one that leaves while the database is asked', async () => {
    const { store, told, http, port, request, exchange } = await start(serve)
    const findSession = store.findSession.bind(store)
    const asked = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    store.findSession = async (digest) => {
      asked.resolve()
      await left.promise
      return findSession(digest)
    }
    http.once('connection', (socket) => socket.once('close', left.resolve))
    const client = connect(port, '127.0.0.1')
    client.write(request('POST /notes'))
    await asked.promise
    client.resetAndDestroy()
    await left.promise
    expect(await exchange(request('POST /notes'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(told).not.toEqual([])
    expect(told).toEqual(told.map(() => ({ title: 'A' })))
  })
})

describe.each([
  ['Express', onExpress, 400],
  ['Fastify', onFastify, 200],
  ['Hono', onHono, 200],
])(
  'where a client may close its side of the connection before the answer, in %s',
  (_name, serve, status) => {
    test('no handler gets the request of one that does without its body, and all are answered', async () => {
      const { store, told, http, request, say } = await start(serve)
      Object.assign(http, { httpAllowHalfOpen: true })
      const findSession = store.findSession.bind(store)
      http.on('connection', (socket) => {
        const closed = once(socket, 'end')
        store.findSession = async (digest) => {
          await closed
          return findSession(digest)
        }
      })
      expect(await say(request('POST /notes'))).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(told).toEqual(status === 200 ? [{ title: 'A' }] : [])
      // Without a body there is nothing to miss.
      expect(await say(request('GET /v1/session'))).toMatch(/^HTTP\/1\.1 200 /)
    })
  },
)

describe.each([
  ['Express', onExpress],
  ['Fastify', onFastify],
])('where something else may answer, in %s', (_name, serve) => {
  test.each([
    ['given', (response: ServerResponse) => response.end('too late')],
    ['begun', (response: ServerResponse) => response.write('too late')],
  ])('the answer that was %s is the only one for whoever is refused', async (_how, say) => {
    const { http, told, request, exchange } = await start(serve)
    http.prependListener('request', (_request, response: ServerResponse) => {
      nextTick(() => say(response.writeHead(503)))
      // After the batch, which begins in this turn.
      setImmediate(() => setImmediate(() => response.end()))
    })
    for (const line of ['POST /notes', 'GET /v1/session']) {
      const answer = await exchange(request(line, { token: 'junk' }))
      expect(answer).toMatch(/^HTTP\/1\.1 503 [^{]*\r\n8\r\ntoo late\r\n0\r\n\r\n$/)
    }
    expect(told).toEqual([])
  })

  test('a fault behind an answer that was begun cuts its connection, and no other is given', async () => {
    const { store, http, told, request, exchange } = await start(serve)
    store.findSession = async () => {
      throw new TypeError('a fault')
    }
    http.prependListener('request', (_request, response: ServerResponse) => {
      nextTick(() => response.writeHead(503).write('too late'))
    })
    const answer = await exchange(request('POST /notes', { connection: 'keep-alive' }))
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^{]*\r\n8\r\ntoo late\r\n$/)
    expect(told[0]).toBe('a fault')
  })
})

async function start(serve: Serve) {
  const server = await startServer()
  const own = await signUp(server)
  const told: unknown[] = []
  const http = await serve(server.auth, (what) => told.push(what))
  const { url, exchange } = await listen(http)
  const port = Number(new URL(url).port)
  return {
    store: server.auth.config.store,
    told,
    http,
    port,
    exchange,
    /** Sends bytes, says no more, and answers what comes. */
    async say(bytes: string): Promise<string> {
      const client = connect(port, '127.0.0.1').end(bytes)
      return text(client)
    },
    /** The bytes of a request; its connection closes after it, unless more is sent behind it. */
    request(line: string, { token = own, connection = 'close' } = {}): string {
      const body = line.startsWith('POST') ? '{"title":"A"}' : ''
      const lines = [
        `${line} HTTP/1.1`,
        'Host: localhost',
        `Authorization: Bearer ${token}`,
        `Connection: ${connection}`,
        ...(body === ''
          ? []
          : ['Content-Type: application/json', `Content-Length: ${body.length}`]),
      ]
      return `${lines.join('\r\n')}\r\n\r\n${body}`
    },
  }
}
