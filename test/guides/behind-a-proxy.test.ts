// The guide to proxies: what its commands show, of a proxy that is right and of the wrong ones. The files for
// nginx, Caddy, HAProxy and Apache cannot be run here; what they send on is sent by a proxy of the test's own.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabaseUrl, signUp, startServer } from '../harness.ts'
import { startServerProcess } from '../server-process.ts'
import { blocksOf, freePort, listen, packageFolder, shell } from './guide.ts'

const page = 'docs/guides/behind-a-proxy.md'
const [variable = '', look = '', ...others] = blocksOf(page, 'sh')
const [, list = ''] = /^export TRUSTED_PROXIES=(.*)$/m.exec(variable) ?? []
const client = '198.51.100.7'
const madeUp = '203.0.113.66'

type Passed = Record<string, string | string[]>

/** A proxy to which everybody is `client`, and what its files in the guide would send on. */
async function proxy(to: string, change: (headers: Passed) => Passed): Promise<string> {
  const server = nodeServer({ fetch: () => new Response() })
  server.removeAllListeners('request').on('request', (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    const onward = request(to + url, { method, headers: change(sentBy(incoming)) }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${Object(server.address()).port}`
}

function sentBy({ headersDistinct }: IncomingMessage): Passed {
  const present = Object.entries(headersDistinct).map(([name, [value = ''] = []]) => [name, value])
  return Object.fromEntries(present)
}

const right = ({ forwarded: _taken, ...headers }: Passed): Passed => {
  const before = headers['x-forwarded-for']
  return {
    ...headers,
    'x-forwarded-for': before ? `${before}, ${client}` : client,
    'x-request-id': 'of-the-proxy',
  }
}

/** What the commands of the guide say, which log in through a proxy and make up a hop. */
async function seen(trustedProxies: string[], change = right): Promise<string[]> {
  const server = await startServer({ app: { trustedProxies }, now: new Date() })
  await signUp(server)
  const API = await proxy(await listen(server.app), change)
  return (await shell(look, { env: { API } })).trim().split(/\r?\n/)
}

test('the proxies of the guide give up a connection before the server does', () => {
  const { keepAliveTimeout } = nodeServer({ fetch: () => new Response() })
  const [nginx = ''] = blocksOf(page, 'nginx')
  const [caddy = ''] = blocksOf(page, '')
  const [apache = ''] = blocksOf(page, 'apache')
  const [haproxy = ''] = blocksOf(page, 'txt')
  // nginx keeps connections only where `keepalive` stands, or from 1.29.7 on; then for a minute, or as long as this.
  expect(nginx).toMatch(/^ +keepalive \d+;$/m)
  const found = [
    /^ +keepalive_timeout (\d+)s;$/m.exec(nginx),
    /^\t+keepalive (\d+)s$/m.exec(caddy),
    /^ +ProxyPass .* ttl=(\d+)$/m.exec(apache),
  ]
  const seconds = found.map((match) => Number(match?.[1]))
  expect(seconds.every((each) => each * 1_000 < keepAliveTimeout)).toBe(true)
  expect(haproxy).toContain('option http-server-close\n')
})

// Otherwise whoever sends one would count as the proxy, and be written down with its address.
test.each([
  ['nginx', /^ +proxy_set_header Forwarded "";$/m, 'templates/deployment/nginx.conf'],
  ['Caddy', /^\s+header_up -Forwarded$/m, 'templates/deployment/Caddyfile'],
  ['HAProxy', /^ +http-request del-header Forwarded$/m, null],
  ['Apache', /^ +RequestHeader unset Forwarded$/m, null],
])(
  '%s passes on no Forwarded of a client’s, in the guide and in a new project',
  (_name, line, file) => {
    expect(readFileSync(page, 'utf8')).toMatch(line)
    if (file !== null) expect(readFileSync(file, 'utf8')).toMatch(line)
  },
)

test('with the lines of the guide the server keeps connections for longer than such a proxy', async () => {
  const [imports = '', lines = ''] = blocksOf(page, 'ts').join('').split('\n\n')
  const folder = packageFolder({})
  for (const name of readdirSync('templates/api').filter((each) => each !== 'node_modules')) {
    cpSync(join('templates/api', name), join(folder, name), { recursive: true })
  }
  const program = join(folder, 'server.ts')
  const written = readFileSync(program, 'utf8')
  writeFileSync(program, `${imports}\n${written.replace(/^.*await serve\(.*$/m, lines)}`)
  const variables = { DATABASE_URL: await emptyDatabaseUrl(), PORT: `${await freePort()}` }
  const { send, end, complaints } = await startServerProcess(variables, [program])
  const { headers } = await send('GET /health/live')
  expect([headers.get('keep-alive'), await end(), complaints()]).toEqual(['timeout=75', 0, ''])
}, 60_000)

test('behind a proxy that is in the list the address is the client’s, whatever it made up', async () => {
  expect(others).toEqual([])
  expect(look).toContain(`-H 'X-Forwarded-For: ${madeUp}'`)
  const withBoth = (headers: Passed) => right({ ...headers, forwarded: `for=${madeUp}` })
  expect(await seen([list], withBoth)).toEqual([
    `"ip_address":"${client}"`,
    'x-request-id: of-the-proxy',
  ])
})

test('each wrong address of the guide’s table has the cause that stands there', async () => {
  expect((await seen([]))[0]).toBe('"ip_address":"127.0.0.1"')
  const passesOn = (headers: Passed) => headers
  const [found, id] = await seen([list], passesOn)
  expect(found).toBe(`"ip_address":"${madeUp}"`)
  // One that is none is replaced.
  expect(id).toMatch(/^x-request-id: [0-9a-f-]{36}$/)
  expect((await seen([list, '198.51.100.0/24']))[0]).toBe(`"ip_address":"${madeUp}"`)
  // With both headers, and different, neither is believed.
  const keepsBoth = (headers: Passed) => ({ ...right(headers), forwarded: `for=${madeUp}` })
  expect((await seen([list], keepsBoth))[0]).toBe('"ip_address":"127.0.0.1"')
})
