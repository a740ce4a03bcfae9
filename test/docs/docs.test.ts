// The docs say what the code does, both ways.
import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { nodeServer } from 'latchkey/server'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { listRefusals } from '../../src/http/problems.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  metricsToken,
  type Server,
  signUp,
  startServer,
  tableOf,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { startServerProcess } from '../server-process.ts'
import { clusterFolder, startCluster } from '../storage/postgres-cluster.ts'

const run = promisify(execFile)
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { exclude: ['docs/site/**'] }),
]
const page = (path: string) => readFileSync(path, 'utf8')

test('every code of a refusal is explained, with its status, and no other', () => {
  const rows = [...page('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)]
  const documented = rows.map(([, code, status]) => ({ code, status: Number(status) }))
  expect(documented).toEqual(expect.arrayContaining(listRefusals()))
  expect(documented).toHaveLength(listRefusals().length)
})

test('every variable that is read is in the table, and no other', () => {
  const names = [
    'environment',
    'environment-reader',
    'database-url',
    'access-token-environment',
    'imported-keys-environment',
  ]
  const source = names.map((name) => page(`src/cli/${name}.ts`)).join()
  const read = new Set(source.match(/(?<=')[A-Z]+(?:_[A-Z]+)*(?=')/g))
  const rows = page('docs/reference/configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)
  expect([...rows].map((match) => match[1]).sort()).toEqual([...read].sort())
})

test('every route has its section, and no other', async () => {
  const routes = tableOf(await startServer())
  const sections = page('docs/reference/http.md').matchAll(/^#+ `?([A-Z]+ \/[^\s`]*)`?$/gm)
  const declared = routes.map(({ method, path }) => `${method} ${path}`)
  expect([...sections].map((match) => match[1]).sort()).toEqual(declared.sort())
})

test('the server of the README compiles under strict rules, and runs as it stands there', async () => {
  const stdout = await runServer('README.md', {}, askTheServer)
  const [listening, welcome, refused, notes] = stdout.split('\n')
  expect(listening).toMatch(/^http:\/\/localhost:\d+$/)
  expect(welcome).toBe('200 Welcome')
  expect(refused).toMatch(/^401 .*"unauthenticated"/)
  expect(notes).toBe('200 {"notes":[],"of":"a@b.example"}')
})

test('so does that of the guide to hooks, with a row of its own', async () => {
  const guide = 'docs/guides/hooks.md'
  const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(page(guide)) ?? []
  const stdout = await runServer(
    guide,
    { 'migrations/sqlite/0001_profiles.sql': sql },
    askForProfile,
  )
  // Nobody waits for what comes after a commit.
  expect(stdout.trim().split('\n').sort()).toEqual([
    '201 ',
    "422 Name can't be blank",
    '422 Name has already been taken',
    'Welcome, Ann',
    '[["Ann"]]',
  ])
})

/** What a server that stands in a page says, and what is asked of it behind its last line. */
async function runServer(
  path: string,
  files: Readonly<Record<string, string>>,
  asked: string,
): Promise<string> {
  const blocks = [...page(path).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const code = blocks.find((block) => /^(const running = )?await serve/m.test(block)) ?? ''
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/latchkey'))
  for (const name of ['hono', 'zod', '@types']) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(folder, 'node_modules', name))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'server.ts'), code)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['server.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
  await run('node_modules/.bin/tsc', ['--project', folder])
  const [serves] = /^(?:const running = )?await serve.*$/m.exec(code) ?? ['']
  const listens = `const running = ${serves.replace('const running = ', '')}`
  writeFileSync(
    join(folder, 'asked.ts'),
    code.replace(serves, listens).replace('port: 3000', 'port: 0') + asked,
  )
  const { stdout } = await run(process.execPath, ['--conditions=source', 'asked.ts'], {
    cwd: folder,
  })
  return stdout
}

const askForProfile = `
const url = 'http://127.0.0.1:' + running.port + '/v1/registrations'
const person = { email_address: 'ann@example.com', password: 'correct horse battery' }
for (const fields of [person, { ...person, name: 'root' }, { ...person, name: 'Ann' }]) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  const { error = '' } = await answer.json()
  console.log(answer.status + ' ' + error)
}
console.log(JSON.stringify(await database.query('SELECT name FROM profiles')))
await running.stop()`

const askTheServer = `
const origin = 'http://127.0.0.1:' + running.port
const person = new URLSearchParams({ email_address: 'a@b.example', password: 'correct horse' })
const signedUp = await fetch(origin + '/v1/registrations', { method: 'POST', body: person })
const { token } = await signedUp.json()
const authorization = 'Bearer ' + token
const asked = [['/welcome', {}], ['/notes', {}], ['/notes', { authorization }]]
for (const [path, headers] of asked) {
  const answer = await fetch(origin + path, { headers })
  console.log(answer.status, (await answer.text()).trim())
}
await running.stop()`

const examples = [
  ...page('docs/reference/http.md').matchAll(/```sh\n(curl [\s\S]*?)```\s+(\d{3})/g),
]

test('there is an example for every route', async () => {
  expect(examples).toHaveLength(tableOf(await startServer()).length)
})

test.each(examples.map(([, command = '', status = '']) => [command.trim(), status] as const))(
  'the example %s answers %s',
  async (command, status) => {
    const server = await startServer()
    const http = nodeServer(server.app).listen(0)
    onTestFinished(() => void http.close())
    const TOKEN = await signUp(server, { ...ann, email_address: 'another@example.com' })
    const own = bearer(TOKEN)
    const ID = (await server.send('POST /v1/projects', { title: 'Garden' }, own)).body.project.id
    const logsIn = command.includes('/v1/session ') && command.includes('password')
    if (logsIn) await signUp(server)
    const DEVICE = (await server.send('GET /v1/session', undefined, own)).body.session.id
    const API = `http://127.0.0.1:${Object(http.address()).port}`
    const RESET = await resetToken(server, 'another@example.com')
    await server.send('POST /v1/email_verifications', undefined, own)
    await server.outbox.deliverDue()
    const VERIFY = mailedToken(server)
    const KEY = command.includes('/v1/api_keys') ? await provedWithKey(server, TOKEN) : ''
    const env = {
      ...process.env,
      METRICS_TOKEN: metricsToken,
      API,
      TOKEN,
      ID,
      DEVICE,
      RESET,
      VERIFY,
      KEY,
    }
    const silently = command.replace('curl ', "curl -s -o /dev/null -w '%{http_code}' ")
    const { stdout } = await run('bash', ['--norc', '-c', silently], { env })
    expect(stdout).toBe(status)
  },
)

async function provedWithKey(server: Server, token: string): Promise<string> {
  await verifyAddress(server, token)
  return (await createApiKey(server, token)).id
}

async function resetToken(server: Server, emailAddress: string): Promise<string> {
  await server.auth.requestPasswordReset(emailAddress)
  await server.outbox.deliverDue()
  return mailedToken(server)
}

test('with the roles of the guide one migrates, and the other serves and can change no table', async () => {
  const guide = page('docs/guides/postgresql.md')
  const [, roles = ''] = /```sql\n([\s\S]*?)```/.exec(guide) ?? []
  const superuser = await startOwnCluster()
  // This one has no certificate.
  const [owner = '', server = ''] = (
    guide.match(/postgres:\/\/\S+(?=\/app\?sslmode=verify-full' )/g) ?? []
  ).map((url) => {
    return `${url.replace('db.example.com', new URL(superuser).host)}/app`
  })
  const [inPostgres = '', inApp = ''] = roles.split('\\connect app\n')
  await execute(superuser, inPostgres)
  await execute(superuser.replace(/\w+$/, 'app'), inApp)

  const refused = await startServerProcess({ DATABASE_URL: server })
  expect([await refused.end(), refused.complaints()]).toEqual([
    1,
    expect.stringMatching(
      /^DATABASE_URL .*permission denied for schema public.*latchkey migrate.*\n$/,
    ),
  ])
  const command = ['--conditions=source', '../../src/cli/latchkey.ts', 'migrate']
  const env = { ...process.env, DATABASE_URL: owner }
  await run(process.execPath, command, { cwd: 'templates/api', env })
  const { send, end } = await startServerProcess({ DATABASE_URL: server })
  const { status, body } = await send('POST /v1/registrations', ann)
  expect(status).toBe(201)
  const own = bearer(body.token)
  const lines = ['POST /v1/projects', 'POST /v1/passwords', 'DELETE /v1/session'] as const
  const statuses = []
  for (const line of lines) {
    const fields = line.startsWith('POST') ? { ...ann, title: 'Garden' } : undefined
    statuses.push((await send(line, fields, own)).status)
  }
  expect(statuses).toEqual([201, 200, 200])
  expect(await end()).toBe(0)
  await expect(execute(server, 'DROP TABLE sessions')).rejects.toThrow('must be owner')
  await expect(execute(server, 'CREATE TABLE more ()')).rejects.toThrow('permission denied')
}, 60_000)

async function startOwnCluster(): Promise<string> {
  const folder = clusterFolder()
  const cluster = await startCluster({ binaries: inject('postgresBinaries'), folder: folder.path })
  onTestFinished(async () => {
    await cluster.stop('immediate')
    folder.remove()
  })
  return cluster.url
}

// Statement by statement, as psql does: a database is made in no transaction.
async function execute(url: string, statements: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    for (const sql of statements.split(';')) await client.query(sql)
  } finally {
    await client.end()
  }
}

test('no page speaks of a machine', () => {
  for (const path of pages) expect(page(path)).not.toMatch(/\/(work|home|root|tmp)\//)
})
