// Projects that latchkey new has written, as whoever wrote them installs, tests and runs them.
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { fieldTypes } from '../../src/generator/field.ts'
import { parseMail } from '../mail/parsed-mail.ts'
import { startMailServer } from '../mail/smtp-harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'
import { until } from '../until.ts'
import { buildImage } from './image.ts'
import { freePort, latchkey, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  for (const [name, options] of Object.entries(installed)) await install(name, options)
}, 180_000)
// What npm unpacks is thousands of files.
afterAll(() => world.end(), 60_000)

const installed = { shop: '', lean: '--database postgres --front-end none' }

async function install(name: string, options: string): Promise<void> {
  const written = `${latchkey} new ${name} ${options} --package '${world.tarball}'`
  const { code, stdout, stderr } = await world.run(`${written} && cd ${name} && npm install`)
  if (code !== 0) throw new Error(`${name} was not installed: ${stdout}${stderr}`)
}

const folder = (name: string) => join(world.folder, name)

// What npm test begins with.
const { scripts } = JSON.parse(readFileSync('templates/api/package.json', 'utf8'))
const [runTests = ''] = String(scripts.test).split(' && ')

test('a project on SQLite with React passes its own tests as soon as it is installed', async () => {
  const { code, stdout, stderr } = await world.run('npm test', { cwd: folder('shop') })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^ℹ pass [2-9]\nℹ fail 0\n.*\nℹ skipped 0$/m)
  expect(stdout).toContain('shop-web@')
  expect(readdirSync(join(folder('shop'), 'web/dist'))).toContain('index.html')
}, 60_000)

test('one on PostgreSQL says which database it needs for that, and passes with it', async () => {
  const without = await world.run('npm test', { cwd: folder('lean') })
  expect(without.code).not.toBe(0)
  expect(without.stdout).toContain('TEST_DATABASE_URL must name a PostgreSQL database')
  const variables = { TEST_DATABASE_URL: inject('postgresUrl') }
  const { code, stdout } = await world.run('npm test', { cwd: folder('lean'), variables })
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass [2-9]\nℹ fail 0$/m)])
}, 60_000)

test.each([
  ['sqlite', 'none'],
  ['postgres', 'react'],
])(
  'one on %s with %s passes them too',
  async (database, frontEnd) => {
    const name = `${database}-${frontEnd}`
    await world.run(`${latchkey} new ${name} --database ${database} --front-end ${frontEnd}`)
    // What the others have installed, and no second time.
    const modules = `cp -al shop/node_modules ${name} && cp -aln lean/node_modules ${name}`
    expect((await world.run(modules)).code).toBe(0)
    const variables = { TEST_DATABASE_URL: inject('postgresUrl') }
    const line = `${runTests} && node_modules/typescript/bin/tsc`
    const web = frontEnd === 'react' ? ' && node_modules/typescript/bin/tsc --project web' : ''
    const { code, stdout } = await world.run(line + web, { cwd: folder(name), variables })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass [2-9]\nℹ fail 0$/m)])
  },
  60_000,
)

test.each(['sqlite', 'postgres'] as const)(
  'resources that were generated in a project on %s pass its tests, its compiler and a linter',
  async (database) => {
    const name = `generated-${database}`
    const fields = Object.keys(fieldTypes)
    const each = (rest: string) => fields.map((type) => `'a_${type}:${type}${rest}'`).join(' ')
    const generate = `${latchkey} generate resource`
    const written = await world.run(`${latchkey} new ${name} --database ${database} && cd ${name} &&
      ${generate} line_items ${each('')} && ${generate} categories ${each('?')} &&
      ${generate} people name:string 'born_on:date?' --singular person`)
    expect([written.code, written.stdout]).toEqual([0, expect.not.stringContaining('by hand')])
    await world.run(`cp -al shop/node_modules ${name} && cp -aln lean/node_modules ${name}`)
    const variables = { TEST_DATABASE_URL: inject('postgresUrl') }
    const compile =
      'node_modules/typescript/bin/tsc && node_modules/typescript/bin/tsc --project web'
    const { code, stdout } = await world.run(`${runTests} && ${compile}`, {
      cwd: folder(name),
      variables,
    })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass 26\nℹ fail 0$/m)])
    const lint = `node node_modules/@biomejs/biome/bin/biome check --vcs-enabled=false --config-path=. '${folder(name)}'`
    expect(await world.run(lint, { cwd: process.cwd() })).toMatchObject({ code: 0 })
  },
  90_000,
)

