import { once } from 'node:events'
import type { Server } from 'node:http'
import express, { type Express } from 'express'
import type { Auth } from 'latchkey/server'
import { createTestServer, type TestServer } from 'latchkey/testing'
import { testingDatabase } from '../../api/testing-database.ts'
import { mount } from './mount.ts'

/** Runs a test with its own app, an empty database, and a clock that the test moves. */
export async function withServer(run: (server: TestServer) => Promise<void>): Promise<void> {
  const listening: Server[] = []
  const server = await createTestServer({
    ...testingDatabase,
    async app(auth) {
      const http = buildApp(auth).listen(0, '127.0.0.1')
      listening.push(http)
      await once(http, 'listening')
      const origin = `http://127.0.0.1:${Object(http.address()).port}`
      return { fetch: (request) => fetch(request.url.replace('http://localhost', origin), request) }
    },
  })
  try {
    await run(server)
  } finally {
    for (const http of listening) http.close().closeAllConnections()
    await server.close()
  }
}

function buildApp(auth: Auth): Express {
  const { authenticationRoutes, requireAuthentication } = mount(auth)
  const app = express()
  app.use(authenticationRoutes)
  app.use(express.json())
  app.use(requireAuthentication)
  app.get('/', (_request, response) => void response.send('Welcome'))
  app.get('/notes', ({ user }, response) => {
    response.json({ notes: [], of: user.emailAddress })
  })
  return app
}
