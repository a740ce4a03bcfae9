import { Hono } from 'hono'
import type { Protected } from 'latchkey/hono'
import { createTestServer, type TestServer } from 'latchkey/testing'
import { testingDatabase } from '../../api/testing-database.ts'
import { mount } from './mount.ts'

/** Runs a test with its own app, an empty database, and a clock that the test moves. */
export async function withServer(run: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await createTestServer({
    ...testingDatabase,
    app(auth) {
      const app = new Hono<Protected>()
      mount(app, auth)
      app.get('/', (c) => c.text('Welcome'))
      app.get('/notes', (c) => c.json({ notes: [], of: c.var.user.emailAddress }))
      return app
    },
  })
  try {
    await run(server)
  } finally {
    await server.close()
  }
}
