// How long requests to servers on databases of several sizes take.
import { toSeries } from '../figures.ts'
import { measure, type Sample } from '../measure.ts'
import { writeLogIns, writeRequests } from '../requests.ts'
import type { Server } from '../server.ts'
import { knownPeople } from './known.ts'
import { inRounds, type Measured, type Plan } from './measured.ts'
import type { Row } from './report.ts'

// Seconds until the code has been compiled, and the rows have been read.
const warmUp = { checks: 6, logIns: 2 }

export async function measureChecks(plan: Plan, servers: readonly Server[]): Promise<Measured> {
  const { engine, grown, folder } = plan
  const orders = servers.map((server) => ({
    server,
    requests: writeRequests(server.peer, 'session', folder),
    connections: 64,
  }))
  const samples = await load(plan, { orders, warmUpSeconds: warmUp.checks })
  const of = pick(samples)
  const what = 'GET /v1/session'
  const rows: Row[] = [
    { what: `${what}: requests/s`, digits: 0, judged: 'rate', measured: of('perSecond') },
    { what: `${what}: CPU, µs`, digits: 1, judged: 'cost', measured: of('microseconds') },
    ...ofDatabase(plan, { what, digits: 1, measured: of('databaseMicroseconds') }),
    { what: `${what}: p50, ms`, digits: 2, judged: 'nothing', measured: of('p50') },
    { what: `${what}: p99, ms`, digits: 2, judged: 'nothing', measured: of('p99') },
    { what: "The server's memory, MB", digits: 0, judged: 'nothing', measured: of('megabytes') },
  ]
  const all = samples.map((runs) =>
    runs.map(({ microseconds, databaseMicroseconds }) => microseconds + databaseMicroseconds),
  )
  const sizes = grown.map(({ sessions }) => sessions)
  return { rows, series: [toSeries(`${engine.name}, a request’s CPU`, sizes, all)] }
}

export async function measureLogIns(plan: Plan, servers: readonly Server[]): Promise<Measured> {
  const orders = servers.map((server, index) => {
    const { accounts } = server.peer
    if (!accounts) throw new Error('Nobody can log in here')
    const people = knownPeople(plan.grown[index]?.sessions ?? 0)
    return { server, requests: writeLogIns(accounts, people, plan.folder), connections: 8 }
  })
  const samples = await load(plan, { orders, warmUpSeconds: warmUp.logIns })
  const of = pick(samples)
  const milliseconds = of('microseconds').map((runs) => runs.map((each) => each / 1_000))
  const what = 'Log-in'
  const rows: Row[] = [
    { what: `${what}: log-ins/s`, digits: 1, judged: 'rate', measured: of('perSecond') },
    { what: `${what}: CPU, ms`, digits: 2, judged: 'cost', measured: milliseconds },
    ...ofDatabase(plan, { what, digits: 0, measured: of('databaseMicroseconds') }),
    { what: `${what}: p50, ms`, digits: 1, judged: 'cost', measured: of('p50') },
    { what: `${what}: p99, ms`, digits: 1, judged: 'nothing', measured: of('p99') },
  ]
  return { rows, series: [] }
}

function ofDatabase({ engine }: Plan, row: Omit<Row, 'judged'>): Row[] {
  if (!engine.processorSeconds) return []
  return [{ ...row, what: `${row.what}: ${engine.name}'s CPU, µs`, judged: 'cost' }]
}

interface Order {
  readonly server: Server
  readonly requests: string
  readonly connections: number
}

interface Loaded extends Sample {
  /** Processor time of the database's own processes for one request. */
  readonly databaseMicroseconds: number
}

async function load(
  { engine, rounds, seconds, load: child }: Plan,
  { orders, warmUpSeconds }: { readonly orders: readonly Order[]; readonly warmUpSeconds: number },
): Promise<Loaded[][]> {
  const run = async ({ server, ...order }: Order, time: number): Promise<Loaded> => {
    const before = engine.processorSeconds?.() ?? 0
    const sample = await measure(server, child, { ...order, status: 200, seconds: time })
    const used = (engine.processorSeconds?.() ?? 0) - before
    return { ...sample, databaseMicroseconds: (used * 1_000_000) / (sample.perSecond * time) }
  }
  for (const order of orders) await run(order, warmUpSeconds)
  return inRounds(orders, rounds, (order) => run(order, seconds))
}

function pick(samples: readonly (readonly Loaded[])[]) {
  return (figure: keyof Loaded) => samples.map((runs) => runs.map((run) => run[figure]))
}
