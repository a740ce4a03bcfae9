// The first command, as a person runs it, and the README's tour, as a person types it.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { AuthError, explain } from 'latchkey/server'
import { openSqlite } from 'latchkey/sqlite'
import { createTestServer } from 'latchkey/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { testOptions } from '../../templates/api/testing.ts'
import { temporaryFolder } from '../harness.ts'
import { start, stop } from './npm-start.ts'

function shell(script: string): string {
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
}

test('npm start prints a tour of four lines that can be pasted', async () => {
  const started = await start(temporaryFolder())
  const lines = started.said().match(/^ {2}.*curl.*$/gm) ?? []
  expect(lines).toHaveLength(4)
  const answers = shell(lines.map((line) => line.replace('curl ', 'curl -s ')).join('\n'))
  const [projects = '', loggedOut = '', refused = ''] = answers.trim().split('\n')
  expect(JSON.parse(projects).projects).toHaveLength(1)
  expect(JSON.parse(loggedOut)).toEqual({ message: 'Logged out' })
  expect(JSON.parse(refused).code).toBe('invalid_token')
})

test('npm start says where the mails and the page of their links are, and both are there', async () => {
  const { origin, said } = await start(temporaryFolder())
  const [, mailbox = ''] = /mails are at (\S+)\.$/m.exec(said()) ?? []
  const [, page = ''] = /front end is on (\S+)\.$/m.exec(said()) ?? []
  const body = new URLSearchParams({ email_address: 'demo@example.com' })
  expect((await fetch(`${origin}/v1/passwords`, { method: 'POST', body })).status).toBe(200)
  const mails = async () => Object(await (await fetch(`${mailbox}.json`)).json()).mails
  while ((await mails()).length === 0) await new Promise((resolve) => setImmediate(resolve))
  const [mail] = await mails()
  const [link = '', token = ''] = /http\S+#(lkr_\w+)/.exec(mail.text) ?? []
  expect(link).toBe(`${page}/reset-password#${token}`)
  expect(await (await fetch(link)).text()).toContain(`content="${origin}"`)
  const headers = { origin: page, 'content-type': 'application/json' }
  const chosen = JSON.stringify({ token, password: 'another horse battery' })
  const reset = await fetch(`${origin}/v1/passwords`, { method: 'PUT', headers, body: chosen })
  expect([reset.status, reset.headers.get('access-control-allow-origin')]).toEqual([200, page])
})

test('npm start listens for this machine alone, for the pages as for the API', async () => {
  const { origin, said } = await start(temporaryFolder())
  const [, page = ''] = /front end is on (\S+)\.$/m.exec(said()) ?? []
  for (const url of [origin, page]) {
    // All of 127/8 leads here, like every address of this machine that others can reach.
    const socket = connect({ host: '127.0.0.2', port: Number(new URL(url).port) })
    expect(await once(socket, 'connect').catch((error) => error.code)).toBe('ECONNREFUSED')
  }
})

test('limits that are off are spoken of loudly', async () => {
  const folder = temporaryFolder()
  const started = await start(folder, { variables: { RATE_LIMITS: 'off' } })
  expect(started.complained()).toContain('RATE_LIMITS=off: nobody is kept from guessing passwords')
})

test('access tokens for which there is no key are off in production, and spoken of loudly', async () => {
  const variables = {
    APP_URL: 'https://app.example.com',
    SMTP_URL: 'smtps://127.0.0.1:1',
    MAIL_FROM: 'no-reply@example.com',
    ACCESS_TOKEN_AUDIENCES: 'billing',
    KEY_ENCRYPTION_KEY: '',
  }
  const started = await start(temporaryFolder(), { args: [], until: '"listening"', variables })
  const [, port] = /"port":(\d+)/.exec(started.said()) ?? []
  const { status } = await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)
  expect(status).toBe(404)
  expect(started.complained()).toContain(
    'ACCESS_TOKEN_AUDIENCES is set and KEY_ENCRYPTION_KEY is not: no access tokens are issued.',
  )
})

test('in development an audience is enough', async () => {
  const variables = { ACCESS_TOKEN_AUDIENCES: 'billing', KEY_ENCRYPTION_KEY: '' }
  const started = await start(temporaryFolder(), { variables })
  const [logIn = ''] = started.said().match(/^ {2}.*curl.*$/gm) ?? []
  const asked = `curl -s ${started.origin}/v1/access_tokens -d audience=billing -H "Authorization: Bearer $TOKEN"`
  expect(JSON.parse(shell(`${logIn}\n${asked}`))).toMatchObject({ expires_in: 300 })
  expect(started.complained()).not.toContain('KEY_ENCRYPTION_KEY')
})

