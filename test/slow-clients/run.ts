// What slow clients do to others: npm run test:slow-clients [-- --connections N]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Attack, attack, attacks, silent } from './attacks.ts'

const help = `npm run test:slow-clients -- [--connections N] [--attack NAME]

Starts a server, and measures how long a healthy client waits for its session, a hundred times a
second, each on a new connection, while N others (default 1000) are silent, send slowly, or do not
read. \`ulimit -n\` has to allow N descriptors and a hundred more. All of it is in a network of its
own, whose buffers are those of a slow line: Linux alone, with \`unshare\` and \`ip\`.

Exit code 1 where p99 is 250 ms or more, an attacker is not closed in time, or a descriptor is lost.
`

const allowedMilliseconds = 250

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000' },
    attack: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(help)
else if (process.env.OWN_NETWORK === undefined) process.exitCode = runInOwnNetwork()
else process.exitCode = (await main(Number(values.connections))) ? 0 : 1

// Over the ordinary loopback the system alone keeps three megabytes for whoever does not read.
function runInOwnNetwork(): number {
  const buffers = 'echo 4096 16384 65536 > /proc/sys/net/ipv4/tcp_wmem'
  const inside = `ip link set lo up && ${buffers} && exec "$@"`
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const env = { ...process.env, OWN_NETWORK: 'yes' }
  const args = ['--map-root-user', '--net', 'sh', '-c', inside, 'sh', ...again]
  const { status, error } = spawnSync('unshare', args, { stdio: 'inherit', env })
  if (error) console.error(`unshare: ${error.message}`)
  return status ?? 1
}

async function main(connections: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-slow-'))
  const { child, port } = await startServer(folder)
  try {
    const token = await signUp(port)
    await createProjects(port, token)
    const target = { port, token, child, connections }
    // What the server opens when it is first needed is open by then.
    await attack(silent, { ...target, connections: 10 }).then(({ ended }) => ended)
    const calm = await watch(target, wait(5_000))
    console.log(`nobody else: ${describe(calm)}`)
    let isGood = true
    const chosen = attacks.filter(({ name }) => name.includes(values.attack))
    for (const each of chosen) isGood = (await measure(each, target)) && isGood
    console.log(isGood ? 'All within bounds.' : 'Out of bounds: see above.')
    return isGood
  } finally {
    child.kill()
    await once(child, 'exit')
    rmSync(folder, { recursive: true })
  }
}

interface Target {
  readonly port: number
  readonly token: string
  readonly child: ChildProcess
  readonly connections: number
}

async function measure(each: Attack, target: Target): Promise<boolean> {
  const before = descriptors(target.child)
  const started = attack(each, target)
  const latencies = watch(
    target,
    started.then(({ ended }) => ended),
  )
  const { connected, ended } = await started
  const [during, memory] = [descriptors(target.child), residentMebibytes(target.child)]
  const seconds = await ended
  const { p99 } = await latencies.then(statistics)
  // What a client closed the server notices a moment later.
  await wait(7_000)
  const after = descriptors(target.child)
  const end = seconds === null ? 'NOT all closed' : `all closed after ${seconds.toFixed(1)} s`
  console.log(
    `${each.name}, ${connected} connections: ${describe(await latencies)}; ${end} of ` +
      `${each.endsWithinSeconds}; descriptors ${before} → ${during} → ${after}; ${memory} MiB`,
  )
  return p99 < allowedMilliseconds && seconds !== null && after <= before
}

/** How long a healthy client waits, request by request, until `end` resolves. */
async function watch({ port, token }: Target, end: Promise<unknown>): Promise<number[]> {
  const latencies: number[] = []
  const pending: Promise<void>[] = []
  const timer = setInterval(() => {
    const started = performance.now()
    const asked = get(port, token).then((status) => {
      // A refusal counts as the longest of waits.
      latencies.push(status === 200 ? performance.now() - started : Number.POSITIVE_INFINITY)
    })
    pending.push(asked)
  }, 10)
  await end
  clearInterval(timer)
  await Promise.all(pending)
  return latencies
}

function get(port: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return new Promise((resolve) => {
    const agent = new Agent({ keepAlive: false })
    const options = {
      port,
      host: '127.0.0.1',
      path: '/v1/projects',
      headers,
      agent,
      timeout: 10_000,
    }
    const sent = request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('timeout', () => sent.destroy()).on('error', () => resolve(0))
    sent.end()
  })
}

function statistics(latencies: readonly number[]) {
  const sorted = [...latencies].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), maximum: at(1), count: sorted.length }
}

function describe(latencies: readonly number[]): string {
  const { p50, p99, maximum, count } = statistics(latencies)
  const [a, b, c] = [p50, p99, maximum].map((each) => each.toFixed(1))
  return `${count} requests, p50 ${a} ms, p99 ${b} ms, longest ${c} ms`
}

function descriptors({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function residentMebibytes({ pid }: ChildProcess): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kibibytes) / 1_024)
}

async function startServer(folder: string): Promise<{ child: ChildProcess; port: number }> {
  const env = {
    ...process.env,
    DATABASE_URL: `sqlite:${join(folder, 'slow.sqlite3')}`,
    APP_URL: 'https://app.example.com',
    MAIL_FROM: 'no-reply@example.com',
    // Nobody listens there: mails wait.
    SMTP_URL: 'smtp://127.0.0.1:9',
    PORT: '0',
  }
  const args = ['--conditions=source', 'templates/api/server.ts']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let log = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    log += chunk
    const port = /"port":(\d+)/.exec(log)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return { child, port: Number(port) }
  }
  throw new Error(`The server did not start: ${log}`)
}

async function signUp(port: number): Promise<string> {
  const body = JSON.stringify({
    email_address: 'ann@example.com',
    password: 'correct horse battery',
  })
  const headers = { 'content-type': 'application/json' }
  const url = `http://127.0.0.1:${port}/v1/registrations`
  const answered = await fetch(url, { method: 'POST', headers, body })
  return Object(await answered.json()).token
}

// Thirty, of ten kilobytes each.
async function createProjects(port: number, token: string): Promise<void> {
  const body = JSON.stringify({ title: 'Garden', description: 'x'.repeat(10_000) })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  for (let index = 0; index < 30; index++) {
    await fetch(`http://127.0.0.1:${port}/v1/projects`, { method: 'POST', headers, body })
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