test('npm run dev serves the API and the pages, lets the demo user in, and ends with Ctrl-C', async () => {
  const [PORT, WEB_PORT] = [await freePort(), await freePort()]
  const running = world.begin('npm run dev', {
    cwd: folder('shop'),
    variables: { PORT, WEB_PORT },
  })
  await running.until('curl -X DELETE')
  const [, password = ''] =
    /as demo@example\.com with the password (\S+),/.exec(running.said()) ?? []
  const body = new URLSearchParams({ email_address: 'demo@example.com', password })
  const api = `http://localhost:${PORT}`
  const { status } = await fetch(`${api}/v1/session`, { method: 'POST', body })
  expect([status, await (await fetch(api)).json()]).toMatchObject([200, { name: 'Shop' }])
  const page = await (await fetch(`http://localhost:${WEB_PORT}`)).text()
  expect(page).toContain('<title>Shop</title>')
  expect(page).toContain(`content="${api}"`)
  await running.interrupt()
  await expect(fetch(api)).rejects.toThrow()
  await expect(fetch(`http://localhost:${WEB_PORT}`)).rejects.toThrow()
}, 60_000)

test('a page that is changed is built anew while npm run dev goes on', async () => {
  const variables = { PORT: await freePort(), WEB_PORT: await freePort() }
  const running = world.begin('npm run dev', { cwd: folder('shop'), variables })
  await running.until('curl -X DELETE')
  const script = async () => {
    const page = await (await fetch(`http://localhost:${variables.WEB_PORT}`)).text()
    const [, path = ''] = /<script [^>]*src="([^"]+)"/.exec(page) ?? []
    return (await fetch(`http://localhost:${variables.WEB_PORT}${path}`)).text()
  }
  expect(await script()).not.toContain('To the moon')
  const file = join(folder('shop'), 'web/src/main.tsx')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, `${text}\nconsole.log('To the moon')\n`)
  onTestFinished(() => writeFileSync(file, text))
  await until(async () => expect(await script()).toContain('To the moon'))
  await running.interrupt()
}, 60_000)

test('on PostgreSQL npm run dev takes the database that a variable names', async () => {
  const variables = { PORT: await freePort(), DATABASE_URL: await postgresSchema() }
  const running = world.begin('npm run dev', { cwd: folder('lean'), variables })
  await running.until('curl -X DELETE')
  expect(running.said()).not.toMatch(/front end|WEB_PORT/)
  const [, password = ''] = /with the password (\S+),/.exec(running.said()) ?? []
  const body = new URLSearchParams({ email_address: 'demo@example.com', password })
  const asked = { method: 'POST', body }
  expect((await fetch(`http://localhost:${variables.PORT}/v1/session`, asked)).status).toBe(200)
  await running.interrupt()
}, 60_000)

test.each([
  ['shop', 'postgres://u:p@127.0.0.1:5432/app', 'SQLite needs the path of a file'],
  ['lean', 'sqlite:storage/app.sqlite3', 'PostgreSQL needs a URL'],
])('%s says of the URL %s that it has another database', async (name, url, sentence) => {
  const variables = { ...mail, APP_URL: app, SMTP_URL: 'smtp://127.0.0.1:9', DATABASE_URL: url }
  const { code, stderr } = await world.run('npm start', { cwd: folder(name), variables })
  expect(code).toBe(1)
  expect(stderr).toContain(`DATABASE_URL cannot be used: ${sentence}`)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
})

const app = 'https://app.example.com'
const mail = { MAIL_FROM: 'Shop <no-reply@example.com>' }

test('npm start refuses with a sentence for each variable that is missing', async () => {
  const { code, stderr } = await world.run('npm start', { cwd: folder('shop') })
  expect(code).toBe(1)
  for (const name of ['DATABASE_URL', 'APP_URL', 'MAIL_FROM', 'SMTP_URL']) {
    expect(stderr).toContain(`\n${name} must be set in production, for example ${name}=`)
  }
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
})