test('a second start keeps the data and the sessions, and has a password of its own that works', async () => {
  const folder = temporaryFolder()
  const first = await start(folder)
  const [logIn = '', list = ''] = first.said().match(/^ {2}.*curl.*$/gm) ?? []
  const token = shell(`${logIn}; echo $TOKEN`).trim()
  expect(await stop(first.process, 'SIGTERM')).toBe(0)
  const second = await start(folder)
  const answered = shell(`TOKEN=${token}; ${list.replaceAll(first.origin, second.origin)} -s`)
  expect(JSON.parse(answered).projects).toHaveLength(1)
  const [logInAgain = ''] = second.said().match(/^ {2}.*curl.*$/gm) ?? []
  expect(shell(`${logIn.replace(first.origin, second.origin)}; echo $TOKEN`)).not.toMatch(/^lks_/)
  expect(shell(`${logInAgain}; echo $TOKEN`)).toMatch(/^lks_/)
  expect(await stop(second.process, 'SIGINT')).toBe(0)
})

test('the database is its owner’s alone', async () => {
  const folder = temporaryFolder()
  await start(folder)
  expect(statSync(join(folder, 'storage')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'storage/development.sqlite3')).mode & 0o777).toBe(0o600)
})

test('a variable that cannot be read stops the start with a sentence', () => {
  const args = ['--conditions=source', 'templates/api/server.ts', '--dev']
  const env = { ...process.env, PORT: 'x', DATABASE_URL: '' }
  const run = () => execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: 'pipe' })
  expect(run).toThrow('PORT must be a whole number from 0 to 65535, for example PORT=3000')
  expect(run).not.toThrow(/\bat .*:\d+:\d+/)
})

test('a port that is taken and a database that cannot be opened are said in a sentence', async () => {
  const { origin } = await start(temporaryFolder())
  const args = ['--conditions=source', 'templates/api/server.ts', '--dev']
  const run = (variables: NodeJS.ProcessEnv) => () => {
    const databaseUrl = `sqlite:${join(temporaryFolder(), 'other.sqlite3')}`
    const env = { ...process.env, DATABASE_URL: databaseUrl, ...variables }
    execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: 'pipe' })
  }
  const taken = run({ PORT: new URL(origin).port })
  expect(taken).toThrow('or set another port, for example PORT=3100')
  expect(taken).not.toThrow(/\bat .*:\d+:\d+/)
  const broken = join(temporaryFolder(), 'broken.sqlite3')
  writeFileSync(broken, 'this is no database, and long enough to be read as a header of one')
  expect(run({ DATABASE_URL: `sqlite:${broken}` })).toThrow(
    'DATABASE_URL cannot be used: file is not a database',
  )
  expect(run({ DATABASE_URL: 'sqlite:/dev/null/x/y' })).toThrow('ENOTDIR')
})

test.each([
  [3000, 'PORT=3100 or, for the pages, WEB_PORT=3101'],
  [3100, 'PORT=3200 or, for the pages, WEB_PORT=3201'],
  [3101, 'PORT=3200 or, for the pages, WEB_PORT=3201'],
])('where port %i is taken it is not the one that is suggested', (port, suggested) => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port })
  expect(explain(error)).toContain(suggested)
})

test('what a database has against it is said with an example, never with its URL and password', () => {
  vi.stubEnv('DATABASE_URL', 'postgres://app:hunter2@db.example.com/app')
  onTestFinished(() => void vi.unstubAllEnvs())
  const away = new AuthError('unavailable', { cause: new Error('it is not in the mood') })
  expect(explain(away)).toBe(
    'DATABASE_URL cannot be used: it is not in the mood, for example DATABASE_URL=postgres://user:password@127.0.0.1:5432/app',
  )
})

test('no server starts on a database that tests may empty', async () => {
  const path = join(temporaryFolder(), 'test.sqlite3')
  const server = await createTestServer({ ...testOptions, databaseUrl: `sqlite:${path}` })
  await server.close()
  const args = ['--conditions=source', 'templates/api/server.ts', '--dev']
  const env = { ...process.env, PORT: '0', DATABASE_URL: `sqlite:${path}` }
  // A server that starts does not end by itself.
  const options = { env, encoding: 'utf8', stdio: 'pipe', timeout: 20_000 } as const
  const run = () => execFileSync(process.execPath, args, options)
  expect(run).toThrow('DATABASE_URL names a database that tests empty')
  expect(run).not.toThrow(/\bat .*:\d+:\d+/)
})

