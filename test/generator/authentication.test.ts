// latchkey generate authentication, in projects as the frameworks' own generators write them.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { until } from '../until.ts'
import { type Projects, startProjects } from './existing-projects.ts'
import { freePort, type World } from './world.ts'

let world: World
let { folder, read, write, begin, generate }: Projects = Object()
beforeAll(async () => {
  ;({ world, folder, read, write, begin, generate } = await startProjects())
}, 180_000)
afterAll(() => world.end(), 60_000)

test.each(['hono', 'express', 'fastify', 'next'])(
  'a fresh project of %s passes the tests that were written, and is as formatted as by hand',
  async (framework) => {
    await begin(framework, framework)
    const generated = await generate(framework, `--package '${world.tarball}'`)
    expect([generated.code, generated.stderr]).toEqual([0, ''])
    expect(generated.stdout).not.toContain('by hand')
    expect(generated.stdout.includes('TRUSTED_PROXIES')).toBe(framework === 'next')
    const { code, stdout } = await world.run('npm test', { cwd: folder(framework) })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass 10\nℹ fail 0$/m)])
    expect(existsSync(join(folder(framework), 'storage'))).toBe(false)

    const config = { 'biome.json': readFileSync('biome.json', 'utf8').replace(/"vcs".*/, '') }
    write(framework, config)
    const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome')
    const places = ['auth', 'src/auth'].filter((path) => existsSync(join(folder(framework), path)))
    const checked = await world.run(`node '${biome}' check ${places.join(' ')}`, {
      cwd: folder(framework),
    })
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([0, expect.anything()])
  },
  120_000,
)

test.each([
  ['hono', 'npm run build && npm start -- --dev'],
  ['express', 'npm run dev'],
  ['fastify', 'npm run dev'],
])(
  'the server of %s signs up, logs in, resets by mail and is closed to everybody else',
  async (name, line) => {
    const PORT = await freePort()
    const running = world.begin(line, { cwd: folder(name), variables: { PORT } })
    await running.until('Server is running')
    const ask = asker(`http://localhost:${PORT}`)
    const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }

    expect((await ask('GET /')).text).toMatch(/^Hello/)
    expect((await ask('GET /closed')).status).toBe(401)
    const { token } = JSON.parse((await ask('POST /v1/registrations', { body: ann })).text)
    expect((await ask('GET /closed', { token })).text).toBe('Come in')
    const wrong = { ...ann, password: 'wrong horse battery' }
    expect((await ask('POST /v1/session', { body: wrong })).status).toBe(401)
    expect((await ask('DELETE /v1/session', { token })).status).toBe(200)
    expect((await ask('GET /closed', { token })).status).toBe(401)

    await ask('POST /v1/passwords', { body: { email_address: ann.email_address } })
    let reset = ''
    await until(async () => {
      reset = /#(lkr_\w+)/.exec((await ask('GET /dev/mailbox.json')).text)?.[1] ?? ''
      expect(reset).not.toBe('')
    })
    const chosen = { token: reset, password: 'another horse battery' }
    expect((await ask('PUT /v1/passwords', { body: chosen })).status).toBe(200)
    expect((await ask('PUT /v1/passwords', { body: chosen })).status).toBe(401)
    const again = { ...ann, password: chosen.password }
    expect((await ask('POST /v1/session', { body: again })).status).toBe(200)
    await running.interrupt()

    const { code, stdout } = await world.run('npm run migrate -- --dev', { cwd: folder(name) })
    expect([code, stdout]).toEqual([0, expect.stringContaining('The database is up to date')])
  },
  60_000,
)

test.each([
  ['hono', 'npm run build && npm start -- --dev'],
  ['express', 'npm run dev'],
  ['fastify', 'npm run dev'],
])(
  'the server of %s takes its settings from the environment',
  async (name, line) => {
    const page = 'https://app.example.com'
    const PORT = await freePort()
    const given = { CORS_ORIGINS: page, TRUSTED_PROXIES: '127.0.0.1,::1' }
    const variables = { PORT, ...given, PASSWORD_MINIMUM_LENGTH: '22' }
    const running = world.begin(line, { cwd: folder(name), variables })
    await running.until('Server is running')
    const ask = asker(`http://localhost:${PORT}`, {
      origin: page,
      'x-forwarded-for': '203.0.113.9',
    })
    const ann = { email_address: 'set@example.com', password: 'correct horse battery' }

    const short = await ask('POST /v1/registrations', { body: ann })
    expect([short.status, short.text]).toEqual([422, expect.stringContaining('minimum is 22')])
    const body = { ...ann, password: 'correct horse battery staple' }
    const { headers, text } = await ask('POST /v1/registrations', { body })
    expect(headers.get('access-control-allow-origin')).toBe(page)
    const { token } = JSON.parse(text)
    const { session } = JSON.parse((await ask('GET /v1/session', { token })).text)
    expect(session.ip_address).toBe('203.0.113.9')
    await running.interrupt()
  },
  60_000,
)