test('with the variables of .env it signs up, logs in, logs out and resets by mail', async () => {
  const mails = await startMailServer()
  const PORT = await freePort()
  const example = readFileSync(join(folder('shop'), '.env.example'), 'utf8')
  const env = example.replace(/^SMTP_URL=.*$/m, `SMTP_URL=${mails.url}\nPORT=${PORT}`)
  writeFileSync(join(folder('shop'), '.env'), env)
  const tests = await world.run('npm run test:server', { cwd: folder('shop') })
  expect([tests.code, tests.stderr]).toEqual([1, expect.stringContaining('NODE_ENV is production')])
  const running = world.begin('npm start', { cwd: folder('shop') })
  await running.until('"listening"')

  const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }
  const ask = async (line: string, fields: Record<string, string> = {}, token = '') => {
    const [method = '', path = ''] = line.split(' ')
    const body =
      method === 'GET' || method === 'DELETE' ? {} : { body: new URLSearchParams(fields) }
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(`http://127.0.0.1:${PORT}${path}`, { method, headers, ...body })
    return { status: answer.status, body: Object(await answer.json()) }
  }
  expect((await ask('POST /v1/registrations', ann)).status).toBe(201)
  const { token } = (await ask('POST /v1/session', ann)).body
  expect((await ask('POST /v1/projects', { title: 'Garden' }, token)).status).toBe(201)
  expect((await ask('DELETE /v1/session', {}, token)).status).toBe(200)
  expect((await ask('GET /v1/projects', {}, token)).status).toBe(401)

  await ask('POST /v1/passwords', { email_address: ann.email_address })
  await until(() => expect(mails.received).toHaveLength(1))
  const raw = mails.received[0]?.raw ?? ''
  expect(raw).toMatch(/^From: "?Shop"? <no-reply@example\.com>\r?$/m)
  const [, reset = ''] =
    /https:\/\/app\.example\.com\/reset-password#(lkr_\w+)/.exec(parseMail(raw).text) ?? []
  const password = 'another horse battery'
  expect((await ask('PUT /v1/passwords', { token: reset, password })).status).toBe(200)
  expect((await ask('POST /v1/session', ann)).status).toBe(401)
  expect((await ask('POST /v1/session', { ...ann, password })).status).toBe(200)
  await running.interrupt()
}, 60_000)

