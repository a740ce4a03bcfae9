// What is Express's own: middleware in its order, paths below others, a body that was read before.

import { createServer, type IncomingMessage, ServerResponse } from 'node:http'
import { nextTick } from 'node:process'
import { setTimeout as later } from 'node:timers/promises'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { latchkey, protect } from 'latchkey/express'
import { current } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, read, signUp, startServer } from '../harness.ts'
import { listen } from './mounts.ts'

const listenTo = (app: Express) => listen(createServer(app))

test.each([
  ['express.json()', express.json(), 'application/json'],
  ['express.urlencoded()', express.urlencoded(), 'application/x-www-form-urlencoded'],
  ['qs', express.urlencoded({ extended: true }), 'application/x-www-form-urlencoded'],
  ['express.text()', express.text({ type: '*/*' }), 'application/json'],
  ['express.raw()', express.raw({ type: '*/*' }), 'application/json'],
])('a body that %s has read before is still there', async (_name, parser, type) => {
  const { auth } = await startServer()
  const app = express()
  app.use(parser)
  app.use(latchkey(auth))
  const { send } = await listenTo(app)
  const isForm = type.includes('form')
  const bodyOf = (fields: Record<string, string>) =>
    isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields)
  const post = (line: string, fields: Record<string, string>) =>
    send(line, bodyOf(fields), { 'content-type': type })
  expect((await post('POST /v1/registrations', ann)).status).toBe(201)
  expect((await post('POST /v1/session', ann)).status).toBe(200)
  expect((await post('POST /v1/session', { ...ann, password: 'another' })).status).toBe(401)
  const long = { ...ann, password: 'x'.repeat(70_000) }
  expect((await post('POST /v1/session', long)).status).toBe(413)
  expect((await send('POST /v1/registrations')).status).toBe(422)
})

test('a body that is to be read as text is a body', async () => {
  const { auth } = await startServer()
  const app = express()
  app.use((request, _response, next) => {
    request.setEncoding('utf8')
    next()
  })
  app.use(latchkey(auth))
  const { send } = await listenTo(app)
  const json = { 'content-type': 'application/json' }
  expect((await send('POST /v1/registrations', JSON.stringify(ann), json)).status).toBe(201)
})

test('of a form that was read before, fields count as they do otherwise', async () => {
  const { auth } = await startServer()
  const statusesIn = async (app: Express) => {
    app.use(latchkey(auth))
    const { send } = await listenTo(app)
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
    const person = new URLSearchParams(ann).toString()
    const statuses = []
    for (const body of [`${person}&password=other`, `password=other&${person}`, 'password[a]=b']) {
      statuses.push((await send('POST /v1/session', body, asForm)).status)
    }
    return statuses
  }
  await auth.signUp({ emailAddress: ann.email_address, password: ann.password })
  const expected = await statusesIn(express())
  expect(expected.slice(0, 2)).toEqual([401, 200])
  expect(await statusesIn(express().use(express.urlencoded()))).toEqual(expected)
  expect(await statusesIn(express().use(express.urlencoded({ extended: true })))).toEqual(expected)
})

test('a body that is gone is a fault with a sentence, and nobody waits for it', async () => {
  const { auth } = await startServer()
  const faults: unknown[] = []
  const app = express()
  app.use((request, _response, next) => void request.resume().on('end', next))
  app.use(latchkey(auth))
  app.use(noting(faults))
  const { send } = await listenTo(app)
  expect((await send('POST /v1/session', ann)).status).toBe(500)
  expect(faults).toEqual([
    expect.stringMatching(/app\.use\(latchkey\(auth\)\) before what reads it/),
  ])
  expect((await send('GET /v1/session')).status).toBe(401)
})

test('below a path there are Latchkey’s routes alone, and protect opens whole paths', async () => {
  const { auth } = await startServer()
  const app = express()
  app.use('/auth', latchkey(auth))
  app.get('/free', (_request, response) => void response.send('free'))
  app.use('/api', protect(auth, { allowUnauthenticated: ['GET /api/welcome', 'GET /notes'] }))
  app.get('/api/welcome', (_request, response) => void response.send('welcome'))
  app.get('/api/notes', ({ user }, response) => void response.send(user.emailAddress))
  const { send } = await listenTo(app)
  const { body } = await send('POST /auth/v1/registrations', ann)
  const own = bearer(body.token)
  const statusOf = async (line: string, headers = {}) =>
    (await send(line, undefined, headers)).status
  expect(await statusOf('GET /auth/v1/session', own)).toBe(200)
  expect(await statusOf('PUT /auth/v1/session', own)).toBe(405)
  expect(await statusOf('GET /v1/session', own)).toBe(404)
  expect(await statusOf('GET /auth/notes', own)).toBe(404)
  expect([await statusOf('GET /free'), await statusOf('GET /api/welcome')]).toEqual([200, 200])
  // However the router reads them.
  for (const path of [
    '/API/welcome',
    '/api/Welcome',
    '/api/welcome/',
    '/api/notes',
    '/API/NOTES/',
  ]) {
    expect([path, await statusOf(`GET ${path}`)]).toEqual([path, 401])
    expect([path, await statusOf(`GET ${path}`, own)]).toEqual([path, 200])
  }
})