test('without --dev the database, the mail server and the front end must be named', () => {
  const args = ['--conditions=source', 'templates/api/server.ts']
  const empty = { DATABASE_URL: '', APP_URL: '', SMTP_URL: '', MAIL_FROM: '' }
  const env = { ...process.env, ...empty }
  const run = () => execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: 'pipe' })
  for (const name of Object.keys(empty)) expect(run).toThrow(`${name} must be set in production`)
})

test('without --dev there is no demo user, no tour, and the log is made of JSON', async () => {
  const folder = temporaryFolder()
  const variables = {
    APP_URL: 'https://app.example.com',
    SMTP_URL: 'smtps://smtp.example.com',
    MAIL_FROM: 'no-reply@example.com',
  }
  const { process: child, said } = await start(folder, { args: [], until: 'listening', variables })
  expect(JSON.parse(said().trim())).toMatchObject({ level: 'info', mode: 'production' })
  expect(await stop(child, 'SIGTERM')).toBe(0)
  const database = await openSqlite(join(folder, 'storage/development.sqlite3'))
  expect(await database.query('SELECT id FROM users')).toEqual([])
  await database.close()
})

test.each([
  ['production, unless something is set', [], {}, 'production'],
  ['what was set', [], { NODE_ENV: 'test' }, 'test'],
  ['nothing in development', ['--dev'], {}, 'undefined'],
])('NODE_ENV is %s', (_words, args, set, expected) => {
  const said = run('await start(async () => console.log(process.env.NODE_ENV))', { args, set })
  expect(said).toBe(`${expected}\n`)
})

test('a server in production is given nothing that is for tests', () => {
  const program = `import { testSettings } from 'latchkey/testing'
    await start(async () => console.log(testSettings()))`
  expect(() => run(program, { args: [], set: {} })).toThrow(
    'testSettings() is for tests, and NODE_ENV is production',
  )
})

test.each([
  ['a file that is not there', "(await import('node:fs')).readFileSync('plans.json')"],
  ['a server of its own', "await fetch('http://127.0.0.1:1')"],
])('what a program misses is not blamed on its database: %s', (_words, missed) => {
  const program = () => run(`await start(async () => { ${missed} })`, { args: [], set: {} })
  expect(program).toThrow(/ENOENT|ECONNREFUSED|fetch failed/)
  expect(program).not.toThrow('DATABASE_URL')
})

interface Running {
  readonly args: readonly string[]
  readonly set: Readonly<Record<string, string>>
}

function run(program: string, { args, set }: Running): string {
  const { NODE_ENV: _own, ...others } = process.env
  const needed = {
    DATABASE_URL: 'sqlite:storage/app.sqlite3',
    APP_URL: 'https://app.example.com',
    SMTP_URL: 'smtps://smtp.example.com',
    MAIL_FROM: 'no-reply@example.com',
  }
  const code = `import { start } from 'latchkey/server'\n${program}`
  const command = ['--conditions=source', '--input-type=module', '--eval', code, '--', ...args]
  const env = { ...others, ...needed, ...set }
  return execFileSync(process.execPath, command, { env, encoding: 'utf8', stdio: 'pipe' })
}

test('a password may have to be long: the demo user’s is', async () => {
  const variables = { PASSWORD_MINIMUM_LENGTH: '64' }
  const { said } = await start(temporaryFolder(), { variables })
  expect(said()).toMatch(/with the password \S{64,}/)
})

test('the README’s tour is what really happens', async () => {
  const { origin } = await start(temporaryFolder())
  const readme = readFileSync('README.md', 'utf8')
  const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  const lines = blocks.join('').trim().split('\n')
  const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  const shown = lines.filter((line) => !line.startsWith('$ '))
  const answers = shell(commands.join('\n').replaceAll('localhost:3000', origin))
  expect(commands.length).toBeGreaterThanOrEqual(7)
  expect(mask(answers.trim())).toEqual(mask(shown.join('\n')))
})

function mask(text: string): string {
  return text
    .replace(/lks_[1-9A-Za-z]{38}/g, 'TOKEN')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
}