test('it says what it counts to whoever has the METRICS_TOKEN', async () => {
  expect(read('express', '.env.example')).toMatch(/^# METRICS_TOKEN=$/m)
  expect((await world.run('npm install prom-client', { cwd: folder('express') })).code).toBe(0)
  const variables = { PORT: await freePort(), METRICS_TOKEN: 'who-watches-the-server' }
  const running = world.begin('npm run dev', { cwd: folder('express'), variables })
  await running.until('Server is running')
  const ask = asker(`http://localhost:${variables.PORT}`)
  expect((await ask('GET /metrics')).status).toBe(401)
  const { status, text } = await ask('GET /metrics', { token: variables.METRICS_TOKEN })
  expect([status, text]).toEqual([200, expect.stringContaining('latchkey_http_requests_total')])
  await running.interrupt()
}, 60_000)

test('routes for keys and fresh ones stand in a table, as the guide says', async () => {
  const change = (file: string, ...[from, to]: [string, string]) => {
    const text = read('hono', `src/auth/${file}`)
    expect(text).toContain(from)
    const changed = text.replace(from, to)
    write('hono', {
      [`src/auth/${file}`]: `import { routes, scopes } from './notes.js'\n${changed}`,
    })
  }
  const guide = readFileSync('docs/guides/protect-a-route.md', 'utf8').replaceAll('.ts', '.js')
  const [notes = '', , signature = ''] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  )
  write('hono', { 'src/auth/notes.ts': notes, 'src/auth/signature.ts': signature })
  change('mount.ts', 'createApp(auth, options)', 'createApp(auth, { ...options, routes })')
  change('auth.ts', 'createAuth({ ...', 'createAuth({ apiKeys: { scopes }, ...')
  const declared = 'createTestServer({\n    auth: { apiKeys: { scopes } },\n    ...'
  change('testing.ts', 'createTestServer({\n    ...', declared)
  const program = `
    import { createApiKey, logInAs, verifyAddress } from 'latchkey/testing'
    import { scopes } from './notes.js'
    import { withServer } from './testing.js'
    await withServer(async ({ app, clock, mails }) => {
      const ann = await logInAs(app, 'ann@example.com')
      await verifyAddress({ app, mails }, ann)
      const key = await createApiKey(app, ann, { scopes })
      const ask = async (method: string, headers: Record<string, string>) =>
        (await app.request('/notes', { method, headers })).status
      const young = [await ask('GET', key.headers), await ask('DELETE', key.headers)]
      young.push(await ask('DELETE', { ...ann.headers }))
      clock.advance({ minutes: 11 })
      console.log(...young, await ask('DELETE', { ...ann.headers }), await ask('GET', {}))
    })`
  write('hono', { 'src/auth/asked.ts': program })
  const line = 'npm run build && node dist/auth/asked.js'
  const { stdout, stderr } = await world.run(line, { cwd: folder('hono') })
  expect([stdout, stderr]).toEqual([expect.stringMatching(/^200 403 204 403 401$/m), ''])
}, 60_000)

interface Asking {
  readonly body?: object
  readonly token?: string
}

