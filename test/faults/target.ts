import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

export interface TargetOptions {
  readonly databaseUrl: string
  readonly smtpUrl: string
  readonly processes: number
  /** More of the environment. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The template's server in production mode, in processes of its own: what is broken. */
export interface Target {
  readonly origin: string
  /** What it logged as a fault, since it was made. */
  readonly faults: readonly string[]
  /** Starts it; with words before its command, such as `strace …`, under these. */
  start(...before: readonly string[]): Promise<void>
  /** Resolves when it gives a good answer. */
  ready(): Promise<void>
  /** Of the process that was started, and of its children. */
  pids(): readonly number[]
  /** Sends a signal to all of them. */
  signal(signal: NodeJS.Signals): void
  /** Resolves when the process that was started has ended. */
  ended(): Promise<void>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
}

export async function createTarget(options: TargetOptions): Promise<Target> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const env = { ...process.env, ...environment(options), PORT: String(port) }
  const faults: string[] = []
  let child: ChildProcess | null = null
  let end: Promise<unknown> = Promise.resolve()
  const target: Target = {
    origin,
    faults,
    async start(...before) {
      const server = [process.execPath, '--conditions=source', 'templates/api/server.ts']
      const [command = '', ...args] = [...before, ...server]
      // A group of its own, so that all of it can be killed at once.
      child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr]) readFaults(stream, faults)
      end = once(child, 'exit')
    },
    async ready() {
      const latest = performance.now() + 120_000
      while (!(await isReady(origin))) {
        if (performance.now() > latest) throw new Error(`Not ready: ${faults.slice(-5).join(' ')}`)
        await wait(20)
      }
    },
    pids: () => (child?.pid ? [child.pid, ...childrenOf(child.pid)] : []),
    signal(signal) {
      if (child?.pid && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, signal)
      }
    },
    ended: async () => void (await end),
    async stop() {
      target.signal('SIGTERM')
      await end
      return child?.exitCode ?? null
    },
  }
  // Its group is its own: a run that is broken off would leave it behind.
  const endWithThis = () => target.signal('SIGKILL')
  process.once('exit', endWithThis)
  onTestFinished(async () => {
    process.off('exit', endWithThis)
    target.signal('SIGKILL')
    await end
  })
  return target
}

function environment({ databaseUrl, smtpUrl, processes, variables }: TargetOptions) {
  return {
    DATABASE_URL: databaseUrl,
    SMTP_URL: smtpUrl,
    APP_URL: 'https://app.example.com',
    MAIL_FROM: 'no-reply@example.com',
    // Each request of the load says that it comes from elsewhere.
    TRUSTED_PROXIES: '127.0.0.1',
    WEB_CONCURRENCY: String(processes),
    LOG_LEVEL: 'error',
    ...variables,
  }
}

function readFaults(stream: NodeJS.ReadableStream | null, faults: string[]): void {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    faults.push(...lines)
  })
}

async function isReady(origin: string): Promise<boolean> {
  const signal = AbortSignal.timeout(2_000)
  const answer = await fetch(`${origin}/health/ready`, { signal }).catch(() => null)
  await answer?.arrayBuffer().catch(() => {})
  return answer?.status === 200
}

export function childrenOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return children.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || !address) throw new Error('There is no free port')
  return address.port
}
