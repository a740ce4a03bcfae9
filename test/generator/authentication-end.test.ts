// How a project into which latchkey generate authentication has written starts, and how it ends.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../until.ts'
import { type Projects, startProjects } from './existing-projects.ts'
import { freePort, type World } from './world.ts'

let world: World
let { folder, write, begin, generate }: Projects = Object()
beforeAll(async () => {
  ;({ world, folder, write, begin, generate } = await startProjects())
  for (const [name, files] of Object.entries(projects)) await prepare(name, files)
}, 180_000)
afterAll(() => world.end(), 60_000)

type Files = Readonly<Record<string, string>>

async function prepare(name: string, files: Files): Promise<void> {
  const [framework = ''] = name.split(' ')
  const dependencies = { [framework]: '^5.0.0', '@hono/node-server': '^2.0.0' }
  const type = name.includes('CommonJS') ? 'commonjs' : 'module'
  const manifest = JSON.stringify({ type, scripts: { start: 'node index.js' }, dependencies })
  await begin('', name, { 'package.json': manifest, ...files })
  const { code, stdout, stderr } = await generate(name, `--package '${world.tarball}'`)
  if (code !== 0 || stdout.includes('by hand')) throw new Error(stdout + stderr)
}

// An answer that begins, and ends when somebody has written a file.
const finish = `async function finish() {
  console.log('begun')
  while (!existsSync('release')) await new Promise((resolve) => setTimeout(resolve, 10))
  return 'done'
}
`
const said = "() => console.log('listening as ' + process.pid + '.')"

