// The scans of docs/security/scans.md are run by hand, where the scanners are; that they would scan
// everything, and believe no silence, is tried here.
import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabaseUrl } from './harness.ts'
import { parseDocument, requestsOf, type ScanRequest } from './scan/requests.ts'
import { startScanServer } from './scan/server.ts'
import { findingOf, row } from './scan/verdicts.ts'

async function start(signUp: 'open' | 'confirm' = 'open') {
  const server = await startScanServer(await emptyDatabaseUrl(), { mode: 'production', signUp })
  onTestFinished(server.close)
  const text = await (await fetch(`${server.origin}/openapi.json`)).text()
  return { server, text, requests: requestsOf(parseDocument(text), server.fixture) }
}

test.each(['open', 'confirm'] as const)(
  'every operation and every parameter is scanned, from a request that succeeds each time: sign-up %s',
  async (signUp) => {
    const { server, text, requests } = await start(signUp)
    for (const request of [...requests, ...requests]) {
      const status = await send(server.origin, request)
      expect([request.name, status < 300]).toEqual([request.name, true])
    }
    const scanned = new Map(requests.map(({ name, parameters }) => [name, parameters]))
    for (const [path, operations] of Object.entries<object>(JSON.parse(text).paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const line = `${method.toUpperCase()} ${path}`
        const { content = {} } = operation.requestBody ?? {}
        const fields = Object.keys(content['application/json']?.schema.properties ?? {})
        const asked = operation.parameters.map(({ name }: { name: string }) => name)
        expect([line, names(scanned.get(line))]).toEqual([line, [...asked, ...fields]])
        expect([line, names(scanned.get(`${line} (form)`))]).toEqual([line, fields])
        expect([line, names(scanned.get(`${line} (headers)`))]).toEqual([line, headers])
      }
    }
    expect(server.faults).toEqual([])
  },
)

const headers = [
  ...['Authorization', 'User-Agent', 'Referer', 'Origin', 'X-Request-Id', 'X-Forwarded-For'],
]

const names = (parameters: ScanRequest['parameters'] = []) => parameters.map(({ name }) => name)

async function send(origin: string, { method, path, headers, body }: ScanRequest): Promise<number> {
  const plain = Object.entries(headers).map(([name, value]) => [name, value.replace('*', '')])
  const init = { method, headers: Object.fromEntries(plain) }
  const response = await fetch(
    origin + path.replace('*', ''),
    body === null ? init : { ...init, body },
  )
  await response.arrayBuffer()
  return response.status
}

test('what a scanner broke is whole again before it goes on', async () => {
  const { server, requests } = await start()
  const find = (name: string) => requests.filter((each) => each.name === name)
  for (const request of [...find('DELETE /v1/user'), ...find('GET /v1/user (headers)')]) {
    expect(await send(server.origin, request)).toBeLessThan(300)
  }
  expect([...server.takeStatuses().values()]).toHaveLength(2)
})

test('a parameter of which sqlmap says nothing counts as not tested', async () => {
  const { requests } = await start()
  const [request] = requests.filter(({ name }) => name === 'PATCH /v1/sessions/{id}')
  if (!request) throw new Error('There is no such request')
  const judge = (log: string) => [...findingOf(request, { log, statuses: new Map() }).verdicts]
  const clean = (name: string) =>
    `[WARNING] PATCH parameter '${name}' does not seem to be injectable`
  expect(judge('')).toEqual([
    ['id', 'NOT TESTED'],
    ['name', 'NOT TESTED'],
  ])
  expect(judge(`${clean('JSON #1*')}\n${clean('JSON name')}`)).toEqual([
    ['id', 'not injectable'],
    ['name', 'not injectable'],
  ])
  const log = `${clean('JSON #1*')}\nPATCH parameter 'JSON name' is vulnerable. Do you want to`
  expect(judge(log)).toEqual([
    ['id', 'not injectable'],
    ['name', 'INJECTABLE'],
  ])
  const statuses = new Map([[500, 2]])
  expect(row(findingOf(request, { log, statuses }))).toContain('| 2 | 500 × 2 | name: INJECTABLE |')
})
