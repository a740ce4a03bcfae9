import { deepEqual, equal } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  createApiKey,
  createTestServer,
  logInAs,
  type TestServer,
  verifyAddress,
} from 'latchkey/testing'
import { testOptions } from './testing.ts'

const path = '/v1/projects'
const scopes = {
  read: 'projects:read',
  write: 'projects:write',
}
const sent = {
  title: 'Garden',
  description: 'Beans, peas\nand a shed',
}
const changed = {
  title: 'Kitchen',
  description: null,
}
const refused = {
  title: 5,
}

type Headers = Readonly<Record<string, string>>

test('a project is created, shown, listed, changed and deleted', async (context) => {
  const server = await startServer(context)
  const { headers } = await logInAs(server.app)
  const created = await create(server, headers)
  const { id, created_at, updated_at, ...rest } = created
  deepEqual(rest, sent)
  equal(created_at, updated_at)
  const one = `${path}/${id}`
  const shown = await ask(server, `GET ${one}`, { headers })
  deepEqual(shown, [200, { project: created }])
  deepEqual(await list(server, headers), [created])

  server.clock.advance({ minutes: 1 })
  const [status, body] = await ask(server, `PATCH ${one}`, { headers, body: changed })
  equal(status, 200)
  const now = body.project
  deepEqual(now, { ...created, ...changed, updated_at: now.updated_at })
  equal(now.updated_at > updated_at, true)

  deepEqual(await ask(server, `DELETE ${one}`, { headers }), [204, null])
  equal((await ask(server, `GET ${one}`, { headers }))[0], 404)
  deepEqual(await list(server, headers), [])
})

test('an invalid field is refused when a project is created, and when it is changed', async (context) => {
  const server = await startServer(context)
  const { headers } = await logInAs(server.app)
  equal((await ask(server, `POST ${path}`, { headers, body: { ...sent, ...refused } }))[0], 422)
  deepEqual(await list(server, headers), [])
  const created = await create(server, headers)
  equal((await ask(server, `PATCH ${path}/${created.id}`, { headers, body: refused }))[0], 422)
  deepEqual(await list(server, headers), [created])
})

test('only its owner can see, change or delete a project', async (context) => {
  const server = await startServer(context)
  const [ann, bob] = [await logInAs(server.app), await logInAs(server.app)]
  const created = await create(server, ann.headers)
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    equal((await ask(server, `${method} ${path}/${created.id}`, { headers: bob.headers }))[0], 404)
    equal((await ask(server, `${method} ${path}/${created.id}`, { headers: {} }))[0], 401)
  }
  deepEqual(await list(server, bob.headers), [])
  deepEqual(await list(server, ann.headers), [created])
})

test('the list is paginated, oldest first', async (context) => {
  const server = await startServer(context)
  const { headers } = await logInAs(server.app)
  const created = []
  for (let count = 0; count < 3; count += 1) created.push(await create(server, headers))
  const [, first] = await ask(server, `GET ${path}?limit=2`, { headers })
  deepEqual(first.projects, created.slice(0, 2))
  const [, second] = await ask(server, `GET ${path}?cursor=${first.next_cursor}`, { headers })
  deepEqual(second, { projects: created.slice(2), next_cursor: null })
})

test('an API key can do what its scope allows, and nothing else', async (context) => {
  const server = await startServer(context)
  const ann = await logInAs(server.app)
  await verifyAddress(server, ann)
  const reader = await createApiKey(server.app, ann, { scopes: [scopes.read] })
  const writer = await createApiKey(server.app, ann, { scopes: [scopes.write] })
  const created = await create(server, writer.headers)
  equal((await ask(server, `GET ${path}`, { headers: writer.headers }))[0], 403)
  equal((await ask(server, `POST ${path}`, { headers: reader.headers, body: sent }))[0], 403)
  equal((await ask(server, `DELETE ${path}/${created.id}`, { headers: reader.headers }))[0], 403)
  deepEqual(await list(server, reader.headers), [created])
})

test('deleting a user deletes their rows, and nobody else’s', async (context) => {
  const server = await startServer(context)
  const [ann, bob] = [await logInAs(server.app), await logInAs(server.app)]
  await create(server, ann.headers)
  const { id } = await create(server, bob.headers)
  const confirmed = { password_challenge: ann.password }
  equal((await ask(server, 'DELETE /v1/user', { headers: ann.headers, body: confirmed }))[0], 204)
  deepEqual(await server.database.query('SELECT id FROM projects'), [[id]])
})

async function create(server: TestServer, headers: Headers) {
  const [status, body] = await ask(server, `POST ${path}`, { headers, body: sent })
  equal(status, 201)
  return body.project
}

async function list(server: TestServer, headers: Headers) {
  const [status, body] = await ask(server, `GET ${path}`, { headers })
  equal(status, 200)
  return body.projects
}

async function ask(server: TestServer, line: string, { headers, body }: Asked) {
  const [method = '', target = ''] = line.split(' ')
  const json = { ...headers, 'content-type': 'application/json' }
  const init = body ? { method, headers: json, body: JSON.stringify(body) } : { method, headers }
  const answer = await server.app.request(target, init)
  const text = await answer.text()
  return [answer.status, text === '' ? null : JSON.parse(text)]
}

interface Asked {
  readonly headers: Headers
  readonly body?: object
}

async function startServer(context: TestContext): Promise<TestServer> {
  const server = await createTestServer(testOptions)
  context.after(() => server.close())
  return server
}
