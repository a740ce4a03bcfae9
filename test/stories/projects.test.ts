import { expect, test } from 'vitest'
import { ann, bearer, read, type Server, signUp, startServer } from '../harness.ts'

const bob = { email_address: 'bob@example.com', password: 'battery horse correct' }
const nowhere = '00000000-0000-7000-8000-000000000000'

async function as(server: Server, person = ann) {
  const headers = bearer(await signUp(server, person))
  return (line: string, body?: unknown) => server.send(line, body, headers)
}

test('a project is created, read, changed and deleted by its owner', async () => {
  const send = await as(await startServer())
  const created = await send('POST /v1/projects', { title: 'First' })
  expect(created.status).toBe(201)
  const { project } = created.body
  expect(project).toEqual({
    id: expect.any(String),
    title: 'First',
    description: null,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updated_at: project.created_at,
  })
  const path = `/v1/projects/${project.id}`
  expect((await send(`GET ${path}`)).body).toEqual({ project })
  const changed = await send(`PATCH ${path}`, { description: 'why' })
  expect(changed.body.project).toMatchObject({ title: 'First', description: 'why' })
  const cleared = await send(`PATCH ${path}`, { description: null, title: 'Second' })
  expect(cleared.body.project).toMatchObject({ title: 'Second', description: null })
  expect((await send('GET /v1/projects')).body.projects).toEqual([cleared.body.project])
  const deleted = await send(`DELETE ${path}`)
  expect([deleted.status, deleted.text]).toEqual([204, ''])
  expect((await send(`GET ${path}`)).status).toBe(404)
  expect((await send(`DELETE ${path}`)).status).toBe(404)
})

test('another user’s project does not exist, and is not changed by asking', async () => {
  const server = await startServer()
  const asAnn = await as(server)
  const asBob = await as(server, bob)
  const { project } = (await asAnn('POST /v1/projects', { title: 'Mine' })).body
  const path = `/v1/projects/${project.id}`
  const theirs = await asBob(`GET ${path}`)
  const none = await asBob(`GET /v1/projects/${nowhere}`)
  expect([theirs.status, none.status]).toEqual([404, 404])
  expect({ ...theirs.body, request_id: '' }).toEqual({ ...none.body, request_id: '' })
  expect((await asBob(`PATCH ${path}`, { title: 'Stolen' })).status).toBe(404)
  expect((await asBob(`DELETE ${path}`)).status).toBe(404)
  expect((await asBob('GET /v1/projects')).body.projects).toEqual([])
  expect((await asAnn(`GET ${path}`)).body).toEqual({ project })
})

test('two changes at once are both made, and one beside a deletion is made or finds nothing', async () => {
  const send = await as(await startServer())
  for (let round = 0; round < 20; round += 1) {
    const { project } = (await send('POST /v1/projects', { title: 'First' })).body
    const path = `/v1/projects/${project.id}`
    const change = (body: object) => send(`PATCH ${path}`, body)
    await Promise.all([change({ title: 'Second' }), change({ description: 'why' })])
    const found = (await send(`GET ${path}`)).body.project
    expect(found).toMatchObject({ title: 'Second', description: 'why' })
    const [changed, deleted] = await Promise.all([
      change({ title: 'Third' }),
      send(`DELETE ${path}`),
    ])
    expect([200, 404]).toContain(changed.status)
    expect(deleted.status).toBe(204)
  }
})

test('an owner who is deleted while the body is read gets no project, and it is no fault', async () => {
  const server = await startServer()
  const { app, database } = server
  const headers = { ...bearer(await signUp(server)), 'content-type': 'application/json' }
  // The sender is let in before the body is read.
  const body = new ReadableStream(
    {
      async pull(controller) {
        await database.transaction((transaction) => transaction.query('DELETE FROM users'))
        controller.enqueue(new TextEncoder().encode('{"title":"Garden"}'))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const init = { method: 'POST', headers, body, duplex: 'half' } as const
  const { status, body: said } = await read(await app.request('/v1/projects', init))
  expect([status, said.code]).toEqual([401, 'invalid_token'])
  expect(await database.query('SELECT id FROM projects')).toEqual([])
})

test('an owner named in the body does not become the owner', async () => {
  const server = await startServer()
  const asAnn = await as(server)
  const asBob = await as(server, bob)
  const { user } = (await asBob('GET /v1/session')).body
  await asAnn('POST /v1/projects', { title: 'Mine', user_id: user.id, userId: user.id })
  expect((await asBob('GET /v1/projects')).body.projects).toEqual([])
  expect((await asAnn('GET /v1/projects')).body.projects).toHaveLength(1)
})

test.each([
  ['no title', {}, "Title can't be blank"],
  ['a blank title', { title: ' ' }, "Title can't be blank"],
  ['a title of another type', { title: 7 }, 'Title must be a string'],
  ['201 characters', { title: '😀'.repeat(201) }, 'Title is too long (maximum is 200 characters)'],
  ['a NUL', { title: 'a\0b' }, 'Title is invalid'],
  ['a lone surrogate', { title: '\ud800' }, 'Title is invalid'],
  ['a list as description', { title: 'a', description: [] }, 'Description must be a string'],
])('%s is refused with the reason', async (_case, body, message) => {
  const send = await as(await startServer())
  const refused = await send('POST /v1/projects', body)
  expect(refused.status).toBe(422)
  expect(refused.body.error).toEqual([message])
  expect((await send('GET /v1/projects')).body.projects).toEqual([])
})

test('200 characters are counted as people count them', async () => {
  const send = await as(await startServer())
  const title = '😀'.repeat(200)
  expect((await send('POST /v1/projects', { title })).body.project.title).toBe(title)
})

test('a list comes in pages, each project once, oldest first', async () => {
  const send = await as(await startServer())
  for (const title of ['a', 'b', 'c', 'd', 'e']) await send('POST /v1/projects', { title })
  const titles: string[] = []
  let path = '/v1/projects?limit=2'
  for (let page = 0; page < 3; page++) {
    const { body } = await send(`GET ${path}`)
    titles.push(...body.projects.map(({ title }: { title: string }) => title))
    path = `/v1/projects?limit=2&cursor=${body.next_cursor}`
    expect(body.next_cursor === null).toBe(page === 2)
  }
  expect(titles).toEqual(['a', 'b', 'c', 'd', 'e'])
})

const wrongLimits = [
  '0',
  '101',
  'x',
  '',
  '1.5',
  '1e1',
  '0x10',
  '%201',
  '%2B1',
  '1.0',
  '-1',
  'Infinity',
]

test.each([...wrongLimits.map((limit) => `limit=${limit}`), 'cursor=x', "cursor='--"])(
  'a page asked for with %s is refused',
  async (query) => {
    const send = await as(await startServer())
    expect((await send(`GET /v1/projects?${query}`)).status).toBe(422)
  },
)

test('an id that is none is not found', async () => {
  const send = await as(await startServer())
  for (const id of ['1', "'", '%00', 'x'.repeat(500), `${nowhere}x`]) {
    expect((await send(`GET /v1/projects/${id}`)).status).toBe(404)
  }
})
