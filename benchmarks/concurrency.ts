// npm run bench:concurrency: one process against two that share a port, on either database, in turns.
import type { ChildProcess } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { alternate } from './alternate.ts'
import { printChecks } from './checks-report.ts'
import { latchkeyFixture } from './fixture.ts'
import { type Fixture, type Peer, production } from './peers.ts'
import { latchkeyOnPostgres } from './postgres-fixture.ts'
import { createDatabase, startPostgres } from './postgres-processes.ts'
import { stopProcess } from './processes.ts'
import { describeRun } from './report.ts'
import { ratio, type Samples } from './samples.ts'
import { type Server, startServer } from './server.ts'
import { atMost, digits, type Line, printVerdicts, verdictOf } from './verdicts.ts'
import { onWorkbench } from './workbench.ts'

const usage = `npm run bench:concurrency [-- --rounds 7 --seconds 3] [--unpinned]

Asks Latchkey with WEB_CONCURRENCY=1 and with 2, on SQLite and on PostgreSQL, in turns; with 2 once over as many
connections as one has, and once over twice as many, so that each process has what the one has. All processes of
a server share a core: what is compared is their processor time for a request. node:http with the same queries is
asked likewise: what two of it take more is what sharing a core takes.

  --unpinned   servers, database and load share all cores, as on a machine of your own`

const api = '../templates/api/server.ts'
const bare = 'servers/node-http-processes.ts'

const one = { name: 'one process, 64 connections', processes: 1, connections: 64, server: api }
const two = [
  { ...one, name: 'two processes, 64 connections', processes: 2 },
  { ...one, name: 'two processes, 128 connections', processes: 2, connections: 128 },
]
const bareOne = { ...one, name: 'node:http, one process, 64 connections', server: bare }
const bareTwo = two.map((layout) => ({
  ...layout,
  name: `node:http, ${layout.name}`,
  server: bare,
}))
const layouts = [one, ...two, bareOne, ...bareTwo]

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    // Read by processes.ts.
    unpinned: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await bench(Number(values.rounds), Number(values.seconds))

async function bench(rounds: number, seconds: number): Promise<void> {
  await onWorkbench(async ({ folder, startLoad }) => {
    // PostgreSQL runs as another user, who must be able to enter the folder.
    chmodSync(folder, 0o755)
    const cluster = await startPostgres(folder)
    try {
      console.log(`${describeRun()}\n${rounds} rounds of ${seconds} s for each`)
      const databases = {
        SQLite: await latchkeyFixture(folder),
        PostgreSQL: await latchkeyOnPostgres(await createDatabase(cluster, 'latchkey')),
      }
      const load = startLoad('load.ts')
      const lines: Line[] = []
      for (const [database, fixture] of Object.entries(databases)) {
        const plan = { database, rounds, seconds, folder, load }
        lines.push(...(await compare(fixture, plan)))
      }
      printVerdicts(lines)
    } finally {
      await cluster.stop('immediate')
    }
  })
}

type Layout = typeof one

interface Plan {
  readonly database: string
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly load: ChildProcess
}

async function compare(fixture: Fixture, { database, ...plan }: Plan): Promise<Line[]> {
  const servers: Server[] = []
  const lines: Line[] = []
  try {
    for (const layout of layouts) {
      servers.push(await startServer(peerOf(fixture, layout), plan.folder))
    }
    for (const [kind, asked] of [
      ['session', 'GET /v1/session'],
      ['check', 'GET /v1/projects'],
    ] as const) {
      const samples = await alternate(servers, { ...plan, kind, connectionsOf })
      printChecks(`${asked} on ${database}, 10,000 tokens`, samples, {
        against: one.name,
      })
      console.log('')
      for (const { name } of two) {
        const line = judge(samples, { name, what: `${asked} on ${database}` })
        console.log(
          `- On ${database}, ${name}: ${digits(line.measured)} × the CPU of one process for ${asked}: ${verdictOf(line)}.`,
        )
        lines.push(line)
      }
      for (const { name } of bareTwo) {
        const times = ratio(samples, [name, bareOne.name], 'microseconds')
        console.log(`- On ${database}, ${name}: ${digits(times)} × the CPU of one.`)
      }
    }
  } finally {
    for (const { child } of servers) await stopProcess(child)
  }
  return lines
}

function connectionsOf(peer: Peer): number {
  return layouts.find(({ name }) => name === peer.name)?.connections ?? Number.NaN
}

function peerOf(fixture: Fixture, { name, processes, server }: Layout): Peer {
  const url = fixture.file.startsWith('postgres:') ? fixture.file : `sqlite:${fixture.file}`
  return {
    name,
    server,
    fixture,
    environment: { ...production, DATABASE_URL: url, WEB_CONCURRENCY: String(processes) },
    accounts: null,
  }
}

function judge(samples: Samples, { name, what }: { name: string; what: string }): Line {
  return {
    text: `${name}, against one process, CPU per request, ${what}`,
    bound: atMost(1.1),
    measured: ratio(samples, [name, one.name], 'microseconds'),
    unit: '×',
  }
}
