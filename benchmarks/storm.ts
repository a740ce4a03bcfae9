// npm run bench:storm: how long token checks take while two hundred people log in, and how fast those log in.
import { parseArgs } from 'node:util'
import { betterAuthAccounts, latchkeyAccounts } from './accounts.ts'
import { type Curves, curve, writeCurves } from './curves.ts'
import { commitMilliseconds } from './disk.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { names, type Peer, production } from './peers.ts'
import { ownPasswordOf } from './people.ts'
import { stopProcess } from './processes.ts'
import { describeMachine } from './report.ts'
import { writeRequests } from './requests.ts'
import { saturate } from './steady-run.ts'
import type { Crowd } from './storm-load.ts'
import { describeCrowd, printStorms } from './storm-report.ts'
import { runStorms, type StormRuns } from './storm-runs.ts'
import { onWorkbench, type Workbench } from './workbench.ts'

const usage = `npm run bench:storm [-- --rounds 7 --seconds 6 --clients 200 --sync 0 --only NAME --out FILE]

Asks Latchkey and better-auth for half of the checks that saturate each, in turns while nobody logs in and
while 200 people do at a time, and prints the medians of the rounds; beside them, what it lets in while
nothing is checked, and what the hash alone allows. Whoever is told 503 comes back after the Retry-After.

--per-second 50 has so many people come in a second instead, whether or not those before were answered.
--sync 5 has each fdatasync take 5 ms more, which wants strace. --only latchkey, or better-auth, leaves
the other out. --out writes the percentiles of the checks as JSON, for a picture.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '6' },
    clients: { type: 'string', default: '200' },
    'per-second': { type: 'string' },
    sync: { type: 'string', default: '0' },
    only: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else {
  const { rounds, seconds, clients, 'per-second': perSecond, sync } = values
  await bench({
    rounds: Number(rounds),
    seconds: Number(seconds),
    crowd: perSecond
      ? { kind: 'a second', perSecond: Number(perSecond) }
      : { kind: 'at a time', clients: Number(clients) },
    sync: Number(sync),
  })
}

interface Size {
  readonly rounds: number
  /** How long the load counts in each run. */
  readonly seconds: number
  readonly crowd: Crowd
  /** Milliseconds by which each fdatasync is delayed. */
  readonly sync: number
}

interface Contestant {
  readonly peer: Peer
  /** The hash of its log-ins, by its name in `hash-alone.ts`. */
  readonly hash: string
}

async function bench(size: Size): Promise<void> {
  await onWorkbench(async (workbench) => {
    const { folder } = workbench
    const { rounds, seconds, crowd } = size
    console.log(describeMachine({ rounds, seconds, disk: commitMilliseconds(folder) }))
    const series: Curves['series'][number][] = []
    const loads = startLoads(workbench)
    for (const contestant of await prepare(folder)) {
      const { idle, hit } = await storm(contestant, { ...workbench, ...loads, ...size })
      const checks = hit.map(({ latencies }) => latencies)
      const { name } = contestant.peer
      series.push(curve(`${name}, nobody logs in`, idle))
      series.push(curve(`${name}, ${describeCrowd(crowd)} log in`, checks))
    }
    // The name of the figure, from which the picture is drawn.
    const name = 'storm'
    if (values.out) writeCurves(values.out, { name, unit: 'ms', series })
  })
}

function startLoads({ startLoad }: Workbench) {
  return {
    saturating: startLoad('load.ts'),
    load: startLoad('steady-load.ts'),
    logIns: startLoad('storm-load.ts'),
  }
}

async function prepare(folder: string): Promise<Contestant[]> {
  const all = {
    latchkey: async () => ({
      name: names.latchkey,
      server: '../templates/api/server.ts',
      fixture: await latchkeyFixture(folder, { passwordOf: ownPasswordOf }),
      environment: production,
      accounts: latchkeyAccounts,
    }),
    'better-auth': async () => ({
      name: names.betterAuth,
      server: 'servers/better-auth.ts',
      fixture: await betterAuthFixture(folder, { cacheFile: null }),
      environment: {},
      accounts: betterAuthAccounts,
    }),
  }
  const contestants: Contestant[] = []
  for (const [hash, preparePeer] of Object.entries(all)) {
    if (values.only && values.only !== hash) continue
    contestants.push({ hash, peer: await preparePeer() })
  }
  return contestants
}

type Tools = Workbench & ReturnType<typeof startLoads> & Size

async function storm({ peer, hash }: Contestant, tools: Tools): Promise<StormRuns> {
  const { folder, saturating, load, logIns, crowd, seconds, sync } = tools
  const server = await tools.serve(peer, { syncMilliseconds: sync })
  const order = { requests: writeRequests(peer, 'check', folder), status: 200, connections: 64 }
  const perSecond = Math.round((await saturate(server, saturating, order)) / 2)
  const runs = await runStorms(tools.rounds, {
    server,
    load,
    order: { ...order, perSecond },
    storm: { child: logIns, requests: writeRequests(peer, 'storm', folder), crowd },
    hash,
    folder,
    seconds,
  })
  printStorms(peer.name, { crowd, sync, perSecond }, runs)
  await stopProcess(server.child)
  return runs
}
