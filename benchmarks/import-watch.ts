// An import by the command, while a server on the same database is asked.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { percentile } from './statistics.ts'

export interface Latencies {
  readonly checks: readonly number[]
  readonly logIns: readonly number[]
}

export interface Import {
  readonly seconds: number
  readonly rows: number
  /** The maximum in megabytes, after the first tenth of the time and at the end. */
  readonly memory: { readonly early: number; readonly end: number }
}

interface Asked {
  readonly url: string
  readonly token: string
  readonly emailAddress: string
  readonly password: string
}

/** Checks a token 50 times and logs in five times a second until `over` resolves, each after the previous one. */
export async function askMeanwhile(asked: Asked, over: Promise<unknown>): Promise<Latencies> {
  let isOver = false
  const stop = () => {
    isOver = true
  }
  over.then(stop, stop)
  const loop = async (everyMilliseconds: number, send: () => Promise<Response>, status: number) => {
    const latencies: number[] = []
    while (!isOver) {
      const begunAt = performance.now()
      const reply = await send()
      await reply.arrayBuffer()
      if (reply.status !== status) throw new Error(`The server answered ${reply.status}`)
      latencies.push(performance.now() - begunAt)
      await wait(Math.max(0, everyMilliseconds - (performance.now() - begunAt)))
    }
    return latencies
  }
  const { url, token, emailAddress, password } = asked
  const check = () => fetch(`${url}/v1/session`, { headers: { authorization: `Bearer ${token}` } })
  const body = JSON.stringify({ email_address: emailAddress, password })
  const headers = { 'content-type': 'application/json' }
  const logIn = () => fetch(`${url}/v1/session`, { method: 'POST', headers, body })
  const [checks, logIns] = await Promise.all([loop(20, check, 200), loop(200, logIn, 200)])
  return { checks, logIns }
}

/** @throws Error if the import failed, or left out a row */
export async function runImport(
  args: readonly string[],
  { databaseUrl, rows }: { databaseUrl: string; rows: number },
): Promise<Import> {
  const command = fileURLToPath(new URL('../src/cli/latchkey.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', command, ...args, '--json'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
  })
  const samples = await sampleMemory(child)
  const summary = JSON.parse(stdout)
  if (summary.imported !== rows) throw new Error(`Of ${rows} rows ${summary.imported} came in`)
  const early = samples.slice(0, Math.ceil(samples.length / 10))
  const memory = { early: Math.max(...early), end: Math.max(...samples) }
  return { seconds: summary.seconds, rows, memory }
}

async function sampleMemory(child: ChildProcess): Promise<number[]> {
  const closed = once(child, 'close')
  const samples: number[] = []
  while (child.exitCode === null && child.signalCode === null) {
    const status = readStatus(child.pid)
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
    if (kilobytes > 0) samples.push(kilobytes / 1_024)
    await wait(100)
  }
  const [code] = await closed
  if (code !== 0) throw new Error(`The import ended with ${code}`)
  return samples
}

function readStatus(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

export function describeLatencies(name: string, { checks, logIns }: Latencies): string {
  const figures = [checks, logIns].flatMap((each) => [
    percentile(each, 0.5).toFixed(2),
    percentile(each, 0.99).toFixed(2),
  ])
  return `| ${[name, ...figures].join(' | ')} |`
}
