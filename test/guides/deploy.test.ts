// The guide to deploying: the program that the unit and the image start, in a project as latchkey new
// writes it, with the variables that stand there. systemd and Docker are not here.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { production } from '../../benchmarks/peers.ts'
import { stopMilliseconds } from '../../src/cli/serve.ts'
import { namesOf } from '../../src/generator/names.ts'
import { type Files, readTemplate } from '../../src/generator/template.ts'
import { fillIn } from '../../src/generator/words.ts'
import { temporaryFolder } from '../harness.ts'
import { until } from '../until.ts'
import { blocksOf, freePort, packageFolder, shell } from './guide.ts'

const run = promisify(execFile)
const page = 'docs/guides/deploy.md'
const [file = ''] = blocksOf(page, 'dotenv')
const [unit = ''] = blocksOf(page, 'ini')
const [image = ''] = blocksOf(page, 'dockerfile')
const commands = blocksOf(page, 'sh')

/** What `latchkey new` writes into `deploy`, on a machine with Node, and Latchkey from the registry. */
function deployed(): Files {
  const [database, frontEnd] = ['sqlite', 'react'] as const
  const latchkey = { kind: 'registry', version: '1.0.0' } as const
  const project = { database, frontEnd, latchkey, names: namesOf('api', { title: null }) }
  const files = readTemplate(project)
  fillIn(files, { ...project, nodePackages: {} })
  return files
}

test('the files in the guides are those that a new project has', () => {
  const files = deployed()
  const shown = (name: string) => files.get(`deploy/${name}`)?.toString()
  const [ignored = '', ...others] = blocksOf(page, '')
  const [compose = ''] = blocksOf(page, 'yaml')
  const proxies = 'docs/guides/behind-a-proxy.md'
  expect([
    unit,
    image,
    ignored,
    compose,
    ...blocksOf(proxies, 'nginx'),
    ...blocksOf(proxies, ''),
  ]).toEqual(
    [
      'api.service',
      'Dockerfile',
      'Dockerfile.dockerignore',
      'compose.yaml',
      'nginx.conf',
      'Caddyfile',
    ].map(shown),
  )
  expect(others).toEqual([])
  expect([...files.keys()].filter((name) => name.startsWith('deploy/'))).toHaveLength(6)
})

/** As systemd and Docker read it: nothing is quoted, nothing is expanded. */
const variables: Record<string, string> = Object.fromEntries(
  file
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
)

/** What is on the server: a project, and of the packages those that it needs there. */
async function newProject(): Promise<string> {
  const written = join(temporaryFolder(), 'api')
  await run(process.execPath, ['--conditions=source', latchkey, 'new', written])
  const project = packageFolder({})
  cpSync(written, project, { recursive: true })
  return project
}

const latchkey = join(process.cwd(), 'src/cli/latchkey.ts')

async function serve(command: readonly string[], own: Record<string, string>) {
  const folder = temporaryFolder()
  const port = await freePort()
  const databaseUrl = `sqlite:${join(folder, 'app.sqlite3')}`
  const given = { PATH: process.env.PATH, ...variables, ...own }
  const env = { ...given, PORT: String(port), DATABASE_URL: databaseUrl }
  const [program, ...args] = command
  expect(program).toMatch(/^(?:\/usr\/bin\/)?node$/)
  const child = spawn(process.execPath, ['--conditions=source', ...args], {
    cwd: await newProject(),
    env,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await until(async () => expect((await health(port)).status).toBe(200))
  return { child, port, databaseUrl }
}

const health = (port: number) => fetch(`http://127.0.0.1:${port}/health/ready`)

async function end(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  return ended
}

test('the file of variables is the same to systemd, Docker and Node, and lacks none', async () => {
  expect(parseEnv(file)).toEqual(variables)
  const cwd = await newProject()
  const required = Object.entries(variables).slice(0, 4)
  for (const [name] of required) {
    const env = { PATH: process.env.PATH, ...variables, [name]: '' }
    const args = ['--conditions=source', 'server.ts']
    const failed = await run(process.execPath, args, { cwd, env }).catch((error) => error)
    expect([failed.code, failed.stderr.startsWith(name)]).toEqual([1, true])
  }
}, 60_000)

test('what is for tests does not start with them', async () => {
  const env = { PATH: process.env.PATH, ...variables }
  const args = ['--conditions=source', 'control-server.ts']
  const cwd = await newProject()
  const failed = await run(process.execPath, args, { cwd, env }).catch((error) => error)
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('NODE_ENV')])
})

test('what the unit starts is ready, and ends well within its time on SIGTERM', async () => {
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
  const { child } = await serve(setting('ExecStart').split(' '), {})
  expect(await end(child)).toEqual([0, null])
  // Before systemd kills it, it has given up by itself, and said so.
  expect(Number(setting('TimeoutStopSec')) * 1_000).toBeGreaterThan(stopMilliseconds)
  expect(`sqlite:/var/lib/${setting('StateDirectory')}/app.sqlite3`).toBe(variables.DATABASE_URL)
}, 60_000)

test('npm start, the unit, the image and the production of the benches give Node the same flags', () => {
  const { start } = JSON.parse(deployed().get('package.json')?.toString() ?? '').scripts
  const flags = /^node (--max\S+) --env-file-if-exists=.env server.ts$/.exec(start)?.[1] ?? ''
  expect(flags).not.toBe('')
  expect(unit).toContain(`\nExecStart=/usr/bin/node ${flags} server.ts\n`)
  expect(image).toContain(`\nCMD ["node", "${flags}", "server.ts"]\n`)
  expect(production.NODE_OPTIONS).toBe(flags)
})

test('what the image starts is ready on every address, and its health check knows', async () => {
  const json = (name: string) =>
    JSON.parse(new RegExp(`^${name}\\b.*? (\\[.*)$`, 'm').exec(image)?.[1] ?? '')
  const set = [...image.matchAll(/^ENV (.*)$/gm)].flatMap(([, pairs = '']) => pairs.split(' '))
  const own = Object.fromEntries(set.map((pair) => pair.split('=')))
  const { child, port } = await serve(json('CMD'), own)
  const [, , code] = json('HEALTHCHECK')
  const check = ['-e', code.replace('3000', String(port))]
  await run(process.execPath, check)
  await end(child)
  await expect(run(process.execPath, check)).rejects.toThrow()
}, 60_000)

test('the command works with the file of variables', async () => {
  const [command = ''] = commands.filter((each) => each.includes('--env-file=/etc/api.env node_m'))
  const { databaseUrl, child } = await serve(['node', 'server.ts'], {})
  const folder = temporaryFolder()
  const lines = { ...variables, DATABASE_URL: databaseUrl }
  const text = Object.entries(lines).map((pair) => pair.join('='))
  writeFileSync(join(folder, 'api.env'), text.join('\n'))
  const [, run = ''] = / -- (.*)/.exec(command) ?? []
  const here = run.replace('/etc/', `${folder}/`).replace('node_modules/.bin/latchkey', latchkey)
  expect(await shell(here)).toBe('There are no users.\n')
  await end(child)
}, 60_000)
