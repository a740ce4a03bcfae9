// Latchkey in a Fastify app.
import Fastify, { type FastifyInstance } from 'fastify'
import { latchkey } from 'latchkey/fastify'
import { type AppOptions, type Auth, stopOnSignals } from 'latchkey/server'
import { openAuth } from './auth.ts'

export async function notes(auth: Auth, options: AppOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({ requestTimeout: 30_000 })
  await app.register(latchkey, { auth, ...options })
  app.get('/welcome', { config: { access: 'public' } }, async () => 'Welcome')
  app.get('/notes', async ({ user }) => ({ notes: [], of: user.emailAddress }))
  app.post('/notes', async ({ body }, reply) => reply.code(201).send({ note: body }))
  return app
}

if (import.meta.main) {
  const { auth, close } = await openAuth()
  const app = await notes(auth)
  app.addHook('onClose', close)
  console.log(await app.listen({ host: '127.0.0.1', port: 3000 }))
  stopOnSignals(app.server, { onClose: () => app.close() })
}
