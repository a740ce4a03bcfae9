// What a single route of an application's own requires, whatever server it is in: a fresh session, or a scope.
import { createServer } from 'node:http'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import * as onExpress from 'latchkey/express'
import * as onFastify from 'latchkey/fastify'
import * as onHono from 'latchkey/hono'
import { type Auth, createGate, current, type GateOptions, nodeServer } from 'latchkey/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bearer, createApiKey, inCookie, signUp, startServer, verifyAddress } from '../harness.ts'
import { frontEnd, listen } from './mounts.ts'

const options = { corsOrigins: [frontEnd] }
const fresh = { ...options, access: 'fresh' } as const
const scoped: Scoped = { ...options, access: { scope: 'projects:read' } }

type Scoped = typeof options & { readonly access: onHono.ScopeAccess }

/** The same three routes in each: what says who asks accepts keys, what deletes is fresh, all else is closed. */
const kinds = {
  hono(auth: Auth, scoped: Scoped) {
    const list = new Hono().on(['GET', 'POST'], '/list', onHono.protect(auth, scoped), (c) => {
      const { user, session, apiKey } = c.var
      return c.json([user.emailAddress, session?.userId === user.id, apiKey?.name ?? null])
    })
    const app = new Hono<onHono.Protected>()
    app.route('/', list)
    app.use(onHono.protect(auth, options))
    app.get('/notes', (c) => c.text('notes'))
    app.delete('/notes', onHono.protect(auth, fresh), (c) => c.body(null, 204))
    return nodeServer(app)
  },
  async fastify(auth: Auth, scoped: Scoped) {
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(onFastify.protect, { auth, ...options })
    const config = { access: scoped.access }
    app.route({
      ...{ method: ['GET', 'POST'], url: '/list', config },
      handler: async ({ user }) => {
        const { session, apiKey } = current() ?? {}
        return [user.emailAddress, session?.userId === user.id, apiKey?.name ?? null]
      },
    })
    app.get('/notes', async () => 'notes')
    app.delete('/notes', { config: { access: 'fresh' } }, async (_request, reply) =>
      reply.code(204).send(),
    )
    await app.ready()
    return app.server
  },
  express(auth: Auth, scoped: Scoped) {
    const app = express()
    app.all('/list', onExpress.protect(auth, scoped), ({ user }, response) => {
      const { session, apiKey } = current() ?? {}
      response.json([user.emailAddress, session?.userId === user.id, apiKey?.name ?? null])
    })
    app.use(onExpress.protect(auth, options))
    app.get('/notes', (_request, response) => void response.send('notes'))
    app.delete(
      '/notes',
      onExpress.protect(auth, fresh),
      (_request, response) => void response.sendStatus(204),
    )
    return createServer(app)
  },
  fetch(auth: Auth, scoped: Scoped) {
    const list = createGate(auth, scoped).protect((_request, { user, session, apiKey }) =>
      Response.json([user.emailAddress, session?.userId === user.id, apiKey?.name ?? null]),
    )
    const notes = createGate(auth, options).protect(() => new Response('notes'))
    const remove = createGate(auth, fresh).protect(() => new Response(null, { status: 204 }))
    return nodeServer({
      fetch(request) {
        if (new URL(request.url).pathname === '/list') return list(request)
        return request.method === 'DELETE' ? remove(request) : notes(request)
      },
    })
  },
} as const

const names = ['hono', 'fastify', 'express', 'fetch'] as const

async function start(kind: (typeof names)[number], access = scoped.access) {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const keyFor = async (scope: string) =>
    bearer((await createApiKey(server, token, { scopes: [scope] })).token)
  const key = await keyFor('projects:read')
  const other = await keyFor('projects:write')
  const { send } = await listen(await kinds[kind](server.auth, { ...options, access }))
  return { server, token, own: bearer(token), key, other, send }
}

