// What a handler of one's own is promised, by the access of its route.
import { test } from 'vitest'
import { compile, packageFolder } from '../guides/guide.ts'

const head = `
import { Hono } from 'hono'
import { type ProtectOptions, type RouteAccess, protect } from 'latchkey/hono'
import { type Auth, createGate, type GateOptions } from 'latchkey/server'
`

const chosen = `${head}
export function list(auth: Auth, access: RouteAccess, options: ProtectOptions<RouteAccess>) {
  const app = new Hono()
  app.get('/chosen', protect(auth, { access }), (c) => c.json(c.var.session?.id ?? c.var.apiKey?.id))
  return app.get('/passed', protect(auth, options), (c) => c.json(c.var.apiKey?.name ?? null))
}

export function gates(auth: Auth, access: RouteAccess, options: GateOptions<RouteAccess>) {
  const chosen = createGate(auth, { access })
  const passed = createGate(auth, options)
  return [chosen, passed].map((gate) => gate.protect((_request, { apiKey }) => Response.json(apiKey?.name)))
}
`

const named = `
import express, { type Express, type RequestHandler } from 'express'
import { protect } from 'latchkey/express'
import type { Auth } from 'latchkey/server'

export function notes(auth: Auth): Express {
  const app = express()
  app.delete('/notes/:id', protect(auth, { access: 'fresh' }), express.json(), ({ params, user }, response) => {
    const id: string = params.id
    response.json([id, user.id])
  })
  app.route('/files/:name').all(protect(auth)).get(({ params: { name } }, response) => void response.send(name.trim()))
  const handler: RequestHandler = protect(auth)
  return app.use('/own', [handler, protect(auth)], protect(auth), express.Router().use(protect(auth)))
}
`

test('an access that is known only when the server starts may be that of a key', async () => {
  await compile(packageFolder({ 'chosen.ts': chosen }))
}, 60_000)

test('in Express, a path gives its parameters their types also behind protect', async () => {
  await compile(packageFolder({ 'named.ts': named }))
}, 60_000)
