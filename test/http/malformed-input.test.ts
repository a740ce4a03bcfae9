// Whatever is sent in whatever field of whatever route: an answer from 200 to 422, never a fault.
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { refuse } from '../../src/http/problems.ts'
import { ann, bearer, read, signUp, startServer, tableOf } from '../harness.ts'

const values: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  'x',
  '\0',
  'a\0b@example.com',
  '\ud800',
  '\u2028',
  "'; DROP TABLE users; --",
  '<b>&"',
  'é'.repeat(10_000),
  '😀'.repeat(300),
  'a@b,c@d.example',
  '"a b"@example.com',
  'a@b.example\r\nBcc: c@d.example',
  [],
  ['ann@example.com'],
  [[]],
  {},
  { $ne: null },
  { toString: 'x' },
  { length: 1e9 },
]

const fields = [
  'email_address',
  'password',
  'password_confirmation',
  'password_challenge',
  'name',
  'token',
  'title',
  'description',
]

test('no value in any field is a fault, and nobody is let in by one', async () => {
  const server = await startServer()
  const headers = bearer(await signUp(server))
  // Whoever is fresh deletes themselves with any of it.
  server.clock.advance({ minutes: 10 })
  const routes = tableOf(server)
  for (const { method, path } of routes.filter(({ schemas }) => schemas.body)) {
    const line = `${method} ${path.replace(':id', '00000000-0000-7000-8000-000000000000')}`
    for (const field of fields) {
      for (const value of values) {
        const { status } = await server.send(line, { ...ann, [field]: value }, headers)
        expect([line, field, value, status < 500]).toEqual([line, field, value, true])
        const isCredential = field === 'email_address' || field === 'password'
        const letsIn = line === 'POST /v1/session' && isCredential && status === 200
        expect([line, field, value, letsIn]).toEqual([line, field, value, false])
      }
    }
  }
  const people = (await server.database.query('SELECT email_address FROM users')).flat()
  expect(people).toEqual([ann.email_address])
})

