// Latchkey in an Express app.
import express, { type Express } from 'express'
import { latchkey, protect } from 'latchkey/express'
import { type AppOptions, type Auth, stopOnSignals } from 'latchkey/server'
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
  stopOnSignals(server, { onClose: close })
  console.log('http://localhost:3000')
}
