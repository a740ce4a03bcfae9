import { deepEqual, equal } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type App, createApp, createAuth, createStore, migrate } from 'latchkey/server'
import { logInAs, movableClock } from 'latchkey/testing'
import { openDatabase } from './database.ts'
import { routes, scopes } from './routes.ts'

test('a project is its owner’s alone', async (context) => {
  const { app } = await open(context)
  const [ann, bob] = [await logInAs(app), await logInAs(app)]
  const body = new URLSearchParams({ title: 'Garden' })
  const created = await app.request('/v1/projects', { method: 'POST', body, headers: ann.headers })
  equal(created.status, 201)
  const { project } = Object(await created.json())
  equal(project.created_at, '2026-01-01T12:00:00.000Z')
  const path = `/v1/projects/${project.id}`
  equal((await app.request(path, { headers: ann.headers })).status, 200)
  equal((await app.request(path, { headers: bob.headers })).status, 404)
  equal((await app.request(path)).status, 401)
  const list = await app.request('/v1/projects', { headers: bob.headers })
  deepEqual(await list.json(), { projects: [], next_cursor: null })
})

test('whoever has not come back for thirty days logs in again', async (context) => {
  const { app, clock } = await open(context)
  const { headers } = await logInAs(app)
  clock.advance({ days: 30 })
  equal((await app.request('/v1/projects', { headers })).status, 401)
})

async function open(
  context: TestContext,
): Promise<{ app: App; clock: ReturnType<typeof movableClock> }> {
  const folder = await mkdtemp(join(tmpdir(), 'projects-'))
  const { database, migrations } = await openDatabase(`sqlite:${join(folder, 'test.sqlite3')}`)
  context.after(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
  await migrate(database, migrations)
  const clock = movableClock()
  const auth = createAuth({ store: createStore(database), clock, apiKeys: { scopes } })
  return { app: createApp(auth, { routes: routes(database) }), clock }
}
