// npm run bench:sweep: how long requests take while expired sessions are swept, and while none are.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { commitMilliseconds } from './disk.ts'
import { insertExpired, removeExpired } from './expired-sessions.ts'
import { latchkeyFixture } from './fixture.ts'
import { names, type Peer, production } from './peers.ts'
import { describeMachine } from './report.ts'
import { writeRequests } from './requests.ts'
import { takeTurns } from './rounds.ts'
import { askSteadily, type SteadyPlan, saturate } from './steady-run.ts'
import { printSweeps, type SweepRuns, type Swept } from './sweep-report.ts'
import {
  type SweepAll,
  sweepByCommand,
  sweepByServer,
  watchNothing,
  watchSweep,
} from './sweep-watch.ts'
import { onWorkbench } from './workbench.ts'

// The first seconds of a run do not count, since its first requests take a different time. So do those after the first
// swept row, when requests from the start of the command still wait, which has little to do with rows.
const leadSeconds = 2
// The time for Node to start beside the server, before the command deletes a row.
const startSeconds = 3

const usage = `npm run bench:sweep [-- --rounds 5 --seconds 6 --rows 100000]

Loads Latchkey at half the rate that saturates it, in turns while nothing is swept, while the server
sweeps, and while the command does, and prints the medians of the rounds. Before each sweep so many
expired sessions are inserted; it counts for so many seconds, or until all of them are gone.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    rows: { type: 'string', default: '100000' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else {
  const { rounds, seconds, rows } = values
  await bench({ rounds: Number(rounds), seconds: Number(seconds), rows: Number(rows) })
}

interface Size {
  readonly rounds: number
  /** How long the load counts in each run; less if a sweep ends earlier. */
  readonly seconds: number
  /** The number of rows for each sweep. */
  readonly rows: number
}

async function bench({ rounds, seconds, rows }: Size): Promise<void> {
  await onWorkbench(async ({ folder, startLoad, serve }) => {
    console.log(describeMachine({ rounds, seconds, disk: commitMilliseconds(folder) }))
    const server = await serve(await preparePeer(folder))
    const requests = writeRequests(server.peer, 'check', folder)
    const order = { requests, status: 200, connections: 64 }
    const saturating = await saturate(server, startLoad('load.ts'), order)
    const asked = Math.round(saturating / 2)
    const load = startLoad('steady-load.ts')
    const plan = { server, load, order: { ...order, perSecond: asked }, seconds, rows, folder }
    printSweeps({ saturating, asked }, await alternate(rounds, plan))
  })
}

async function preparePeer(folder: string): Promise<Peer> {
  const fixture = await latchkeyFixture(folder)
  const server = 'servers/latchkey-sweeping.ts'
  return { name: names.latchkey, server, fixture, environment: production, accounts: null }
}

interface Plan extends SteadyPlan, Pick<Size, 'seconds' | 'rows'> {
  readonly folder: string
}

async function alternate(rounds: number, plan: Plan): Promise<SweepRuns> {
  const runs: SweepRuns = { idle: [], byServer: [], byCommand: [] }
  const { server, folder } = plan
  const log = join(folder, 'sweep.log')
  const turns = [
    async () => runs.idle.push(await loadIdle(plan)),
    async () => runs.byServer.push(await loadSwept(plan, () => sweepByServer(server.child))),
    async () =>
      runs.byCommand.push(await loadSwept(plan, (expired) => sweepByCommand(expired, log))),
  ]
  await loadIdle(plan)
  await takeTurns(rounds, turns)
  return runs
}

// With the same rows: a larger table, just filled, is slower with or without a sweep.
async function loadIdle(plan: Plan): Promise<readonly number[]> {
  const expired = insertExpired(plan.server.peer.fixture.file, plan.rows)
  const lead = startSeconds + 2 * leadSeconds
  const seconds = lead + plan.seconds
  const [result] = await Promise.all([askSteadily(plan, seconds), watchNothing(expired, seconds)])
  await removeExpired(expired)
  return result.between(result.startedAt + lead * 1_000, Number.POSITIVE_INFINITY)
}

async function loadSwept(plan: Plan, sweep: SweepAll): Promise<Swept> {
  const expired = insertExpired(plan.server.peer.fixture.file, plan.rows)
  const seconds = startSeconds + leadSeconds + plan.seconds
  const [result, swept] = await Promise.all([
    askSteadily(plan, leadSeconds + seconds),
    wait(leadSeconds * 1_000).then(() => watchSweep(expired, { sweep, seconds })),
  ])
  const from = swept.from + leadSeconds * 1_000
  const to = Math.min(swept.to, from + plan.seconds * 1_000)
  if (to <= from)
    throw new Error('The sweep was over too soon to be measured: more rows are needed')
  const starting = result.between(swept.startedAt, from)
  return { starting, latencies: result.between(from, to), sweep: swept }
}