describe.each(names)('%s', (kind) => {
  test('a route with a scope lets in a session, and a key that has it', async () => {
    const { own, key, other, send } = await start(kind)
    const list = async (headers = {}) => {
      const { status, body } = await send('GET /list', undefined, headers)
      return status === 200 ? body : [status, body.code]
    }
    expect(await list(own)).toEqual(['ann@example.com', true, null])
    expect(await list(key)).toEqual(['ann@example.com', false, 'Nightly build'])
    expect(await list(other)).toEqual([403, 'insufficient_scope'])
    expect(await list()).toEqual([401, 'unauthenticated'])
    expect(await list(bearer('lkk_none'))).toEqual([401, 'invalid_token'])
    const lacking = await send('GET /list', undefined, other)
    expect(lacking.headers.get('www-authenticate')).toContain('scope="projects:read"')
  })

  test('a key opens no other route, and a key that was revoked none at all', async () => {
    const { server, key, own, send } = await start(kind)
    for (const line of ['GET /notes', 'DELETE /notes']) {
      const { status, body } = await send(line, undefined, key)
      expect([line, status, body.code]).toEqual([line, 403, 'insufficient_scope'])
    }
    expect((await send('GET /notes', undefined, own)).text).toBe('notes')
    await server.auth.revokeAllApiKeys()
    expect((await send('GET /list', undefined, key)).status).toBe(401)
  })

  test('a scope that is written into the access later opens nothing', async () => {
    const access = { scope: 'projects:read' }
    const { key, other, send } = await start(kind, access)
    access.scope = 'projects:write'
    const statuses = [key, other].map(async (by) => (await send('GET /list', undefined, by)).status)
    expect(await Promise.all(statuses)).toEqual([200, 403])
  })

  test('a fresh route wants the password of the last ten minutes', async () => {
    const { server, own, send } = await start(kind)
    expect((await send('DELETE /notes', undefined, own)).status).toBe(204)
    server.clock.advance({ minutes: 10 })
    const stale = await send('DELETE /notes', undefined, own)
    expect([stale.status, stale.body.code]).toEqual([403, 'fresh_authentication_required'])
    expect((await send('GET /notes', undefined, own)).status).toBe(200)
    const proof = { password_challenge: 'correct horse battery' }
    expect((await server.send('PUT /v1/session/freshness', proof, own)).status).toBe(200)
    expect((await send('DELETE /notes', undefined, own)).status).toBe(204)
    expect((await send('DELETE /notes')).status).toBe(401)
  })

  test('a cookie holds a session and no key, and a foreign page cannot act by it', async () => {
    const { token, key, send } = await start(kind)
    const { cookie } = inCookie(token)
    expect((await send('GET /list', undefined, { cookie })).status).toBe(200)
    const foreign = await send('POST /list', undefined, {
      cookie,
      origin: 'https://evil.example.com',
    })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'csrf'])
    const [, text = ''] = key.authorization.split(' ')
    expect((await send('GET /list', undefined, inCookie(text))).status).toBe(401)
  })
})

// Compiled with the tests.
test('options that have the names of their types are taken', async () => {
  const { auth } = await startServer()
  const middleware: onHono.ProtectOptions & onExpress.ProtectOptions = options
  const gate: GateOptions = options
  const app = new Hono().get('/', onHono.protect(auth, middleware), (c) => c.text(c.var.session.id))
  expect((await app.request('/')).status).toBe(401)
  expect(onExpress.protect(auth, middleware)).toBeInstanceOf(Function)
  const page = createGate(auth, gate).protect((_request, { session }) => new Response(session.id))
  expect((await page(new Request('https://api.example.com/'))).status).toBe(401)
})

test.each(['Fresh', 'public', { scope: 'projects:fly' }, {}, null])(
  'the access %j stops the start',
  async (access) => {
    const { auth } = await startServer()
    // As plain JavaScript would say it.
    const wrong = Object({ access })
    expect(() => onHono.protect(auth, wrong)).toThrow(RangeError)
    expect(() => onExpress.protect(auth, wrong)).toThrow(RangeError)
    expect(() => createGate(auth, wrong)).toThrow(RangeError)
  },
)

test.each([
  [{ access: 'session_or_key', scope: 'projects:read' }, /'session_or_key': .* { scope: /],
  [{ access: { scopes: ['projects:read'] } }, /{ scopes: \[ 'projects:read' \] }: .* { scope: /],
  ['fresh', /options such as { access: 'fresh' } after auth, not 'fresh'/],
  [null, /options such as .*, not null/],
])('who writes %j is told what there is', async (options, message) => {
  const { auth } = await startServer()
  // As plain JavaScript would say it.
  const wrong = JSON.parse(JSON.stringify(options))
  for (const close of [onHono.protect, onExpress.protect, createGate]) {
    expect(() => close(auth, wrong)).toThrow(message)
  }
})

test('who opens a route without a list is told that it is one', async () => {
  const { auth } = await startServer()
  const wrong = Object({ allowUnauthenticated: 'GET /welcome' })
  expect(() => onHono.protect(auth, wrong)).toThrow(/must be a list of names, not 'GET \/welcome'/)
})

test('in Express, what a key asks has no request.session, and to ask for it is a fault', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { token: key } = await createApiKey(server, token, { scopes: ['projects:read'] })
  const app = express()
  const faults: unknown[] = []
  app.get('/list', onExpress.protect(server.auth, scoped), ({ session }, response) => {
    response.json(session.id)
  })
  app.use(((error, _request, response, _next) => {
    faults.push(error.message)
    response.sendStatus(500)
  }) satisfies express.ErrorRequestHandler)
  const { send } = await listen(createServer(app))
  expect((await send('GET /list', undefined, bearer(key))).status).toBe(500)
  expect(faults).toEqual([expect.stringContaining('by an API key')])
  expect((await send('GET /list', undefined, bearer(token))).status).toBe(200)
})

test('in Express, a route that was opened by name can be closed again, and once more', async () => {
  const server = await startServer()
  const own = bearer(await signUp(server))
  const app = express()
  const { auth } = server
  app.use(onExpress.protect(auth, { allowUnauthenticated: ['GET /notes'] }))
  const closed = [onExpress.protect(auth), onExpress.protect(auth, fresh)]
  app.get('/notes', ...closed, ({ user, session }, response) => {
    response.json([user.emailAddress, session.userId === user.id])
  })
  const { send } = await listen(createServer(app))
  expect((await send('GET /notes')).status).toBe(401)
  expect((await send('GET /notes', undefined, own)).body).toEqual(['ann@example.com', true])
})
