// A request that was let in, and whose body comes when the session has ended: nothing of it happens.
import { expect, test, vi } from 'vitest'
import {
  bearer,
  createApiKey,
  read,
  type Server,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'

/** Sends a body that comes so much later, when something has happened. */
async function sendLate(
  { app }: Server,
  token: string,
  { act, milliseconds }: { act: () => Promise<unknown>; milliseconds: number },
) {
  const ahead = { by: 0 }
  const now = performance.now.bind(performance)
  const moved = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead.by)
  // Nothing of it comes before it is asked for.
  const unasked = { highWaterMark: 0 }
  const body = new ReadableStream(
    {
      async pull(controller) {
        await act()
        ahead.by += milliseconds
        controller.enqueue(new TextEncoder().encode('{"title":"Late"}'))
        controller.close()
      },
    },
    unasked,
  )
  const headers = { ...bearer(token), 'content-type': 'application/json' }
  const init: RequestInit = { method: 'POST', headers, body, duplex: 'half' }
  try {
    return await read(await app.request('/v1/projects', init))
  } finally {
    moved.mockRestore()
  }
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

test('so is what comes when the session or the key has expired', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  for (const each of [token, key.token]) {
    const act = async () => server.clock.advance({ hours: 24 * 400 })
    const { status, body } = await sendLate(server, each, { act, milliseconds: late })
    expect([status, body.code]).toEqual([401, 'invalid_token'])
    server.clock.advance({ hours: -24 * 400 })
  }
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

test('a body that is slow, and whose session lives, is taken, also with a token that is another by now', async () => {
  const server = await startServer()
  const { auth, database } = server
  const token = await signUp(server)
  const transaction = vi.spyOn(auth.config.store, 'transaction')
  const prompt = { act: async () => {}, milliseconds: 900 }
  expect((await sendLate(server, token, prompt)).status).toBe(201)
  expect(transaction).not.toHaveBeenCalled()
  const act = () => server.send('PUT /v1/session/token', {}, bearer(token))
  expect((await sendLate(server, token, { act, milliseconds: 9_000 })).status).toBe(201)
  // The rotation, and the look at the session.
  expect(transaction).toHaveBeenCalledTimes(2)
  expect(await database.query('SELECT title FROM projects')).toEqual([['Late'], ['Late']])
})

test('a slow body counts once against the limit of its API key', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  const count = vi.spyOn(server.auth.config.apiKeyLimit, 'count')
  const slow = { act: async () => {}, milliseconds: late }
  expect((await sendLate(server, key.token, slow)).status).toBe(201)
  expect(count).toHaveBeenCalledTimes(1)
})
