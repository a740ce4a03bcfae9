// What the reference shows is what is answered: bodies by the schema of their route, headers by their words.
import { readFileSync } from 'node:fs'
import { createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import { readEnvironment } from '../../src/cli/environment.ts'
import { explain } from '../../src/cli/explain.ts'
import {
  ann,
  bearer,
  createApiKey,
  inCookie,
  read,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from '../harness.ts'
import { blocksOf } from './guide.ts'

const http = 'docs/reference/http.md'
const origin = 'http://localhost:3001'

/** Each JSON of the page, with the route and the status that it stands under. */
function answersOf(text: string) {
  let [line, status] = ['', '']
  const found: { line: string; status: string; json: string }[] = []
  const parts = text.matchAll(/^#+ `([A-Z]+ \/[^\s`]*)`$|^(\d{3})\b|^```json\n([\s\S]*?)^```$/gm)
  for (const [, heading, stated, json] of parts) {
    line = heading ?? line
    status = stated ?? (heading ? '' : status)
    if (json) found.push({ line, status, json })
  }
  return found
}

test('every body that the page of routes shows is one of its route, by its schema', async () => {
  const modes = [await startServer(), await startServer({ auth: { signUp: 'confirm' } })]
  const table = modes.flatMap(tableOf)
  const shown = answersOf(readFileSync(http, 'utf8'))
  expect(shown).toHaveLength(blocksOf(http, 'json').length)
  for (const { line, status, json } of shown) {
    const routes = table.filter(({ method, path }) => `${method} ${path}` === line)
    const schemas = routes.map(({ answers }) => answers[Number(status)]?.body)
    const fits = schemas.some((schema) => schema?.safeParse(JSON.parse(json)).success)
    expect([line, status, fits]).toEqual([line, status, true])
  }
})

test('every header that it shows is sent, with that value', async () => {
  const sent = new Set<string>()
  const note = (headers: Headers) => {
    for (const [name, value] of headers) sent.add(mask(`${name}: ${value}`))
  }
  const server = await startServer({ app: { corsOrigins: [origin] }, auth: { rateLimits: 'on' } })
  const token = await signUp(server)
  const app = createApp(server.auth, { corsOrigins: [origin] })
  const cookieMode = { ...ann, transport: 'cookie' }
  const ask = async (line: string, body?: object, headers = {}) =>
    note((await server.send(line, body, { origin, ...headers })).headers)
  await ask('POST /v1/session', cookieMode)
  await ask('GET /v1/session', undefined, bearer(token))
  for (let time = 0; time < 11; time += 1) await ask('POST /v1/passwords', ann)
  await verifyAddress(server, token)
  const reads = await createApiKey(server, token, { scopes: ['projects:read'] })
  await ask('POST /v1/projects', { title: 'Garden' }, bearer(reads.token))
  await ask('DELETE /v1/session', undefined, inCookie(token))
  await ask('GET /v1/revocations')
  await ask('GET /.well-known/jwks.json')
  const preflight = { origin, 'access-control-request-method': 'POST' }
  note((await app.request('/v1/session', { method: 'OPTIONS', headers: preflight })).headers)
  note((await read(await app.request('/v1/user', { headers: bearer(token) }))).headers)
  for (const block of blocksOf(http, '')) {
    for (const line of block.trim().split('\n')) expect([...sent]).toContain(mask(line))
  }
})

// What is another value each time.
function mask(line: string): string {
  return line
    .replace(/^[\w-]+/, (name) => name.toLowerCase())
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/, 'ID')
    .replace(/lks_[\w…]+/, 'TOKEN')
    .replace(/^(retry-after: |.*;t=)\d+/, '$1N')
}

test('the refusal of the page of errors is what such a sign-up is told', async () => {
  const [shown = ''] = blocksOf('docs/reference/errors.md', 'json')
  const { send } = await startServer()
  const fields = { email_address: 'ann', password: 'short', password_confirmation: 'other' }
  const { body } = await send('POST /v1/registrations', fields)
  expect({ ...JSON.parse(shown), request_id: '' }).toEqual({ ...body, request_id: '' })
})

test('what the page of configuration shows is said of such variables', () => {
  const [wrong = '', keyless = ''] = blocksOf('docs/reference/configuration.md', '')
  const said = (() => {
    try {
      return readEnvironment({ PORT: 'x', LOG_LEVEL: 'loud' }, ['node', 'server.ts', '--dev'])
    } catch (error) {
      return explain(error)
    }
  })()
  expect(said).toBe(wrong.trim())
  expect(readFileSync('src/cli/start.ts', 'utf8')).toContain(`'${keyless.trim()}'`)
})
