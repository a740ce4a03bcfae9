import Fastify, { type FastifyInstance } from 'fastify'
import { createTestServer, type TestServer } from 'latchkey/testing'
import { testingDatabase } from '../../api/testing-database.ts'
import { mount } from './mount.ts'

/** Runs a test with its own app, an empty database, and a clock that the test moves. */
export async function withServer(run: (server: TestServer) => Promise<void>): Promise<void> {
  const listening: FastifyInstance[] = []
  const server = await createTestServer({
    ...testingDatabase,
    async app(auth) {
      const app = Fastify({ forceCloseConnections: true })
      listening.push(app)
      await mount(app, auth)
      app.get('/', async () => 'Welcome')
      app.get('/notes', async ({ user }) => ({ notes: [], of: user.emailAddress }))
      const origin = await app.listen({ host: '127.0.0.1', port: 0 })
      return { fetch: (request) => fetch(request.url.replace('http://localhost', origin), request) }
    },
  })
  try {
    await run(server)
  } finally {
    for (const app of listening) await app.close()
    await server.close()
  }
}
