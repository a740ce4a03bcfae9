// npm run bench: every server on one core, the load on the other, in turns.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commitMilliseconds } from './disk.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { joseFixture, jwtFixture } from './jwt-fixture.ts'
import { measure, type Sample } from './measure.ts'
import { listPeers, type Peer } from './peers.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeMachine, printAccounts, printChecks, printCosts } from './report.ts'
import { type Kind, writeRequests } from './requests.ts'
import { type Server, startServer } from './server.ts'

// Until what is going to be compiled has been.
const warmUp = 8
const turns = 4

const usage = `npm run bench [-- --rounds 7 --seconds 4]

Starts Latchkey and its peers, loads one after another, and prints the medians of the rounds.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await bench(Number(values.rounds), Number(values.seconds))

async function bench(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const started: ChildProcess[] = []
  try {
    console.log(describeMachine({ rounds, seconds, disk: commitMilliseconds(folder) }))
    const servers = []
    for (const peer of await prepare(folder)) {
      const server = await startServer(peer, folder)
      started.push(server.child)
      servers.push(server)
    }
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    const run = (kind: Kind, among: readonly Server[]) =>
      alternate(among, { kind, rounds, seconds, folder, load })
    const checks = await run('check', servers)
    printChecks(checks)
    printCosts(
      checks,
      servers.map(({ peer }) => peer),
    )
    const withAccounts = servers.filter(({ peer }) => peer.accounts)
    printAccounts('Log-in', await run('log-in', withAccounts))
    printAccounts('Sign-up', await run('sign-up', withAccounts))
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const child of started) await stopProcess(child)
  }
  rmSync(folder, { recursive: true })
}

async function prepare(folder: string): Promise<Peer[]> {
  const latchkey = await latchkeyFixture(folder)
  const cacheFile = join(folder, 'cache.json')
  return listPeers({
    latchkey,
    jwt: jwtFixture(latchkey),
    jose: {
      ES256: await joseFixture(latchkey, 'ES256'),
      EdDSA: await joseFixture(latchkey, 'EdDSA'),
    },
    betterAuth: await betterAuthFixture(folder, { cacheFile: null }),
    betterAuthCached: { ...(await betterAuthFixture(folder, { cacheFile })), cacheFile },
  })
}

interface Plan {
  readonly kind: Kind
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly load: ChildProcess
}

// A round asks each server in short turns, so that a machine that slows down slows all of them.
async function alternate(
  servers: readonly Server[],
  { kind, rounds, seconds, folder, load }: Plan,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>()
  const orders = servers.map((server) => ({
    server,
    requests: writeRequests(server.peer, kind, folder),
    status: kind === 'sign-up' ? (server.peer.accounts?.signUpStatus ?? 0) : 200,
    connections: kind === 'check' ? 64 : 8,
  }))
  for (const { server, ...order } of orders)
    await measure(server, load, { ...order, seconds: warmUp })
  for (let round = 1; round <= rounds; round++) {
    // Who comes first changes: whoever follows the same server each time inherits its noise.
    const first = round % orders.length
    const rotated = [...orders.slice(first), ...orders.slice(0, first)]
    const slices = new Map(rotated.map(({ server }) => [server.peer.name, [] as Sample[]]))
    for (let turn = 1; turn <= turns; turn++) {
      for (const { server, ...order } of rotated) {
        const slice = await measure(server, load, { ...order, seconds: seconds / turns })
        slices.get(server.peer.name)?.push(slice)
      }
    }
    for (const [name, all] of slices) {
      samples.set(name, [...(samples.get(name) ?? []), average(all)])
    }
  }
  return samples
}

function average(slices: readonly Sample[]): Sample {
  const mean = (of: (slice: Sample) => number) =>
    slices.reduce((sum, slice) => sum + of(slice), 0) / slices.length
  return {
    perSecond: mean(({ perSecond }) => perSecond),
    // Of all requests alike, in whichever slice they were answered.
    microseconds:
      mean(({ microseconds, perSecond }) => microseconds * perSecond) /
      mean(({ perSecond }) => perSecond),
    p50: mean(({ p50 }) => p50),
    p99: mean(({ p99 }) => p99),
    megabytes: mean(({ megabytes }) => megabytes),
  }
}
