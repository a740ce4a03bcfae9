// A machine on which somebody begins a project: Latchkey packed, a registry, and Node.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { inject, onTestFinished } from 'vitest'
import { startRegistry } from './registry.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs, and what it has said so far. */
export interface Running {
  said(): string
  until(text: string): Promise<void>
  /** As Ctrl-C does: the signal goes to all that it has started; resolves when they have ended. */
  interrupt(): Promise<void>
}

export interface World {
  readonly folder: string
  readonly tarball: string
  /** Runs what is typed into a shell. */
  run(line: string, options?: RunOptions): Promise<Ran>
  begin(line: string, options?: RunOptions): Running
  end(): void
}

export interface RunOptions {
  readonly cwd?: string
  readonly variables?: Readonly<Record<string, string>>
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

/** `latchkey` is that of this repository. */
export const latchkey = `node '${inject('latchkey')}'`

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-new-'))
  mkdirSync(join(folder, 'bin'))
  symlinkSync(process.execPath, join(folder, 'bin/node'))
  const registry = await startRegistry()
  const env = {
    PATH: [join(folder, 'bin'), systemPath()].join(delimiter),
    // Nobody's settings, for npm and git.
    HOME: folder,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    npm_config_registry: registry.url,
    npm_config_cache: join(folder, 'cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  }
  const spawned = ({ cwd = folder, variables = {} }: RunOptions) => {
    return { cwd, env: { ...env, ...variables } }
  }
  const world: World = {
    folder,
    tarball: join(folder, `latchkey-${version}.tgz`),
    async run(line, options = {}) {
      const ran = promisify(execFile)('bash', ['--norc', '-c', line], spawned(options))
      const { code = 0, stdout, stderr } = await ran.catch((error) => error)
      return { code, stdout, stderr }
    },
    begin: (line, options = {}) =>
      watch(spawn('bash', ['--norc', '-c', line], { ...spawned(options), detached: true })),
    end() {
      registry.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await packLatchkey(world)
  return world
}

// What this run of the tests was started with stands before the system's.
function systemPath(): string {
  const folders = process.env.PATH?.split(delimiter) ?? []
  return folders.filter((each) => !each.includes('node_modules')).join(delimiter)
}

async function packLatchkey({ folder, run }: World): Promise<void> {
  const dist = join(folder, 'dist')
  const made = await run(
    `node bin/build.ts '${dist}' '${folder}/create' && npm pack '${dist}' --silent --pack-destination '${folder}'`,
    { cwd: process.cwd() },
  )
  if (made.code !== 0) throw new Error(`Latchkey was not packed: ${made.stdout}${made.stderr}`)
}

function watch(child: ChildProcess): Running {
  let said = ''
  const ended = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
  }
  const interrupt = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGINT')
    }
    await ended
  }
  onTestFinished(interrupt)
  const until = async (text: string) => {
    while (!said.includes(text)) {
      if (child.exitCode !== null) throw new Error(`It ended before it said ${text}: ${said}`)
      await Promise.race([once(child.stdout ?? child, 'data'), ended])
    }
  }
  return { said: () => said, until, interrupt }
}

export async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = Object(probe.address())
  probe.close()
  return String(port)
}