function asker(origin: string, more: Readonly<Record<string, string>> = {}) {
  return async (line: string, { body, token }: Asking = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const headers = {
      'content-type': 'application/json',
      ...more,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    }
    const sent = body ? { body: JSON.stringify(body) } : {}
    const answer = await fetch(origin + path, { method, headers, ...sent })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
}

test.each([
  ['is believed by nobody without a proxy', 'undefined', null],
  ['counts where TRUSTED_PROXIES names one', "['10.0.0.1']", '203.0.113.9'],
])('the address that a client of Next.js gives %s', async (_words, trustedProxies, address) => {
  const program = `
    import { createTestServer, logInAs } from 'latchkey/testing'
    import { surround } from './handlers.ts'
    import { testingDatabase } from './testing-database.ts'
    const server = await createTestServer({
      ...testingDatabase,
      app(auth) {
        const { answer } = surround(auth, { mode: 'development', trustedProxies: ${trustedProxies} ?? [] })
        return { fetch: answer }
      },
    })
    const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' }
    const made = { method: 'POST', headers, body: JSON.stringify(ann) }
    const { token } = await (await server.app.request('/v1/registrations', made)).json()
    const asked = { headers: { ...headers, authorization: 'Bearer ' + token } }
    const { sessions } = await (await server.app.request('/v1/sessions', asked)).json()
    console.log(JSON.stringify(sessions.map((session) => session.ip_address)))
    await server.close()`
  write('next', { 'auth/program.ts': program })
  const { stdout, stderr } = await world.run('node auth/program.ts', { cwd: folder('next') })
  expect([stdout, stderr]).toEqual([`${JSON.stringify([address])}\n`, expect.any(String)])
})

test('findUser says who asks for a page of Next.js, and nobody to a server action', async () => {
  const program = `
    import { authentication, findUser } from './authentication.ts'
    const { answer } = await authentication()
    const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }
    const made = await answer(new Request('http://localhost/v1/registrations', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ann) }))
    const authorization = 'Bearer ' + (await made.json()).token
    const page = await findUser(new Headers({ authorization }))
    const action = await findUser(new Headers({ authorization, 'next-action': '7f3a' }))
    const form = await findUser(new Headers({ authorization, 'content-type': 'multipart/form-data' }))
    console.log(JSON.stringify([page?.emailAddress, action, form]))
    process.exit()`
  write('next', {
    'auth/program.ts': program,
    'node_modules/next/package.json': '{"exports":{"./server":"./server.mjs"}}',
    'node_modules/next/server.mjs': 'export const connection = async () => {}\n',
  })
  const variables = { NODE_ENV: 'development' }
  const { stdout } = await world.run('node auth/program.ts', { cwd: folder('next'), variables })
  expect(stdout).toContain('["ann@example.com",null,null]\n')
})

test.each([
  ['without a word', 'npm start', {}],
  ['with NODE_ENV=production', 'npm start', { NODE_ENV: 'production' }],
  ['with NODE_ENV=production and --dev', 'npm start -- --dev', { NODE_ENV: 'production' }],
])('%s a server does not start, and takes nothing from .env', async (_words, line, more) => {
  const example = read('fastify', '.env')
  const url = 'DATABASE_URL=sqlite:storage/taken.sqlite3'
  const smtp = 'SMTP_URL=smtps://ann:secret@smtp.example.com'
  write('fastify', { '.env': `NODE_ENV=development\n${url}\n${smtp}\n${example}` })
  const variables = { PORT: await freePort(), ...more }
  const { code, stderr } = await world.run(line, { cwd: folder('fastify'), variables })
  write('fastify', { '.env': example })
  expect(code).not.toBe(0)
  for (const name of ['DATABASE_URL', 'APP_URL', 'MAIL_FROM', 'SMTP_URL']) {
    expect(stderr).toContain(`${name} must be set in production`)
  }
  expect(existsSync(join(folder('fastify'), 'storage/taken.sqlite3'))).toBe(false)
})

test('development is asked for by a script, and by no file', () => {
  const dev = (name: string) => JSON.parse(read(name, 'package.json')).scripts.dev
  expect(dev('hono')).toBe('tsx watch src/index.ts --dev')
  expect(dev('express')).toBe('node --watch ./bin/www --dev')
  expect(dev('fastify')).toBe('node --watch server.js --dev')
  expect(dev('next')).toBe('next dev')
  for (const name of ['hono', 'express', 'fastify', 'next']) {
    expect(read(name, '.env.example')).not.toMatch(/^NODE_ENV/m)
  }
  // Next.js reads `.env` in production as well.
  expect(existsSync(join(folder('next'), '.env'))).toBe(false)
  expect(read('next', '.env.development.local')).toContain('DATABASE_URL=')
  expect(read('next', '.gitignore')).toContain('.env.development.local\n')
  expect(read('next', 'auth/environment.ts')).toContain("'.env.development.local'")
  for (const path of ['health/[...path]', '.well-known/[...path]']) {
    expect(read('next', `app/${path}/route.ts`)).toContain("from '../../v1/[...path]/route.ts'")
  }
})

test.each([
  ['asks for development', { dev: true }, {}, '200'],
  ['asks for nothing without that', {}, {}, 'DATABASE_URL must be set in production'],
  [
    'is not listened to in production',
    { dev: true },
    { NODE_ENV: 'production' },
    'DATABASE_URL must be set in production',
  ],
])('what fastify-cli hands to the app %s', async (_words, options, variables, expected) => {
  const program = `
    import Fastify from 'fastify'
    import authentication from './mount.js'
    const app = Fastify()
    await app.register(authentication, ${JSON.stringify(options)})
    console.log((await app.inject('/health/live')).statusCode)
    await app.close()`
  write('fastify', { 'auth/program.js': program })
  const cwd = folder('fastify')
  const { stdout, stderr } = await world.run('node auth/program.js', { cwd, variables })
  expect(stdout + stderr).toContain(expected)
})

test('PostgreSQL is asked for by name, and comes without SQLite', async () => {
  await begin('express', 'postgres')
  expect((await generate('postgres', '--database postgres')).code).toBe(0)
  expect(read('postgres', 'auth/database.js')).toContain("require('latchkey/postgres')")
  expect(read('postgres', 'auth/testing-database.js')).toContain('TEST_DATABASE_URL')
  expect(JSON.parse(read('postgres', 'package.json')).dependencies).toHaveProperty('pg')
  expect(read('postgres', '.env')).toContain('DATABASE_URL=postgres://')
})

// Other tests make schemas in the one that all share.
async function ownDatabase(): Promise<string> {
  const name = `generated_${randomUUID().replaceAll('-', '')}`
  const run = async (sql: string) => {
    const client = new pg.Client(inject('postgresUrl'))
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  await run(`CREATE DATABASE ${name}`)
  onTestFinished(() => run(`DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  return url.href
}

test('tests on PostgreSQL are in schemas of their own, which go, and keep what the URL asks', async () => {
  const program = `
    const { testingDatabase: { open, databaseUrl } } = require('./testing-database')
    const ask = async ({ database }, sql) => database.transaction((each) => each.query(sql))
    const left = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test\\\\_%' ORDER BY nspname"
    const where = "SELECT current_schema(), current_setting('work_mem')"
    async function look() {
      const outside = await require('./database').openDatabase(databaseUrl)
      const before = JSON.stringify(await ask(outside, left))
      const [one, other] = [await open(databaseUrl), await open(databaseUrl)]
      const [[first], [second]] = [await ask(one, where), await ask(other, where)]
      await one.database.close()
      await other.database.close()
      const after = JSON.stringify(await ask(outside, left))
      await outside.database.close()
      console.log(JSON.stringify([first[0] !== second[0], first[1], before === after]))
    }
    look()`
  const url = new URL(await ownDatabase())
  url.searchParams.set('options', '-c work_mem=12345')
  write('postgres', { 'auth/program.js': program })
  const variables = { TEST_DATABASE_URL: url.href }
  const { stdout, stderr } = await world.run('node auth/program.js', {
    cwd: folder('postgres'),
    variables,
  })
  expect([stdout, stderr]).toEqual(['[true,"12345kB",true]\n', ''])
  const both = await world.run('npm test & npm test; wait $!', {
    cwd: folder('postgres'),
    variables,
  })
  expect([both.code, both.stdout.match(/^ℹ (?:pass 10|fail 0)$/gm)?.length]).toEqual([0, 4])
}, 60_000)

test('a test that asks an app on PostgreSQL ends when it closes what it has opened', async () => {
  const program = `
    const app = require('../app')
    const { closeAuthentication } = require('./server')
    const server = app.listen(0, async () => {
      const origin = 'http://localhost:' + server.address().port
      const authorization = 'Bearer lks_' + 'x'.repeat(38)
      const { status } = await fetch(origin + '/closed', { headers: { authorization } })
      console.log(status)
      server.close().closeAllConnections()
      await closeAuthentication()
    })`
  write('postgres', { 'auth/program.js': program })
  const variables = { NODE_ENV: 'development', DATABASE_URL: await ownDatabase() }
  const ran = await world.run('node auth/program.js', { cwd: folder('postgres'), variables })
  expect([ran.code, ran.stdout]).toEqual([0, '401\n'])
})

test('a database for tests that cannot be opened leaves no schema behind', async () => {
  const program = `
    const { openDatabase } = require('./database')
    const { testingDatabase: { open, databaseUrl } } = require('./testing-database')
    const left = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test\\\\_%' ORDER BY nspname"
    async function look() {
      const outside = await openDatabase(databaseUrl)
      const list = () => outside.database.transaction((each) => each.query(left))
      const before = JSON.stringify(await list())
      const said = await open(databaseUrl).catch((error) => error.message)
      console.log(JSON.stringify([said, JSON.stringify(await list()) === before]))
      await outside.database.close()
    }
    look()`
  const broken = read('postgres', 'auth/database.js').replace(
    /async function openDatabase\(url\) \{/,
    "$& if (url.includes('search_path')) throw new Error('No such luck');",
  )
  const kept = read('postgres', 'auth/database.js')
  write('postgres', { 'auth/program.js': program, 'auth/database.js': broken })
  const variables = { TEST_DATABASE_URL: await ownDatabase() }
  const { stdout } = await world.run('node auth/program.js', { cwd: folder('postgres'), variables })
  write('postgres', { 'auth/database.js': kept })
  expect(stdout).toBe('["No such luck",true]\n')
})