test('with a METRICS_TOKEN it says what is to be installed, and then what it counts', async () => {
  const example = readFileSync(join(folder('lean'), '.env.example'), 'utf8')
  const METRICS_TOKEN = 'who-watches-the-server'
  const PORT = await freePort()
  const env = example
    .replace(/^# METRICS_TOKEN=$/m, `METRICS_TOKEN=${METRICS_TOKEN}\nPORT=${PORT}`)
    .replace(/^DATABASE_URL=.*$/m, `DATABASE_URL=${await postgresSchema()}`)
  writeFileSync(join(folder('lean'), '.env'), env)
  const refused = await world.run('npm start', { cwd: folder('lean') })
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(
      'METRICS_TOKEN asks for metrics: install what counts, with npm install',
    ),
  ])
  expect((await world.run('npm install prom-client', { cwd: folder('lean') })).code).toBe(0)
  const running = world.begin('npm start', { cwd: folder('lean') })
  await running.until('"listening"')
  const ask = (token: string) =>
    fetch(`http://127.0.0.1:${PORT}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask('who-watches-the-watcher')).status).toBe(401)
  const answer = await ask(METRICS_TOKEN)
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining('latchkey_http_requests_total'),
  ])
  await running.interrupt()
}, 60_000)

test('the steps of the Dockerfile make what serves, and has in it nothing that is not needed', async () => {
  const image = await buildImage(world, folder('shop'))
  const files = readdirSync(image.folder, { recursive: true }).map(String)
  const needless =
    /(^|\/)\.env|\.test\.ts$|^(deploy|storage|\.git)\b|node-linux|(^|\/)(vite|typescript|react)$/
  const own = (name: string) => !name.startsWith('node_modules/') || /^[^/]+\/[^/]+$/.test(name)
  expect(files.filter((name) => own(name) && needless.test(name))).toEqual([])
  const PORT = await freePort()
  const given = { ...mail, APP_URL: app, SMTP_URL: 'smtp://127.0.0.1:9' }
  const DATABASE_URL = `sqlite:${join(world.folder, 'data/app.sqlite3')}`
  const variables = { ...image.variables, ...given, PORT, DATABASE_URL }
  expect(image.command).toEqual(['node', '--max-semi-space-size=8', 'server.ts'])
  const running = world.begin(image.command.join(' '), { cwd: image.folder, variables })
  await running.until('"listening"')
  const words = image.healthCheck.map((each) => `'${each.replaceAll("'", '"')}'`)
  const check = words.join(' ').replace('3000', PORT)
  expect(await world.run(check)).toMatchObject({ code: 0, stderr: '' })
  await running.interrupt()
  expect((await world.run(check)).code).not.toBe(0)
}, 120_000)

test('what npm has installed writes the same project as a clone does', async () => {
  const options = `--yes --name 'A Shop' --package '${world.tarball}'`
  const npx = await world.run(`npx latchkey new ../by-npx ${options}`, { cwd: folder('shop') })
  expect([npx.code, npx.stderr]).toEqual([0, ''])
  expect((await world.run(`${latchkey} new by-clone ${options}`)).code).toBe(0)
  const { stdout } = await world.run('diff -r --exclude=.git by-npx by-clone')
  expect(stdout.replaceAll('by-npx', 'by-clone').match(/^[<>].*$/gm)).toEqual([
    '<   "name": "by-clone",',
    '>   "name": "by-clone",',
    '<   "name": "by-clone-web",',
    '>   "name": "by-clone-web",',
  ])
})

test('npm create latchkey is latchkey new', async () => {
  const entry = join(world.folder, 'create/index.js')
  const modules = join(dirname(entry), 'node_modules')
  symlinkSync(join(folder('shop'), 'node_modules'), modules)
  const { code, stdout } = await world.run(`node '${entry}' created --front-end none`)
  expect([code, stdout]).toEqual([0, expect.stringContaining('Wrote Created: an API on SQLite.')])
  const { code: refused, stderr } = await world.run(`node '${entry}' --yes`)
  expect([refused, stderr]).toEqual([2, 'DIR is needed: see latchkey new --help\n'])
})

test('the README’s first route, with its test, is what it takes in a new project', async () => {
  const readme = readFileSync('README.md', 'utf8')
  const [, section = ''] = /^## A new project\n([\s\S]*?)^## /m.exec(readme) ?? []
  const blocks = [...section.matchAll(/^As `([\w.]+)`.*\n\n```ts\n([\s\S]*?)```/gm)]
  const files = blocks.map(([, name = '', code = '']) => ({ name, code }))
  expect(files.map(({ name }) => name)).toEqual(['greeting.ts', 'greeting.test.ts'])
  expect(
    files
      .map(({ code }) => code)
      .join('')
      .split('\n').length,
  ).toBeLessThan(30)
  for (const { name, code } of files) {
    writeFileSync(join(folder('shop'), name), code)
    onTestFinished(() => rmSync(join(folder('shop'), name)))
  }
  const routes = join(folder('shop'), 'routes.ts')
  const text = readFileSync(routes, 'utf8')
  onTestFinished(() => writeFileSync(routes, text))
  const [, from = '', to = ''] =
    /`(return \[.*?\])`\sbecomes\s`(return \[.*?\])`/.exec(section) ?? []
  const [, imported = ''] = /`(import \{ greeting \}[^`]*)`/.exec(section) ?? []
  expect(text).toContain(from)
  writeFileSync(routes, `${imported}\n${text.replace(from, to)}`)
  const line = 'node --test greeting.test.ts && node_modules/typescript/bin/tsc'
  const { code, stdout } = await world.run(line, { cwd: folder('shop') })
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass 1\nℹ fail 0$/m)])
}, 60_000)

test('the README’s commands begin a project that npm installs', async () => {
  const [, section = ''] =
    /^## A new project\n([\s\S]*?)^## /m.exec(readFileSync('README.md', 'utf8')) ?? []
  const [, shell = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? []
  const [, line = ''] = /^npm run -s latchkey -- (new .*?)(?: +#.*)?$/m.exec(shell) ?? []
  expect(line).toContain('--package')
  const typed = line.replace(/\S+\.tgz/, `'${world.tarball}'`).replace('../my-api', 'my-api')
  const { code, stdout } = await world.run(`${latchkey} ${typed}`)
  expect(code).toBe(0)
  for (const step of ['npm install', 'npm run dev']) {
    expect([shell, stdout]).toEqual([expect.stringContaining(step), expect.stringContaining(step)])
  }
})
