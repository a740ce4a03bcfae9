// WEB_CONCURRENCY: several processes on one port, and who watches them.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { argon2id, createAuth, createStore, type PasswordHash } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { BackOff } from '../../src/cli/supervisor.ts'
import { Secret } from '../../src/core/secret.ts'
import { ann, bearer, emptyDatabaseUrl, openDatabase, temporaryFolder } from '../harness.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'

vi.mock('node:os', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:os')>()),
  availableParallelism: () => 8,
}))

test('what one process revokes the other refuses at the next request', async () => {
  const { only, ask } = await startTwo()
  const { token } = (await ask('POST /v1/registrations', ann)).body
  const check = async () => (await ask('GET /v1/session', undefined, token)).status
  only('first')
  expect(await check()).toBe(200)
  only('second')
  expect(await check()).toBe(200)
  expect((await ask('DELETE /v1/session', undefined, token)).status).toBe(200)
  expect(await check()).toBe(401)
  only('first')
  expect(await check()).toBe(401)
}, 30_000)

test('guesses are counted in all processes together', async () => {
  const { only, ask } = await startTwo()
  const statuses = []
  for (let count = 0; count < 12; count++) {
    only(count % 2 === 0 ? 'first' : 'second')
    statuses.push((await ask('POST /v1/session', { ...ann, password: 'wrong' })).status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
}, 30_000)

test('a process that dies is replaced, and the port answers on', async () => {
  const server = await startTwo()
  for (const [index, pid] of server.pids.entries()) {
    process.kill(pid, 'SIGKILL')
    expect(await isLive(server)).toBe(true)
    await until(() => expect(listening(server)).toHaveLength(3 + index))
    const now = childrenOf(server.child.pid)
    expect(now).toHaveLength(2)
    expect(now).not.toContain(pid)
  }
  const ended = server.log.filter(({ message }) => message === 'a process ended by itself')
  expect(ended).toMatchObject(
    server.pids.map((pid) => ({ pid, signal: 'SIGKILL', startsIn: 100, level: 'error' })),
  )
}, 30_000)

test('every process answers what it has begun, however often Ctrl-C comes, and none is left', async () => {
  const server = await startTwo()
  const answers = await beginSignUpInEach(server)
  // As Ctrl-C does: for everybody, and once more by npm.
  for (const pid of server.pids) process.kill(pid, 'SIGINT')
  const ended = server.end('SIGINT')
  await untilRefused(server.port)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGTERM'] as const) server.child.kill(signal)
  for (const answer of answers) expect(await answer.finish()).toMatch(/^HTTP\/1.1 (201|422) /)
  expect(await ended).toBe(0)
  for (const pid of server.pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
}, 30_000)

test('processes answer what they have begun when nobody watches them any more, and end', async () => {
  const server = await startTwo()
  const answers = await beginSignUpInEach(server)
  await server.end('SIGKILL')
  await untilRefused(server.port)
  for (const answer of answers) expect(await answer.finish()).toMatch(/^HTTP\/1.1 (201|422) /)
  for (const pid of server.pids) await untilGone(pid)
}, 30_000)

test('what keeps the first from starting is said once, and none is started again', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const variables = [
    [{ PORT: String(Object(taken.address()).port) }, 'EADDRINUSE'],
    [{ DATABASE_URL: 'sqlite:/dev/null/x/y' }, 'ENOTDIR'],
  ] as const
  const checks = variables.map(async ([variable, reason]) => {
    const server = await startProcesses(variable)
    await until(() => expect(server.child.exitCode).toBe(1))
    const said = server.complaints().trim().split('\n')
    expect(said).toEqual([expect.stringContaining(reason)])
    expect(server.log).toEqual([])
  })
  await Promise.all(checks)
}, 30_000)

test('a process that cannot go on is waited for longer each time', async () => {
  const { log, exitCode } = await runSupervised({
    // The second process fails for ever; the fourth time is enough.
    worker: 'if (cluster.worker.id > 1) process.exit(3)',
    primary: `cluster.on('exit', ({ id }) => id > 4 && process.kill(process.pid, 'SIGTERM'))`,
  })
  const ended = log.filter(({ message }) => message === 'a process ended by itself')
  const delays = [100, 200, 400, 800]
  expect(ended).toMatchObject(delays.map((startsIn) => ({ code: 3, signal: null, startsIn })))
  const instants = ended.map(({ time }) => Date.parse(String(time)))
  const gaps = instants.slice(1).map((instant, index) => instant - (instants[index] ?? 0))
  // Timers and the log's clock may differ by a few milliseconds.
  for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThan((delays[index] ?? 0) - 5)
  expect(exitCode).toBe(0)
})

test('the wait ends at half a minute, and starts anew for what lived for a whole one', () => {
  const backOff = new BackOff()
  const waits = Array.from({ length: 11 }, () => backOff.after(59_999))
  const doubled = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600]
  expect(waits).toEqual([...doubled, 30_000, 30_000])
  expect([backOff.after(60_000), backOff.after(0)]).toEqual([100, 200])
})

test.each([
  ['is told', '/nowhere/node', 'ENOENT'],
  ['is thrown', '/dev/null/node', 'ENOTDIR'],
])('a process that cannot be started is tried again: the reason %s', async (_how, path, reason) => {
  const { log, exitCode } = await runSupervised({
    primary: `
      const { execPath } = process
      cluster.once('listening', () => {
        process.execPath = ${JSON.stringify(path)}
        cluster.once('listening', () => process.kill(process.pid, 'SIGTERM'))
      })
      onError = () => {
        process.execPath = execPath
      }`,
  })
  const fault = { message: 'a process could not be started', startsIn: 100, level: 'error' }
  expect(log.filter(({ message }) => message !== 'listening')).toMatchObject([fault])
  expect(log.find(({ err }) => err)?.err).toContain(reason)
  expect(exitCode).toBe(0)
})

test('a process that does not end is killed', async () => {
  const { log, exitCode } = await runSupervised({
    worker: `process.on('SIGTERM', () => {})`,
    primary: endWhenAllListen,
  })
  expect(exitCode).toBe(0)
  expect(log).toHaveLength(2)
  for (const { pid } of log) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
})

test('a process that does not end when nobody watches it any more ends itself', async () => {
  const { log } = await runSupervised({
    worker: `process.on('SIGTERM', () => {}); endWithSupervisor(200)`,
    primary: endWhenAllListen.replace('SIGTERM', 'SIGKILL'),
  })
  expect(log).toHaveLength(2)
  for (const { pid } of log) await untilGone(Number(pid))
})

test('all processes together hash on all cores but one, each on one at least', async () => {
  const cost = { memoryKibibytes: 8, passes: 1 }
  const share = (processes?: number) =>
    atOnce(argon2id({ cost, limits: { waiting: 0 }, ...(processes ? { processes } : {}) }))
  expect([await share(), await share(2), await share(3), await share(8)]).toEqual([3, 3, 2, 1])
  const store = createStore(await openDatabase())
  const { passwordHash } = createAuth({ store, processes: 8 }).config
  // By default 32 may wait.
  expect(await atOnce(passwordHash)).toBe(32 + 1)
})

/** How many hashes are not refused at once. */
async function atOnce(passwordHash: PasswordHash): Promise<number> {
  let refused = 0
  const hashes = Array.from({ length: 40 }, () => passwordHash.hash(new Secret('any')))
  for (const hash of hashes) hash.catch(() => refused++)
  await new Promise(setImmediate)
  const taken = 40 - refused
  await Promise.allSettled(hashes)
  return taken
}

interface Two extends ServerProcess {
  readonly port: number
  readonly pids: readonly number[]
  /** Stops all but one, which must then answer. */
  only(answering: 'first' | 'second'): void
  /** Asks on a connection of its own. */
  ask(line: string, body?: unknown, token?: string): ReturnType<ServerProcess['send']>
}

async function startTwo(): Promise<Two> {
  const server = await startProcesses({ DATABASE_URL: await emptyDatabaseUrl() })
  await until(() => expect(listening(server)).toHaveLength(2))
  const pids = childrenOf(server.child.pid)
  expect(pids).toHaveLength(2)
  const [first = 0, second = 0] = pids
  const only = (answering: 'first' | 'second') => {
    const [goes, stops] = answering === 'first' ? [first, second] : [second, first]
    process.kill(goes, 'SIGCONT')
    process.kill(stops, 'SIGSTOP')
  }
  const ask: Two['ask'] = (line, body, token) => {
    const own = token === undefined ? {} : bearer(token)
    return server.send(line, body, { ...own, connection: 'close' })
  }
  onTestFinished(() => {
    for (const pid of childrenOf(server.child.pid)) process.kill(pid, 'SIGCONT')
  })
  return { ...server, port: Number(listening(server)[0]?.port), pids, only, ask }
}

function startProcesses(variables: Record<string, string>): Promise<ServerProcess> {
  return startServerProcess({
    DATABASE_URL: `sqlite:${join(temporaryFolder(), 'app.sqlite3')}`,
    WEB_CONCURRENCY: '2',
    ...variables,
  })
}

// Whoever was in the hands of the process that died is cut off, and not left waiting.
async function isLive({ ask }: Two): Promise<boolean> {
  const { status } = await ask('GET /health/live').catch(() => ask('GET /health/live'))
  return status === 200
}

function listening({ log }: ServerProcess) {
  return log.filter(({ message }) => message === 'listening')
}

function childrenOf(pid = 0): number[] {
  try {
    const said = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    return said.trim().split(/\s+/).map(Number)
  } catch {
    // It has none.
    return []
  }
}

async function beginSignUpInEach({ port, pids, only }: Two) {
  only('first')
  const first = await beginSignUp(port)
  only('second')
  const second = await beginSignUp(port)
  for (const pid of pids) process.kill(pid, 'SIGCONT')
  return [first, second]
}

/** Sends the head of a request, and its body when it is told to. */
async function beginSignUp(port: number) {
  const body = JSON.stringify(ann)
  const head = [
    'POST /v1/registrations HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    // Answered at once: then the request has begun.
    'Expect: 100-continue',
  ]
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk
  })
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  while (!answer.includes('100 Continue')) await once(socket, 'data')
  const finish = async () => {
    const closed = once(socket, 'close')
    socket.write(body)
    await closed
    return answer.replace(/^HTTP\/1.1 100 Continue\s+/, '')
  }
  return { finish }
}

