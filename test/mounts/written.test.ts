// What latchkey generate authentication writes, mounted as it stands: the options reach Latchkey and your own routes.
import { createServer } from 'node:http'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import type { Protected } from 'latchkey/hono'
import { type AppOptions, type Auth, nodeServer } from 'latchkey/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as onExpress from '../../templates/authentication/express/mount.ts'
import * as onFastify from '../../templates/authentication/fastify/mount.ts'
import * as onHono from '../../templates/authentication/hono/mount.ts'
import { surround } from '../../templates/authentication/next/handlers.ts'
import { ann, bearer, startServer } from '../harness.ts'
import { byCookie } from '../http/cookie-session.ts'
import { frontEnd, listen } from './mounts.ts'

/** One route that is open, and one of each kind that is not. */
const kinds = {
  hono(auth: Auth, options: AppOptions) {
    const app = new Hono<Protected>()
    onHono.mount(app, auth, options)
    app.get('/', (c) => c.text('Welcome'))
    app.get('/notes', (c) => c.text(c.var.user.emailAddress))
    app.post('/notes', (c) => c.body(null, 204))
    return nodeServer(app)
  },
  express(auth: Auth, options: AppOptions) {
    const { authenticationRoutes, requireAuthentication } = onExpress.mount(auth, options)
    const app = express()
    app.use(authenticationRoutes, requireAuthentication)
    app.get('/', (_request, response) => void response.send('Welcome'))
    app.get('/notes', ({ user }, response) => void response.send(user.emailAddress))
    app.post('/notes', (_request, response) => void response.status(204).end())
    return createServer(app)
  },
  async fastify(auth: Auth, options: AppOptions) {
    const app = Fastify()
    onTestFinished(() => app.close())
    await onFastify.mount(app, auth, options)
    app.get('/', async () => 'Welcome')
    app.get('/notes', async ({ user }) => user.emailAddress)
    app.post('/notes', async (_request, reply) => reply.code(204).send())
    await app.ready()
    return app.server
  },
  next(auth: Auth, options: AppOptions) {
    const { answer, gate } = surround(auth, options)
    const notes = gate.protect(({ method }, { user }) =>
      method === 'POST' ? new Response(null, { status: 204 }) : new Response(user.emailAddress),
    )
    const fetch = async (request: Request) =>
      new URL(request.url).pathname === '/notes' ? notes(request) : answer(request)
    return nodeServer({ fetch })
  },
} as const

type Kind = keyof typeof kinds

// With a server that Next.js starts, nobody knows the address; it opens a route by not protecting it.
const listening: readonly Kind[] = ['hono', 'express', 'fastify']

async function start(kind: Kind, options: AppOptions) {
  const { auth } = await startServer()
  const quiet = { log: { info() {}, error() {} } }
  return listen(await kinds[kind](auth, { ...quiet, ...options }))
}

const modes = [
  ['development', 'session'],
  ['production', '__Host-session'],
] as const

describe.each(['hono', 'express', 'fastify', 'next'] as const)('%s', (kind) => {
  test.each(modes)(
    'in %s a session in a cookie opens your own routes too, to the pages that may use it',
    async (mode, name) => {
      const { send } = await start(kind, { mode, corsOrigins: [frontEnd] })
      const page = { origin: frontEnd, 'sec-fetch-site': 'same-site' }
      const signedUp = await send('POST /v1/registrations', byCookie, page)
      expect(signedUp.headers.get('access-control-allow-origin')).toBe(frontEnd)
      const [cookie = ''] = (signedUp.headers.get('set-cookie') ?? '').split(';')
      expect(cookie.split('=')[0]).toBe(name)
      expect((await send('GET /notes', undefined, { cookie })).text).toBe(ann.email_address)
      expect((await send('POST /notes', undefined, { ...page, cookie })).status).toBe(204)
      const hostile = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', cookie }
      const refused = await send('POST /notes', undefined, hostile)
      expect([refused.status, refused.body.code]).toEqual([403, 'csrf'])
    },
  )
})

describe.each(listening)('a server of %s', (kind) => {
  test('opens what is named, to GET and HEAD alone', async () => {
    const { send } = await start(kind, {})
    expect((await send('GET /')).text).toBe('Welcome')
    expect((await send('HEAD /')).status).toBe(200)
    for (const line of ['POST /', 'GET /notes', 'HEAD /notes', 'GET /nowhere']) {
      expect([line, (await send(line)).status]).toEqual([line, 401])
    }
  })

  test.each([
    ['that of the connection, whatever a client says', [], '127.0.0.1'],
    ['what a proxy says, where one is trusted', ['127.0.0.1'], '203.0.113.9'],
  ])('knows as the address of a client %s', async (_words, trustedProxies, address) => {
    const { send } = await start(kind, { trustedProxies })
    const said = { 'x-forwarded-for': '203.0.113.9' }
    const { token } = (await send('POST /v1/registrations', ann, said)).body
    const { body } = await send('GET /v1/session', undefined, bearer(token))
    expect(body.session.ip_address).toBe(address)
  })
})
