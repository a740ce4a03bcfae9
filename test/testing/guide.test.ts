// The guide to testing: its code runs as it stands there, and the reference names what there is.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { control } from '../../src/testing/control.ts'
import { temporaryFolder } from '../harness.ts'
import { startTestServer } from './projects-api.ts'

const run = promisify(execFile)
const page = (path: string) => readFileSync(path, 'utf8')
const guide = page('docs/guides/testing.md')
const reference = page('docs/reference/testing.md')
const blocks = [...guide.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language, code = '']) => {
  return { language, code, file: /^\/\/ (\S+)\n/.exec(code)?.[1] ?? null }
})
const [script = ''] = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code)

/** A folder with the files of the guide in it, in which they compile. */
async function copyOut(): Promise<string> {
  const folder = temporaryFolder()
  const link = (name: string, target: string) => {
    const path = join(folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path)
  }
  link('latchkey', process.cwd())
  for (const name of ['hono', '@types/node', 'vitest']) {
    link(name, join(process.cwd(), 'node_modules', name))
  }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const { file, code } of blocks) if (file) writeFileSync(join(folder, file), code)
  await run('node_modules/.bin/tsc', ['--project', folder])
  return folder
}

const sources = {
  ...process.env,
  NODE_TEST_CONTEXT: undefined,
  NODE_OPTIONS: '--conditions=source',
}

test('every block is a file that is run here, the script, or what that says', () => {
  expect(blocks.map(({ language, file }) => file ?? language)).toEqual([
    ...['testing.ts', 'notes.test.ts', 'notes.spec.ts', 'server.test.ts', 'control-server.ts'],
    ...['sh', '', 'playwright.config.ts', 'steer.ts', 'store.test.ts'],
  ])
})

test('its tests pass in Node’s runner, the contract of a store among them', async () => {
  const args = ['--test', '--test-reporter=tap']
  const { stdout } = await run(process.execPath, args, { cwd: await copyOut(), env: sources })
  expect(stdout).toMatch(/^# fail 0$/m)
  expect(stdout).toMatch(/^# skipped 0$/m)
  for (const title of [
    'notes are for whoever is logged in',
    'the link in the mail works for a quarter of an hour',
    'whoever opens the link has proved their address',
  ]) {
    expect(stdout).toContain(` - ${title}\n`)
  }
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(50)
}, 120_000)

test('those for Vitest pass in Vitest', async () => {
  const folder = await copyOut()
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `const conditions = ['source', 'node']
    export default { ssr: { resolve: { conditions, externalConditions: conditions } } }`,
  )
  const args = ['node_modules/vitest/vitest.mjs', 'run', 'notes.spec.ts', '--reporter=tap']
  const env = { ...sources, VITEST: undefined, VITEST_POOL_ID: undefined }
  const { stdout } = await run(process.execPath, args, { cwd: folder, env })
  expect(stdout).not.toContain('not ok')
  for (const title of ['a key is for programs', 'another device is another session']) {
    expect(stdout).toMatch(new RegExp(` ok \\d+ - ${title}`))
  }
}, 60_000)

test('the script steers the API from a shell, and is told what the guide says', async () => {
  const { directory, api, control } = await elsewhere()
  const { stdout } = await run('bash', ['--norc', '-c', at(script, { api, control })], {
    cwd: directory,
    env: { ...sources, PORT: api, CONTROL_PORT: control, PATH: withNode },
  })
  const said = blocks.find(({ language }) => language === '')?.code ?? ''
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('{"api"'))
  const expected = said.trim().split('\n')
  expect(lines).toHaveLength(expected.length)
  for (const [index, line] of expected.entries()) {
    const [begins = ''] = line.split('…')
    expect(lines[index]?.slice(0, begins.length)).toBe(begins)
  }
  const ann = JSON.parse(readFileSync(join(directory, 'ann.json'), 'utf8'))
  expect(Object.keys(ann)).toEqual(['id', 'email_address', 'password', 'token', 'headers'])
}, 60_000)

