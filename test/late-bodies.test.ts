// A request that was let in, and whose body comes when the session has ended: nothing of it happens.
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  bearer,
  createApiKey,
  read,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from './harness.ts'

/** Sends a body that comes so much later, when something has happened. */
async function sendLate(
  { app }: Server,
  token: string,
  { act, milliseconds }: { act: () => Promise<unknown>; milliseconds: number },
) {
  const ahead = { by: 0 }
  const now = performance.now.bind(performance)
  const moved = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead.by)
  onTestFinished(() => moved.mockRestore())
  const body = new ReadableStream({
    async pull(controller) {
      await act()
      ahead.by += milliseconds
      controller.enqueue(new TextEncoder().encode('{"title":"Late"}'))
      controller.close()
    },
  })
  const headers = { ...bearer(token), 'content-type': 'application/json' }
  const init: RequestInit = { method: 'POST', headers, body, duplex: 'half' }
  return read(await app.request('/v1/projects', init))
}

const late = 1_001

test.each([
  [
    'a log-out',
    (server: Server, token: string) => server.send('DELETE /v1/session', undefined, bearer(token)),
  ],
  [
    'a ban',
    async ({ auth }: Server, token: string) => {
      const found = await auth.authenticate(token)
      await auth.banUser(found?.user.id ?? '')
    },
  ],
])('what comes behind %s is refused, and nothing is written', async (_ending, end) => {
  const server = await startServer()
  const token = await signUp(server)
  const act = () => end(server, token)
  const { status, body } = await sendLate(server, token, { act, milliseconds: late })
  expect([status, body.code]).toEqual([401, 'invalid_token'])
  expect(await server.database.query('SELECT id FROM projects')).toEqual([])
})

test('so is what comes with an API key that was revoked meanwhile', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  const act = () => server.send(`DELETE /v1/api_keys/${key.id}`, undefined, bearer(token))
  const { status, body } = await sendLate(server, key.token, { act, milliseconds: late })
  expect([status, body.code]).toEqual([401, 'invalid_token'])
  expect(await server.database.query('SELECT id FROM projects')).toEqual([])
})

test('a body that is slow, and whose session lives, is taken', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { status } = await sendLate(server, token, { act: async () => {}, milliseconds: 9_000 })
  expect(status).toBe(201)
})
