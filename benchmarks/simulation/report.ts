import { indexDepth, lastUsesPerSecond } from './database.ts'
import type { Figures } from './figures.ts'
import { type Outcomes, type Scenario, simulate } from './run.ts'

/** Prints one process at the measured rates. */
export function printCases(figures: Figures): void {
  if (figures.cases.length === 0) return
  console.log(`
One process, as measured and as simulated

| checks/s | of what saturates it | CPU of a check, µs | PostgreSQL's, µs | p50 measured, ms | p50 simulated, ms | p99 measured, ms | p99 simulated, ms |
| --- | --- | --- | --- | --- | --- | --- | --- |`)
  for (const { perSecond, share, cost, p50, p99 } of figures.cases) {
    const one = { ...quiet, processes: 1, databaseCores: 1, checksPerSecond: perSecond }
    const simulated = simulate({ ...figures, check: cost }, one)
    const costs = [cost.nodeMicroseconds.toFixed(1), cost.databaseMicroseconds.toFixed(1)]
    const latencies = [p50, simulated.p50, p99, simulated.p99].map((each) => each.toFixed(2))
    row([perSecond.toFixed(0), percent(share), ...costs, ...latencies])
  }
}

// None of the measured sessions is old enough for a use to be written.
const quiet = { logInsPerSecond: 0, activeSessions: 1, arrivals: 'even', dying: 0 } as const

/** How many processes and database cores a load needs, if each may be used by at most the share `use`. */
export function sizeFor(
  { check, logIn, lastUses, mail, swept }: Figures,
  {
    use,
    ...load
  }: Pick<Scenario, 'checksPerSecond' | 'logInsPerSecond' | 'activeSessions'> & { use: number },
): Pick<Scenario, 'processes' | 'databaseCores'> {
  const cores = (checkMicroseconds: number, logInMicroseconds: number) =>
    (load.checksPerSecond * checkMicroseconds + load.logInsPerSecond * logInMicroseconds) /
    1_000_000
  const rows = lastUsesPerSecond(load.checksPerSecond, load.activeSessions)
  const written = ((rows / lastUses.rows) * lastUses.databaseMicroseconds) / 1_000_000
  const behind = mail.databaseMicroseconds + swept.databaseMicroseconds
  const own = cores(check.nodeMicroseconds, logIn.nodeMicroseconds)
  const database = cores(check.databaseMicroseconds, logIn.databaseMicroseconds + behind) + written
  return { processes: Math.ceil(own / use), databaseCores: Math.ceil(database / use) }
}

/** Prints the same nodes under growing multiples of the load. */
export function printLoads(figures: Figures, scenario: Scenario): void {
  console.log(`
${scenario.processes} processes and ${scenario.databaseCores} cores of the database under so many times the load that they are meant for

| load | checks/s | log-ins/s | use of a process | use of the database | p50, ms | p99, ms | p99 of log-ins, ms | log-ins refused |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |`)
  for (const times of [0.5, 1, 1.25, 1.5, 1.75, 2]) {
    const checksPerSecond = scenario.checksPerSecond * times
    const logInsPerSecond = scenario.logInsPerSecond * times
    const outcomes = simulate(figures, { ...scenario, checksPerSecond, logInsPerSecond })
    row([
      `${times} ×`,
      checksPerSecond.toFixed(0),
      logInsPerSecond.toFixed(0),
      ...figuresOf(outcomes),
    ])
  }
}

/** @param cores the number of each node's cores, all of which die with it */
export function printDeath(
  figures: Figures,
  scenario: Scenario,
  { cores }: { readonly cores: number },
): void {
  const nodes = Math.ceil(scenario.processes / cores)
  console.log(`
One of ${nodes} nodes dies, with ${cores} processes on each

| when | use of a process | use of the database | p50, ms | p99, ms | p99 of log-ins, ms | log-ins refused | checks lost |
| --- | --- | --- | --- | --- | --- | --- | --- |`)
  const deaths = { 'all of them live': 0, 'just after one died': cores }
  for (const [when, dying] of Object.entries(deaths)) {
    const outcomes = simulate(figures, { ...scenario, processes: nodes * cores, dying })
    row([when, ...figuresOf(outcomes), outcomes.lost.toFixed(0)])
  }
}

/** @param checksPerSecond the checks of all sessions together */
export function printDatabase(
  { lastUses, sessionBytes }: Figures,
  { sessions, checksPerSecond }: { readonly sessions: number; readonly checksPerSecond: number },
): void {
  console.log(`
| ${thousands(sessions)} sessions | computed |
| --- | --- |
| Size of their table and its indexes | ${((sessions * sessionBytes) / 1e9).toFixed(0)} GB |
| Pages from the root of the index of digests to a row | ${indexDepth(sessions)} |`)
  for (const share of [0.01, 0.1, 1]) {
    const rows = lastUsesPerSecond(checksPerSecond, sessions * share)
    const cores = ((rows / lastUses.rows) * lastUses.databaseMicroseconds) / 1_000_000
    row([
      `Last uses written, ${percent(share)} of them in use`,
      `${thousands(rows)} a second, ${cores.toFixed(1)} cores`,
    ])
  }
}

function figuresOf({ processUse, databaseUse, p50, p99, logInP99, refused }: Outcomes): string[] {
  const latencies = [p50, p99].map((each) => each.toFixed(2))
  return [
    percent(processUse),
    percent(databaseUse),
    ...latencies,
    logInP99.toFixed(0),
    refused.toFixed(0),
  ]
}

function row(columns: readonly string[]): void {
  console.log(`| ${columns.join(' | ')} |`)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

function thousands(figure: number): string {
  return Math.round(figure).toLocaleString('en')
}
