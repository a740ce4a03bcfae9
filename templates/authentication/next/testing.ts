import { createTestServer, type TestServer } from 'latchkey/testing'
import { testingDatabase } from '../../api/testing-database.ts'
import { surround } from './handlers.ts'

/** Runs a test with its own handlers, an empty database, and a clock that the test moves. */
export async function withServer(run: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await createTestServer({
    ...testingDatabase,
    app(auth) {
      const { answer, gate } = surround(auth)
      const list = gate.protect((_request, { user }) =>
        Response.json({ notes: [], of: user.emailAddress }),
      )
      return {
        fetch(request) {
          const { pathname } = new URL(request.url)
          if (pathname === '/') return new Response('Welcome')
          return pathname === '/notes' ? list(request) : answer(request)
        },
      }
    },
  })
  try {
    await run(server)
  } finally {
    await server.close()
  }
}
