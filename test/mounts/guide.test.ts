// The guide to mounting shows what is in templates/mounts; each of these starts, and ends on a signal.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { until } from '../until.ts'
import { examples } from './mounts.ts'

const run = promisify(execFile)
const guide = readFileSync('docs/guides/mount.md', 'utf8')
const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
const [handler = '', route = '', component = ''] = blocks.slice(examples.length)

test('the guide shows each server as it stands in its file', () => {
  expect(blocks).toHaveLength(examples.length + 3)
  for (const [index, name] of examples.entries()) {
    const file = readFileSync(`templates/mounts/${name}.ts`, 'utf8').replace(/^ {2}/gm, '')
    expect(file).toContain(blocks[index])
  }
})

test('each example is short, and all are among these', () => {
  const files = globSync('templates/mounts/*.ts').map((path) => path.replace(/.*[/\\]/, ''))
  expect(files.sort()).toEqual(['auth.ts', ...examples.map((name) => `${name}.ts`)].sort())
})

test.each(examples)(
  'the example for %s serves by itself, and ends when it is told',
  async (name) => {
    const folder = packageFolder()
    cpSync('templates/mounts/auth.ts', join(folder, 'auth.ts'))
    const port = await freePort()
    const code = readFileSync(`templates/mounts/${name}.ts`, 'utf8').replaceAll(
      '3000',
      String(port),
    )
    writeFileSync(join(folder, 'server.ts'), code)
    const child = spawn(process.execPath, ['--conditions=source', 'server.ts'], { cwd: folder })
    onTestFinished(() => void child.kill('SIGKILL'))
    const url = `http://127.0.0.1:${port}`
    await until(async () => (await fetch(`${url}/welcome`)).ok)
    expect((await fetch(`${url}/notes`)).status).toBe(401)
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  },
)

test.each([
  ['without a proxy', '[]', '429'],
  ['behind one', "['10.0.0.1']", '401'],
])(
  'the files for Next.js compile, and do what the guide says %s',
  async (_words, proxies, elsewhere) => {
    const folder = packageFolder()
    const files = {
      'auth.ts': authModule,
      'app/v1/[...path]/route.ts': handler.replace('= []', `= ${proxies}`),
      'app/notes/route.ts': route,
      'app/current-user.ts': component,
      'node_modules/next/package.json': '{"type":"module"}',
      'node_modules/next/headers.js': `export let sent = new Headers()
      export const send = (headers) => { sent = new Headers(headers) }
      export const headers = async () => sent`,
      'node_modules/next/headers.d.ts': `export function send(headers: object): void
      export function headers(): Promise<Headers>`,
      'asked.ts': asked,
    }
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      // Next finds the file by the name of its package.
      writeFileSync(join(folder, path), content.replace("'next/headers'", "'next/headers.js'"))
    }
    const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['**/*.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
    await run('node_modules/.bin/tsc', ['--project', folder])
    const args = ['--conditions=source', 'asked.ts']
    const { stdout } = await run(process.execPath, args, { cwd: folder })
    expect(stdout.trim().split('\n')).toEqual([
      'signed up 201',
      'session 200, notes ann@example.com, component ann@example.com, actions undefined undefined',
      'without: 401 401 null',
      'other methods 405 204',
      `guesses end with 429, elsewhere ${elsewhere}`,
    ])
  },
)

const authModule = `
import { createAuth, createStore, migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
const database = await openSqlite('storage/next.sqlite3')
await migrate(database, [sqliteMigrations])
export const auth = createAuth({ store: createStore(database) })`

// What Next does with the files: it calls what they export.
const asked = `
import { send } from 'next/headers.js'
import { currentUser } from './app/current-user.ts'
import { GET as notes } from './app/notes/route.ts'
import * as latchkey from './app/v1/[...path]/route.ts'
const ask = (path: string, init: RequestInit = {}) => new Request('https://example.com' + path, init)
const post = (path: string, fields: Record<string, string>, address: string) => latchkey.POST(
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { 'x-forwarded-for': address } }))
const person = { email_address: 'ann@example.com', password: 'correct horse battery' }
const begun = await post('/v1/registrations', person, '203.0.113.1')
const { token } = Object(await begun.json())
console.log('signed up', begun.status)
const headers = { authorization: 'Bearer ' + token }
send(headers)
const session = await latchkey.GET(ask('/v1/session', { headers }))
const { of } = Object(await (await notes(ask('/notes', { headers }))).json())
const component = (await currentUser())?.emailAddress
send({ ...headers, 'next-action': '7f3a' })
const action = (await currentUser())?.emailAddress
send({ ...headers, 'content-type': 'multipart/form-data; boundary=x' })
const form = (await currentUser())?.emailAddress
console.log('session ' + session.status + ', notes ' + of + ', component ' + component + ', actions ' + action + ' ' + form)
send({})
const [bare, closed] = [await latchkey.GET(ask('/v1/session')), await notes(ask('/notes'))]
console.log('without:', bare.status, closed.status, await currentUser())
const wrong = await latchkey.PUT(ask('/v1/session', { method: 'PUT' }))
const asks = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
const preflight = await latchkey.OPTIONS(ask('/v1/session', { method: 'OPTIONS', headers: asks }))
console.log('other methods', wrong.status, preflight.status)
const guess = async (number: number, address: string) => (await post('/v1/session',
  { email_address: 'nobody' + number + '@example.com', password: 'wrong' }, address)).status
let last = 0
for (let number = 0; number < 11; number++) last = await guess(number, '203.0.113.2')
console.log('guesses end with ' + last + ', elsewhere ' + (await guess(99, '203.0.113.3')))
process.exit()`

function packageFolder(): string {
  const folder = temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(process.cwd(), join(modules, 'latchkey'))
  for (const name of ['@types', 'express', 'fastify', 'hono']) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
