// What is loaded before a server answers: all else waits until somebody needs it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ann, temporaryFolder } from './harness.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { until } from './until.ts'

const program = ['--import', './test/loaded-packages.ts', 'templates/api/server.ts']

// But for what is compiled for this kind of machine.
function loaded(server: ServerProcess): string[] {
  return said(server).filter((name) => !/^@node-rs\/\w+-|^templates\//.test(name))
}

function filesOf(server: ServerProcess): string[] {
  return said(server).filter((name) => name.startsWith('templates/'))
}

function said({ log }: ServerProcess): string[] {
  return log.flatMap(({ message, name }) => (message === 'loaded' ? [String(name)] : [])).sort()
}

const atStart = ['@node-rs/argon2', 'bowser', 'hono', 'uuid', 'zod']
// nodemailer can fetch what is attached to a mail.
const behindMail = ['nodemailer', 'https', 'undici', ...atStart].sort()
const behindRequest = ['@hono/node-server', 'undici', ...atStart].sort()

function start(variables: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const file = join(temporaryFolder(), 'app.sqlite3')
  return startServerProcess({ DATABASE_URL: `sqlite:${file}`, ...variables }, program)
}

test('a server answers without a package that nobody has needed yet', async () => {
  const server = await start()
  expect((await server.send('GET /health/ready')).status).toBe(200)
  await server.end()
  expect(loaded(server)).toEqual(atStart)
})

test('of the application nothing is read in production that is for development', async () => {
  const server = await start()
  expect((await server.send('GET /health/ready')).status).toBe(200)
  await server.end()
  const files = [
    'database-sqlite',
    'database',
    'mails',
    'projects',
    'routes',
    'server',
    'transport',
  ]
  expect(filesOf(server)).toEqual(files.map((name) => `templates/api/${name}.ts`))
})

test('what Node fetches with is loaded for a path that there is not, and not for who acts', async () => {
  const server = await start()
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
  expect((await server.send('PUT /v1/session', ann)).status).toBe(405)
  // What is loaded is looked for each hundredth of a second, and a second time behind an answer.
  expect((await server.send('GET /health/ready')).status).toBe(200)
  expect(loaded(server)).toEqual(atStart)
  expect((await server.send('GET /nowhere')).status).toBe(404)
  await until(() => expect(loaded(server)).toEqual(behindRequest))
  await server.end()
})

test('what sends mails is loaded for the first mail', async () => {
  const server = await start()
  expect(loaded(server)).not.toContain('nodemailer')
  expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
  expect(loaded(server)).not.toContain('nodemailer')
  expect((await server.send('POST /v1/passwords', ann)).status).toBe(200)
  await until(() => expect(loaded(server)).toEqual(behindMail))
})

test('what signs is loaded for the first access token', async () => {
  const server = await start({
    ACCESS_TOKEN_AUDIENCES: 'billing',
    ACCESS_TOKEN_ISSUER: 'https://api.example.com',
    KEY_ENCRYPTION_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64'),
  })
  expect(loaded(server)).not.toContain('jose')
  const { body } = await server.send('POST /v1/registrations', ann)
  const headers = { authorization: `Bearer ${body.token}` }
  const issued = await server.send('POST /v1/access_tokens', { audience: 'billing' }, headers)
  expect(issued.status).toBe(200)
  expect(loaded(server)).toContain('jose')
})
