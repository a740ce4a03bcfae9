// What a request finds when its wait for the others of its batch is over (decision 36), in the server frameworks.
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import { nextTick } from 'node:process'
import express, { type ErrorRequestHandler } from 'express'
import Fastify from 'fastify'
import * as expressMount from 'latchkey/express'
import * as fastifyMount from 'latchkey/fastify'
import type { Auth } from 'latchkey/server'
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
  const tellFault: ErrorRequestHandler = ({ message }, _request, _response, _next) => tell(message)
  return createServer(app.use(tellFault))
}

const onFastify: Serve = async (auth, tell) => {
  const app = Fastify()
  onTestFinished(() => app.close())
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
})

async function start(serve: Serve) {
  const server = await startServer()
  const own = await signUp(server)
  const told: unknown[] = []
  const http = await serve(server.auth, (what) => told.push(what))
  const { exchange } = await listen(http)
  return {
    told,
    http,
    exchange,
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