test('on a route that is opened there is nobody, and to ask the request for them is a fault', async () => {
  const { auth, ...server } = await startServer()
  const own = bearer(await signUp({ auth, ...server }))
  const faults: unknown[] = []
  const app = express()
  app.use(protect(auth, { allowUnauthenticated: ['GET /user', 'GET /session', 'GET /current'] }))
  app.get('/user', ({ user }, response) => void response.json(user))
  app.get('/session', ({ session }, response) => void response.json(session))
  app.get('/current', (_request, response) => void response.json({ current: current() }))
  app.use(noting(faults))
  const { send } = await listenTo(app)
  expect((await send('GET /user', undefined, own)).status).toBe(500)
  expect((await send('GET /session', undefined, own)).status).toBe(500)
  expect(faults).toEqual([
    expect.stringContaining('no request.user'),
    expect.stringContaining('no request.session'),
  ])
  expect((await send('GET /current', undefined, own)).body).toEqual({ current: null })
})

test('current() is whose request it is, also behind a body', async () => {
  const { auth, ...server } = await startServer()
  const app = express()
  app.use(protect(auth), express.json({ limit: '1mb' }))
  app.post('/notes', async ({ user, body }, response) => {
    await later(1)
    response.json({ index: body.index, of: user.emailAddress, seen: current()?.user.emailAddress })
  })
  const { url } = await listenTo(app)
  const people = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
  const tokens = await Promise.all(
    people.map((email_address) => signUp({ auth, ...server }, { ...ann, email_address })),
  )
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const headers = { ...bearer(tokens[index % 10] ?? ''), 'content-type': 'application/json' }
      const body = JSON.stringify({ index, padding: 'x'.repeat(100_000) })
      return (await read(await fetch(`${url}/notes`, { method: 'POST', headers, body }))).body
    }),
  )
  expect(answers).toEqual(
    answers.map((_, index) => {
      const of = people[index % 10]
      return { index, of, seen: of }
    }),
  )
})

test('what is broken reaches the error handler of the app, and not the route', async () => {
  const { auth, ...server } = await startServer()
  const own = bearer(await signUp({ auth, ...server }))
  const faults: unknown[] = []
  const reached: string[] = []
  const app = express()
  app.use(protect(auth))
  app.get('/notes', ({ path }) => void reached.push(path))
  app.use(noting(faults))
  const { send } = await listenTo(app)
  auth.config.store.findSession = async () => {
    throw new TypeError('a fault')
  }
  expect((await send('GET /notes', undefined, own)).status).toBe(500)
  expect([faults, reached]).toEqual([['a fault'], []])
})

function noting(faults: unknown[]): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    faults.push(error.message)
    response.status(500).end()
  }
}

test('a body that is nested thousands deep is refused, whoever has read it before', async () => {
  const { auth } = await startServer()
  const app = express()
  app.use(express.json({ limit: '1mb' }), latchkey(auth))
  const { send } = await listenTo(app)
  const deep = `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`
  const reply = await send('POST /v1/session', deep, { 'content-type': 'application/json' })
  // Node 24 cannot write it out again for Latchkey to read. From 25 on Node can, and the fields are missing.
  const refusals = ['400 invalid_request', '422 validation_failed']
  expect(refusals).toContain(`${reply.status} ${reply.body.code}`)
})

test('a body that is nested thousands deep is not refused where something else has answered', async () => {
  const { auth } = await startServer()
  const faults: unknown[] = []
  const app = express().use(express.json({ limit: '1mb' }))
  app.use((_request, response, next) => {
    response.status(503).end('too late')
    next()
  })
  app.use(latchkey(auth), noting(faults))
  const { send } = await listenTo(app)
  const deep = `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`
  const reply = await send('POST /v1/session', deep, { 'content-type': 'application/json' })
  expect([reply.status, reply.text, faults]).toEqual([503, 'too late', []])
})

test('what was answered in front of protect is not done, waits for no turn, and does not cut its connection', async () => {
  const server = await startServer()
  const { authorization } = bearer(await signUp(server))
  const app = express()
  app.use((_request, response, next) => {
    response.once('close', () => next())
    response.status(503).end()
  })
  app.use(protect(server.auth))
  let reached = 0
  app.get('/notes', () => {
    reached++
  })
  const { exchange } = await listenTo(app)
  const head = `GET /notes HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`
  const answer = await exchange(`${`${head}\r\n`.repeat(39)}${head}Connection: close\r\n\r\n`)
  expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(Array(40).fill('HTTP/1.1 503'))
  expect(reached).toBe(0)
})

test('nor is what was answered while it waits', async () => {
  const server = await startServer()
  const own = bearer(await signUp(server))
  const app = express()
  app.get('/notes', (_request, response, next) => {
    nextTick(() => response.writeHead(503).end())
    next()
  })
  app.use(protect(server.auth))
  let reached = 0
  app.get('/notes', () => {
    reached++
  })
  const { send } = await listenTo(app)
  expect((await send('GET /notes', undefined, own)).status).toBe(503)
  expect((await send('GET /', undefined, own)).status).toBe(404)
  expect(reached).toBe(0)
})

test('whoever opens a WebSocket is let in, with an answer that was made by hand', async () => {
  const server = await startServer()
  const { authorization } = bearer(await signUp(server))
  const app = express().use(protect(server.auth))
  app.use(({ socket, user }) => void socket.end(`HTTP/1.1 101 For ${user.emailAddress}\r\n\r\n`))
  const http = createServer(app)
  http.on('upgrade', (request: IncomingMessage) => app(request, new ServerResponse(request)))
  const { exchange } = await listen(http)
  const head = `GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`
  expect(await exchange(`${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)).toBe(
    `HTTP/1.1 101 For ${ann.email_address}\r\n\r\n`,
  )
})
