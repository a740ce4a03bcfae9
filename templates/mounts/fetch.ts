// Latchkey in a server without a framework, which turns a `Request` into a `Response`.
import {
  type AppOptions,
  type Auth,
  createGate,
  createHandler,
  type Fetch,
  serve,
} from 'latchkey/server'
import { openAuth } from './auth.ts'

export function notes(auth: Auth, options: AppOptions = {}): Fetch {
  const latchkey = createHandler(auth, options)
  const gate = createGate(auth, options)
  const list = gate.protect((_request, { user }) =>
    Response.json({ notes: [], of: user.emailAddress }),
  )
  const add = gate.protect(async (request) =>
    Response.json({ note: await request.json() }, { status: 201 }),
  )
  return {
    fetch(request, peer) {
      const { pathname } = new URL(request.url)
      switch (`${request.method} ${pathname}`) {
        case 'GET /welcome':
        case 'HEAD /welcome':
          return new Response('Welcome')
        case 'GET /notes':
        case 'HEAD /notes':
          return list(request)
        case 'POST /notes':
          return add(request)
        default:
          return latchkey(request, peer)
      }
    },
  }
}

if (import.meta.main) {
  const { auth, close } = await openAuth()
  await serve(notes(auth), { host: '127.0.0.1', port: 3000, onClose: close })
  console.log('http://localhost:3000')
}