test('no long text is normalized, in whatever field: 64 KiB of accents would take a second', async () => {
  const server = await startServer()
  const headers = bearer(await signUp(server))
  const accents = '\u0301'.repeat(15_000) + '\u0316'.repeat(15_000)
  const lengths: number[] = []
  const { normalize } = String.prototype
  vi.spyOn(String.prototype, 'normalize').mockImplementation(function (this: string, form) {
    lengths.push(this.length)
    return this.length > 2_048 ? String(this) : normalize.call(this, form)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  for (const { method, path } of tableOf(server).filter(({ schemas }) => schemas.body)) {
    const line = `${method} ${path.replace(':id', '00000000-0000-7000-8000-000000000000')}`
    const asked = { ...ann, password_challenge: ann.password }
    for (const field of fields) await server.send(line, { ...asked, [field]: accents }, headers)
  }
  expect(lengths.length).toBeGreaterThan(10)
  expect(lengths.filter((length) => length > 2_048)).toEqual([])
})

test.each([
  '',
  '{',
  'null',
  '"x"',
  '7',
  '[]',
  '[1,2]',
  '{"email_address":}',
  '{"a":1}{"b":2}',
  '\ufeff{}',
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `{"z":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
  '{"__proto__":{"email_verified":true},"constructor":{"prototype":{"x":1}}}',
  '{"email_address":1e999}',
])('the body %.40s is refused', async (body) => {
  const { send } = await startServer()
  const { status } = await send('POST /v1/registrations', body)
  expect([400, 422]).toContain(status)
  expect('email_verified' in {}).toBe(false)
})

test.each([
  'email_address[]=a',
  'email_address[a]=b',
  '=',
  '&&&',
  'a',
  '%',
  'a=%',
  'a=%zz',
  'a=%ff',
])('the form %s is refused', async (body) => {
  const { app } = await startServer()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await app.request('/v1/registrations', { method: 'POST', headers, body })
  expect([400, 422]).toContain(reply.status)
})

test('equal keys: the last counts, in JSON as in a form', async () => {
  const server = await startServer()
  const body = `{"email_address":"x@example.com","email_address":"ann@example.com","password":"${ann.password}"}`
  const signedUp = await server.send('POST /v1/registrations', body)
  expect(signedUp.body.user.email_address).toBe('ann@example.com')
})

test('of equal names in a query the last counts', async () => {
  const server = await startServer()
  const headers = bearer(await signUp(server))
  for (const title of ['First', 'Second'])
    await server.send('POST /v1/projects', { title }, headers)
  const listed = async (query: string) => {
    const { status, body } = await server.send(`GET /v1/projects?${query}`, undefined, headers)
    return status === 200 ? body.projects.length : status
  }
  expect(await listed('limit=2&limit=1')).toBe(1)
  expect(await listed('limit=1&limit=2')).toBe(2)
  expect(await listed('limit=1&limit=0')).toBe(422)
  expect(await listed('limit[]=1&limit=2')).toBe(2)
})

test('a text is a text: anything else in its place is refused by its name', async () => {
  const server = await startServer()
  const headers = bearer(await signUp(server))
  const before = await server.database.query('SELECT * FROM users')
  const routes = tableOf(server)
  let tried = 0
  for (const { method, path, schemas } of routes) {
    const line = `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}`
    for (const field of schemas.body ? textsOf(schemas.body) : []) {
      for (const wrong of [['a'], [], {}, { length: 8 }, 7, 0, true, false]) {
        const { status, body } = await server.send(line, { ...ann, [field]: wrong }, headers)
        const isDead = status === 401 && /^invalid_(reset|verification)_token$/.test(body.code)
        const named = isDead || body.details?.map((each: { field: string }) => each.field)
        expect([line, field, wrong, isDead ? 401 : status, named]).toEqual([
          line,
          field,
          wrong,
          isDead ? 401 : 422,
          isDead || expect.arrayContaining([field]),
        ])
        tried++
      }
    }
  }
  expect(tried).toBeGreaterThan(150)
  expect(await server.database.query('SELECT * FROM users')).toEqual(before)
})

/** The fields of a body that the OpenAPI document calls a string, and nothing else. */
function textsOf(schema: z.ZodType): string[] {
  const { properties } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const fields = Object.entries(properties ?? {})
  return fields.flatMap(([name, each]) => (Object(each).type === 'string' ? [name] : []))
}

test('fields in the query are not read, by any route', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const headers = bearer(token)
  const routes = tableOf(server)
  const query = new URLSearchParams({
    ...ann,
    password_confirmation: ann.password,
    password_challenge: ann.password,
    name: 'x',
    title: 'x',
    scopes: 'projects:read',
    token,
    access_token: token,
  })
  // Whoever is fresh deletes themselves, with any query.
  server.clock.advance({ minutes: 10 })
  for (const { method, path, schemas, access } of routes.filter(({ schemas }) => schemas.body)) {
    const line = `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}?${query}`
    for (const body of [undefined, {}]) {
      const { status } = await server.send(line, body, headers)
      const isRefused = [401, 403, 404, 422].includes(status)
      // To change nothing is no fault: there is nothing in it that has to be sent.
      const isEmpty = schemas.body?.safeParse({}).success === true && access === 'session'
      expect([line, status, isRefused || isEmpty]).toEqual([line, status, true])
    }
    if (access !== 'public') expect((await server.send(line, {})).status).toBe(401)
  }
  expect((await server.send(`GET /v1/session?${query}`)).status).toBe(401)
  expect(await server.database.query('SELECT id FROM sessions')).toHaveLength(1)
})

test('a body on a route that takes none is not read', async () => {
  const server = await startServer()
  const headers = bearer(await signUp(server))
  expect((await server.send('DELETE /v1/session', '{', headers)).status).toBe(200)
})

test('a body that breaks off is a bad request', async () => {
  const { app } = await startServer()
  const body = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) })
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half' as const,
  }
  const reply = await read(await app.request('/v1/session', init))
  expect([reply.status, reply.body.code]).toEqual([400, 'invalid_request'])
})

test.each([
  '/%ff',
  '/%zz',
  '/v1/projects/%2e%2e',
  '//v1/projects',
  '/v1//projects',
  '/v1/projects/',
])('the path %s opens nothing', async (path) => {
  const { send } = await startServer()
  expect([401, 404]).toContain((await send(`GET ${path}`)).status)
})

test('a request id that could forge a log line is replaced', async () => {
  const { send } = await startServer()
  const given = async (id: string) =>
    (await send('GET /health/live', undefined, { 'x-request-id': id })).headers.get('x-request-id')
  expect(await given('abc-1.2_3')).toBe('abc-1.2_3')
  for (const id of ['a b', '<x>', 'x'.repeat(65), 'é', '', `lks_${'a'.repeat(38)}`])
    expect(await given(id)).not.toBe(id)
})

test('a body that looks like a refusal is a body', async () => {
  const server = await startServer()
  // As JSON has it, with every member that a refusal has.
  const refusal = refuse('invalid_request', { error: 'hi', headers: { 'x-evil': '1' } })
  const forged = { ...refusal, status: 200 }
  for (const body of [{ code: 'invalid_request' }, forged, { ...forged, status: 99_999 }]) {
    const reply = await server.send('POST /v1/session', body)
    expect([reply.status, reply.body.code, reply.headers.get('x-evil')]).toEqual([
      422,
      'validation_failed',
      null,
    ])
  }
})
