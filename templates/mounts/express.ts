// Latchkey in an Express app.
import { once } from 'node:events'
import express, { type Express } from 'express'
import { latchkey, protect } from 'latchkey/express'
import type { AppOptions, Auth } from 'latchkey/server'
import { openAuth } from './auth.ts'

export function notes(auth: Auth, options: AppOptions = {}): Express {
  const app = express()
  app.use(latchkey(auth, options))
  app.use(protect(auth, { ...options, allowUnauthenticated: ['GET /welcome'] }))
  app.use(express.json())
  app.get('/welcome', (_request, response) => void response.send('Welcome'))
  app.get('/notes', ({ user }, response) => {
    response.json({ notes: [], of: user.emailAddress })
  })
  app.post('/notes', ({ body }, response) => void response.status(201).json({ note: body }))
  return app
}

if (import.meta.main) {
  const { auth, close } = await openAuth()
  const server = notes(auth).listen(3000, '127.0.0.1')
  console.log('http://localhost:3000')
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await once(server.close(), 'close')
  await close()
}
