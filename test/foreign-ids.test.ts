// An id is a name and no right: whose it is decides who asks, on every route that takes one.
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from './harness.ts'

const bob = { ...ann, email_address: 'bob@example.com' }

/** Something that would change each resource, if it were one's own. */
const bodies: Record<string, object> = {
  'PATCH /v1/sessions/:id': { name: 'mine' },
  'PATCH /v1/projects/:id': { title: 'mine' },
}

test('what is somebody else’s is not found by any route, and nothing of it changes', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { id: keyId } = await createApiKey(server, token)
  const { session } = (await server.send('GET /v1/session', undefined, bearer(token))).body
  const created = await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  const ids: Record<string, string> = {
    '/v1/sessions/:id': session.id,
    '/v1/api_keys/:id': keyId,
    '/v1/projects/:id': created.body.project.id,
  }
  const bobs = await signUp(server, bob)
  await verifyAddress(server, bobs)
  const { token: bobsKey } = await createApiKey(server, bobs)
  const routes = tableOf(server)
  const named = routes.filter(({ path }) => path.includes('/:id'))
  expect(named.length).toBeGreaterThan(4)
  const snapshot = () =>
    Promise.all(
      ['sessions', 'api_keys', 'projects'].map((table) =>
        server.database.query(`SELECT * FROM ${table} ORDER BY id`),
      ),
    )
  const before = await snapshot()
  for (const { method, path } of named) {
    // A route with an id of another kind needs one of somebody else's here.
    const id = ids[path]
    expect([path, typeof id]).toEqual([path, 'string'])
    const line = `${method} ${path.replace(':id', String(id))}`
    const body = bodies[`${method} ${path}`]
    for (const credential of [bobs, bobsKey]) {
      const { status, body: said, text } = await server.send(line, body, bearer(credential))
      const isKey = credential === bobsKey
      const refusal = isKey && !path.startsWith('/v1/projects') ? 403 : 404
      expect([line, isKey, status]).toEqual([line, isKey, refusal])
      expect(text).not.toContain(ann.email_address)
      expect(said).not.toHaveProperty('project')
    }
    const own = await server.send(line, method === 'DELETE' ? undefined : body, bearer('nobody'))
    expect([line, own.status]).toEqual([line, 401])
  }
  expect(await snapshot()).toEqual(before)
  // What was refused to bob is there for ann.
  for (const { method, path } of named.filter(({ method }) => method !== 'DELETE')) {
    const line = `${method} ${path.replace(':id', String(ids[path]))}`
    const { status } = await server.send(line, bodies[`${method} ${path}`], bearer(token))
    expect([line, status]).toEqual([line, 200])
  }
})
