// npm run bench:postgres: Latchkey and better-auth on PostgreSQL, in turns.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Cluster } from '../test/postgres-cluster.ts'
import { measure } from './measure.ts'
import { betterAuthAccounts, latchkeyAccounts, type Peer, production } from './peers.ts'
import { betterAuthOnIts, latchkeyOnPostgres } from './postgres-fixture.ts'
import { commitMilliseconds, processorSeconds, startPostgres } from './postgres-processes.ts'
import { type PostgresSample, printPostgres } from './postgres-report.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeMachine } from './report.ts'
import { type Kind, writeRequests } from './requests.ts'
import { type Server, startServer } from './server.ts'

const warmUpSeconds = 5

const kinds: readonly [Kind, string][] = [
  ['session', 'The check alone, 64 connections, 10,000 tokens'],
  ['check', 'GET /v1/projects, 64 connections, 10,000 tokens, three projects each'],
  ['log-in', 'Log-in, 8 connections'],
  ['sign-up', 'Sign-up, 8 connections'],
]

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log('npm run bench:postgres [-- --rounds 7 --seconds 3]')
else await bench(Number(values.rounds), Number(values.seconds))

async function bench(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  // PostgreSQL runs as another user.
  chmodSync(folder, 0o755)
  const cluster = await startPostgres(folder)
  const started: ChildProcess[] = []
  try {
    const disk = await commitMilliseconds(cluster.url)
    console.log(describeMachine({ rounds, seconds, disk }))
    const servers: Server[] = []
    for (const peer of await listPeers(cluster)) servers.push(await startServer(peer, folder))
    started.push(...servers.map(({ child }) => child))
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    for (const [kind, title] of kinds) {
      const among = servers.filter(({ peer }) => peer.accounts)
      const plan = { kind, rounds, seconds, folder, load, cluster }
      const isRead = kind === 'check' || kind === 'session'
      printPostgres(title, await alternate(isRead ? servers : among, plan))
    }
  } finally {
    for (const child of started) await stopProcess(child)
    await cluster.stop('immediate')
  }
  rmSync(folder, { recursive: true })
}

async function listPeers({ url }: Cluster): Promise<Peer[]> {
  const latchkey = await latchkeyOnPostgres(await createDatabase(url, 'latchkey'))
  const betterAuth = await betterAuthOnIts(await createDatabase(url, 'better_auth'))
  const on = ({ file }: { file: string }) => ({ DATABASE_URL: file })
  return [
    {
      name: 'Latchkey',
      server: '../templates/api/server.ts',
      fixture: latchkey,
      environment: { ...production, ...on(latchkey) },
      accounts: latchkeyAccounts,
    },
    {
      name: 'better-auth, bearer plugin',
      server: 'servers/better-auth-postgres.ts',
      fixture: betterAuth,
      environment: on(betterAuth),
      accounts: betterAuthAccounts,
    },
    {
      name: 'node:http and pg, the same queries',
      server: 'servers/node-http-postgres.ts',
      fixture: latchkey,
      environment: on(latchkey),
      accounts: null,
    },
  ]
}

async function createDatabase(url: string, name: string): Promise<string> {
  const client = await new pg.Client(url).connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return url.replace(/postgres$/, name)
}

interface Plan {
  readonly kind: Kind
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly load: ChildProcess
  readonly cluster: Cluster
}

async function alternate(
  servers: readonly Server[],
  { kind, rounds, seconds, folder, load, cluster }: Plan,
): Promise<Map<string, PostgresSample[]>> {
  const samples = new Map<string, PostgresSample[]>()
  const isRead = kind === 'check' || kind === 'session'
  const orders = servers.map((server) => ({
    server,
    requests: writeRequests(server.peer, kind, folder),
    status: kind === 'sign-up' ? (server.peer.accounts?.signUpStatus ?? 0) : 200,
    connections: isRead ? 64 : 8,
  }))
  for (let round = 0; round <= rounds; round++) {
    const first = round % orders.length
    for (const { server, ...order } of [...orders.slice(first), ...orders.slice(0, first)]) {
      const before = processorSeconds(cluster)
      const time = round === 0 ? warmUpSeconds : seconds
      const sample = await measure(server, load, { ...order, seconds: time })
      const used = (processorSeconds(cluster) - before) / (sample.perSecond * time)
      if (round === 0) continue
      const { name } = server.peer
      const known = samples.get(name) ?? []
      samples.set(name, [...known, { ...sample, databaseMicroseconds: used * 1_000_000 }])
    }
  }
  return samples
}