test('the files for Playwright start the server, wait for it, and steer it', async () => {
  const { directory, api, control } = await elsewhere()
  const asked = `
import config from './playwright.config.ts'
import { linkTo, reset, sessionCookie } from './steer.ts'
import { spawn } from 'node:child_process'
const { command, url } = config.webServer
const child = spawn(command, { shell: true, stdio: 'ignore', detached: true })
for (;;) {
  if (await fetch(url).then(({ ok }) => ok, () => false)) break
  await new Promise((done) => setTimeout(done, 50))
}
try {
  await reset()
  const cookie = await sessionCookie('ann@example.com')
  const body = new URLSearchParams({ email_address: 'ann@example.com' })
  await fetch(config.use.baseURL + '/v1/passwords', { method: 'POST', body })
  const link = await linkTo('ann@example.com')
  console.log(cookie.name, cookie.value.slice(0, 4), link.replace(/lkr_.*/, 'lkr_'))
} finally {
  process.kill(-child.pid)
}`
  for (const file of ['playwright.config.ts', 'steer.ts']) {
    const path = join(directory, file)
    writeFileSync(path, at(readFileSync(path, 'utf8'), { api, control }))
  }
  writeFileSync(
    join(directory, 'testing.ts'),
    page(join(directory, 'testing.ts')).replace(
      'createApp(auth)',
      "createApp(auth, { mode: 'development', corsOrigins: ['http://localhost:5173'] })",
    ),
  )
  writeFileSync(join(directory, 'asked.ts'), asked)
  const { stdout } = await run(process.execPath, ['asked.ts'], {
    cwd: directory,
    env: { ...sources, PORT: api, CONTROL_PORT: control, PATH: withNode },
  })
  expect(stdout.trim()).toBe('session lks_ https://app.example.com/reset-password#lkr_')
}, 60_000)

const withNode = `${dirname(process.execPath)}:${process.env.PATH}`

/** The files of the guide, and two ports that are free. */
async function elsewhere() {
  const directory = await copyOut()
  const servers = [createServer().listen(0), createServer().listen(0)]
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const [api = '', control = ''] = servers.map((server) => String(Object(server.address()).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return { directory, api, control }
}

function at(code: string, { api, control }: { api: string; control: string }): string {
  return code
    .replaceAll('localhost:3000', `localhost:${api}`)
    .replaceAll('localhost:3009', `localhost:${control}`)
}

test('the template is started as the guide starts it', () => {
  const { scripts } = JSON.parse(page('templates/api/package.json'))
  expect(scripts['test:server']).toBe('node --env-file-if-exists=.env control-server.ts')
  expect(page('templates/api/control-server.ts')).toContain('await startControlServer(testOptions)')
})

test('every request that steers the server is in the guide’s table, and no other', async () => {
  const app = control(await startTestServer(), 'http://localhost:3000')
  const headers = { host: 'localhost:3009' }
  const answer = await app.request('/', { headers }, { address: '127.0.0.1' })
  const { routes } = Object(await answer.json())
  const [, table = ''] = /\| request \| answer \|\n([\s\S]*?)\n\n/.exec(guide) ?? []
  const lines = table.match(/(?<=`)(?:GET|POST) \/\w*(?=`)/g)
  expect(lines?.sort()).toEqual(['GET /', ...Object.keys(routes)].sort())
})

test('every export is in the reference, and no other', () => {
  const exported = page('src/testing.ts')
    .replace(/^\/\/.*$/gm, '')
    .replace(/ from '[^']+'/g, '')
    .match(/(?!(?:export|type)\b)\b[A-Za-z]+\b/g)
  const [, section = ''] = /## Exports\n([\s\S]*?)\n## /.exec(reference) ?? []
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(rows.sort()).toEqual(exported?.sort())
})

test('so are every option of a test server and every variable', () => {
  const source = page('src/testing/test-server.ts')
  const [, body = ''] = /interface TestServerOptions[^{]*\{([\s\S]*?)\n\}/.exec(source) ?? []
  const options = body.match(/(?<=readonly )\w+(?=\??:)/g)
  const [, table = ''] = /\n## TestServerOptions\n([\s\S]*?)\n## /.exec(reference) ?? []
  expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(options)

  const read = new Set(page('src/cli/test-environment.ts').match(/(?<=')[A-Z]+(?:_[A-Z]+)+(?=')/g))
  const [, variables = ''] = /\n## Environment\n([\s\S]*)$/.exec(reference) ?? []
  const named = [...variables.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual([...read, 'PORT', 'NODE_ENV'].sort())
})