const hono: Files = {
  'app.js': `import { existsSync } from 'node:fs'
import { Hono } from 'hono'

export const app = new Hono()

app.get('/closed', (c) => c.text('Come in'))
app.get('/slow', async (c) => c.text(await finish()))
${finish}`,
  'index.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT) }, ${said})
`,
  'asked.js': `import { app } from './app.js'
export const ask = (path, init) => app.request(path, init)
`,
}

const projects = {
  hono,
  'hono in CommonJS': Object.fromEntries(
    Object.entries(hono).map(([path, text]) => [path, inCommonJs(text)]),
  ),
  express: {
    'app.js': `import { existsSync } from 'node:fs'
import express from 'express'

export const app = express()

app.get('/closed', (_request, response) => response.send('Come in'))
app.get('/slow', async (_request, response) => response.send(await finish()))
${finish}`,
    'index.js': `import { app } from './app.js'

app.listen(process.env.PORT, ${said})
`,
    'asked.js': `import { once } from 'node:events'
import { app } from './app.js'
export async function ask(path, init) {
  const server = app.listen(0)
  await once(server, 'listening')
  const answer = await fetch('http://localhost:' + server.address().port + path, init)
  server.close().closeAllConnections()
  return answer
}
`,
  },
  fastify: {
    'app.js': `import { existsSync } from 'node:fs'
import Fastify from 'fastify'

export const app = Fastify()

app.get('/closed', async () => 'Come in')
app.get('/slow', finish)
${finish}`,
    'index.js': `import { app } from './app.js'

app.listen({ port: process.env.PORT }).then(${said})
`,
    'asked.js': `import { app } from './app.js'
export async function ask(url, { method, body, headers } = {}) {
  const { statusCode: status } = await app.inject({ url, method, body, headers })
  return { status }
}
`,
  },
} satisfies Readonly<Record<string, Files>>

const kinds = Object.keys(projects)

function inCommonJs(text: string): string {
  const plain = text
    .replace(/^import (.*) from (.*)$/gm, 'const $1 = require($2)')
    .replace(/^export const ask/m, 'exports.ask')
  return /^export const app/m.test(plain)
    ? `${plain.replace('export const', 'const')}\nmodule.exports = { app }\n`
    : plain
}

const inDevelopment = { NODE_ENV: 'development' }
const inProduction = {
  DATABASE_URL: 'sqlite:storage/production.sqlite3',
  APP_URL: 'https://app.example.com',
  MAIL_FROM: 'no-reply@example.com',
  SMTP_URL: 'smtps://ann:secret@smtp.example.com',
}

test.each(kinds)('whoever imports an app of %s opens nothing, and ends', async (name) => {
  const line = `node -e "import('./app.js').then(({ app }) => console.log(typeof app))"`
  // With no variable set, that is in production, where all are asked for.
  const { code, stdout, stderr } = await world.run(line, { cwd: folder(name) })
  expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^(?:object|function)\n$/), ''])
  expect(existsSync(join(folder(name), 'storage'))).toBe(false)
})

test.each(kinds)(
  'a test that asks an app of %s ends by itself, and is told of mails',
  async (name) => {
    const ending = name.includes('CommonJS') ? 'cjs' : 'mjs'
    const text = `import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../asked.js'

test('it is closed', async () => equal((await ask('/closed')).status, 401))
test('a password is reset', async () => {
  const body = JSON.stringify({ email_address: 'ann@example.com' })
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  equal((await ask('/v1/passwords', init)).status, 200)
})
`
    const translated = text.replace(/^import (.*) from (.*)$/gm, 'const $1 = require($2)')
    write(name, { [`test/app.test.${ending}`]: ending === 'cjs' ? translated : text })
    const ran = await world.run(`node --test test/app.test.${ending}`, {
      cwd: folder(name),
      variables: inDevelopment,
    })
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/^ℹ pass 2\nℹ fail 0$/m)])
    // That its mails are sent, a server of Fastify says itself when it listens.
    const told = ran.stdout.includes(
      'call runAuthentication(server) where your server starts to listen',
    )
    expect(told).toBe(name !== 'fastify')
  },
)

test.each(
  kinds.flatMap((name) => [
    [name, 'TERM'],
    [name, 'INT'],
  ]),
)(
  'a server of %s that is told SIG%s answers what has begun, and then ends with 0',
  async (name, signal) => {
    const cwd = folder(name)
    rmSync(join(cwd, 'release'), { force: true })
    const PORT = await freePort()
    const line = 'node index.js; echo "ended with $?"'
    const running = world.begin(line, { cwd, variables: { ...inDevelopment, PORT } })
    await running.until('listening as ')
    await running.until('.\n')
    const [, pid = ''] = /listening as (\d+)\./.exec(running.said()) ?? []
    const origin = `http://localhost:${PORT}`
    const ann = { email_address: `${signal}@example.com`, password: 'correct horse battery' }
    const signedUp = await fetch(`${origin}/v1/registrations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ann),
    })
    const { token } = Object(await signedUp.json())
    const answering = fetch(`${origin}/slow`, { headers: { authorization: `Bearer ${token}` } })
    await running.until('begun')

    await world.run(`kill -${signal} ${pid}`)
    await until(async () => {
      await expect(fetch(origin)).rejects.toThrow()
    })
    expect(running.said()).not.toContain('ended')
    write(name, { release: '' })
    const answer = await answering
    expect([answer.status, await answer.text()]).toEqual([200, 'done'])
    await running.until('ended with 0')
    expect(lastUse(name)).not.toBe(null)
  },
  60_000,
)

// When the session of the last log-in was used, as the database has it.
function lastUse(name: string): unknown {
  const database = new DatabaseSync(join(folder(name), 'storage/development.sqlite3'))
  const row = database.prepare('SELECT last_used_at FROM sessions ORDER BY created_at DESC').get()
  database.close()
  return Object(row).last_used_at
}

const faults = [
  ['a DATABASE_URL of no kind that there is', { DATABASE_URL: 'mysql://localhost/app' }],
  ['a DATABASE_URL that cannot be opened', { DATABASE_URL: 'sqlite:package.json/app.sqlite3' }],
  ['no APP_URL', { APP_URL: '' }],
] as const

test.each(kinds.flatMap((name) => faults.map(([words, fault]) => ({ name, words, fault }))))(
  'a server of $name with $words says so in a sentence, and ends with 1',
  async ({ name, fault }) => {
    const variables = { ...inProduction, ...fault, PORT: await freePort() }
    const { code, stderr } = await world.run('node index.js', { cwd: folder(name), variables })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^(?:DATABASE|APP)_URL [^\n]+\n$/)])
  },
)

test.each(faults)('one of Next.js with %s does too', async (_words, fault) => {
  if (!existsSync(folder('next'))) {
    await begin('next', 'next', {
      'node_modules/next/package.json': '{"exports":{"./server":"./server.mjs"}}',
      'node_modules/next/server.mjs': 'export const connection = async () => {}\n',
    })
    await generate('next', `--package '${world.tarball}'`)
  }
  const line = `node -e "import('./instrumentation.ts').then(({ register }) => register())"`
  const variables = { ...inProduction, ...fault, NEXT_RUNTIME: 'nodejs', NODE_NO_WARNINGS: '1' }
  const { code, stderr } = await world.run(line, { cwd: folder('next'), variables })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^(?:DATABASE|APP)_URL [^\n]+\n$/)])
  const elsewhere = { ...variables, NEXT_RUNTIME: 'edge' }
  const { code: inEdge } = await world.run(line, { cwd: folder('next'), variables: elsewhere })
  expect(inEdge).toBe(0)
})
