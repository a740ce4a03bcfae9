// Latchkey in a Hono app.
import { Hono } from 'hono'
import { type Protected, protect } from 'latchkey/hono'
import { type AppOptions, type Auth, createApp, serve } from 'latchkey/server'
import { openAuth } from './auth.ts'

export function notes(auth: Auth, options: AppOptions = {}): Hono<Protected> {
  const app = new Hono<Protected>()
  app.route('/', createApp(auth, options))
  app.use(protect(auth, { ...options, allowUnauthenticated: ['GET /welcome'] }))
  app.get('/welcome', (c) => c.text('Welcome'))
  app.get('/notes', (c) => c.json({ notes: [], of: c.var.user.emailAddress }))
  app.post('/notes', async (c) => c.json({ note: await c.req.json() }, 201))
  return app
}

if (import.meta.main) {
  const { auth, close } = await openAuth()
  await serve(notes(auth), { host: '127.0.0.1', port: 3000, onClose: close })
  console.log('http://localhost:3000')
}
