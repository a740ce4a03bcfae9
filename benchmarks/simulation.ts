// npm run bench:simulation: 10⁸ sessions and 10⁵ checks a second on as many nodes as that takes, computed from
// measurements of one.
import { parseArgs } from 'node:util'
import { readFigures } from './simulation/figures.ts'
import { printCases, printDatabase, printDeath, printLoads, sizeFor } from './simulation/report.ts'

const usage = `npm run bench:simulation [-- --sessions 100000000 --checks 100000 --cores 4 --use 0.6]
npm run bench:simulation -- --measure

Simulates nodes with so many cores and a PostgreSQL that are at such a use under so many checks a second,
one log-in for each thousand, one in a hundred sessions in use. The same figures give the same answer:
benchmarks/simulation/measured.json, which --measure writes anew, from this machine.`

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '100000000' },
    checks: { type: 'string', default: '100000' },
    cores: { type: 'string', default: '4' },
    use: { type: 'string', default: '0.6' },
    measure: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else if (values.measure) await (await import('./simulation/measurement.ts')).measureFigures()
else {
  const { sessions, checks, cores, use } = values
  const [all, checksPerSecond, perNode] = [Number(sessions), Number(checks), Number(cores)]
  report({ sessions: all, checksPerSecond, cores: perNode, use: Number(use) })
}

interface Wanted {
  readonly sessions: number
  readonly checksPerSecond: number
  readonly cores: number
  readonly use: number
}

function report({ sessions, checksPerSecond, cores, use }: Wanted): void {
  const figures = readFigures()
  const load = {
    checksPerSecond,
    logInsPerSecond: checksPerSecond / 1_000,
    activeSessions: sessions / 100,
  }
  const size = sizeFor(figures, { ...load, use })
  const scenario = { ...load, ...size, arrivals: 'poisson', dying: 0 } as const
  console.log(`A simulation, of figures measured ${figures.measured}`)
  printCases(figures)
  console.log(`
${checksPerSecond} checks and ${load.logInsPerSecond} log-ins a second at a use of ${use} take ${size.processes} processes, that is ${Math.ceil(size.processes / cores)} nodes of ${cores} cores, and ${size.databaseCores} cores of the database.`)
  printLoads(figures, scenario)
  printDeath(figures, scenario, { cores })
  printDatabase(figures, { sessions, checksPerSecond })
}