const endWhenAllListen = `
  let listening = 0
  cluster.on('listening', () => ++listening === 2 && process.kill(process.pid, 'SIGTERM'))`

/** Runs two processes of a server of nothing until all have ended, with little patience. */
async function runSupervised({ primary = '', worker = '' }) {
  const source = new URL('../../src/cli/', import.meta.url)
  const program = join(temporaryFolder(), 'program.ts')
  writeFileSync(
    program,
    `
      import cluster from 'node:cluster'
      import { createServer } from 'node:http'
      import { createLog } from '${source}log.ts'
      import { endWithSupervisor, supervise } from '${source}supervisor.ts'
      const log = createLog({ mode: 'production', logLevel: 'info' })
      if (cluster.isPrimary) {
        let onError = () => {}
        const error = (entry, message) => (log.error(entry, message), onError())
        ${primary}
        const watched = { processes: 2, log: { ...log, error }, patienceMilliseconds: 200 }
        process.exit(await supervise(watched))
      }
      ${worker}
      createServer().listen(0, () => log.info({ pid: process.pid }, 'listening'))`,
  )
  const args = ['--conditions=source', program]
  // A supervisor that does not end must not outlive its test.
  const child = execFile(process.execPath, args, { timeout: 15_000, killSignal: 'SIGKILL' })
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  await once(child, 'close')
  const lines = said.split('\n').filter(Boolean)
  const log = lines.map((line): Record<string, unknown> => JSON.parse(line))
  return { log, exitCode: child.exitCode }
}

function untilGone(pid: number): Promise<void> {
  return until(() => expect(stateOf(pid)).toMatch(/^Z?$/))
}

// One whose parent is gone may stay a zombie until somebody asks for its exit code.
function stateOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Resolves when nobody accepts connections there any more: all have begun to end. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const refused = await once(socket, 'connect').then(
      () => false,
      () => true,
    )
    socket.destroy()
    if (refused) return
  }
}

async function until(check: () => void): Promise<void> {
  const latest = performance.now() + 10_000
  for (;;) {
    try {
      return check()
    } catch (error) {
      if (performance.now() > latest) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
