// Simulates processes, one PostgreSQL, and their clients.
import { percentile } from '../statistics.ts'
import { Agenda } from './agenda.ts'
import { Cores } from './cores.ts'
import { lastUsesPerSecond } from './database.ts'
import type { Figures } from './figures.ts'
import { Process } from './process.ts'
import { type Random, seeded } from './random.ts'

export interface Scenario {
  /** The number of processes, each on its own core of any node. */
  readonly processes: number
  readonly databaseCores: number
  readonly checksPerSecond: number
  readonly logInsPerSecond: number
  /** The number of sessions in use, all equally busy. */
  readonly activeSessions: number
  /** Requests arrive independently of each other; or at equal intervals, as in the bench. */
  readonly arrivals: 'poisson' | 'even'
  /** The number of processes that die at once; the others are asked from then on. */
  readonly dying: number
}

/** The results, from the death of processes on if any die. Latencies in milliseconds; use as a share of the cores. */
export interface Outcomes {
  readonly processUse: number
  readonly databaseUse: number
  readonly p50: number
  readonly p99: number
  readonly logInP99: number
  /** The number of log-ins that were told to come back. */
  readonly refused: number
  /** The number of checks that were under way in the processes that died. */
  readonly lost: number
}

// The lead does not count, since at first nobody waits yet.
const [leadSeconds, seconds] = [3, 3]
const seed = 20_261_126

export function simulate(figures: Figures, scenario: Scenario): Outcomes {
  const world = createWorld(figures, scenario)
  const { agenda, database, processes } = world
  const results = { checks: [] as number[], logIns: [] as number[], refused: 0 }
  ask(world, results)
  writeLastUses(world)
  agenda.runUntil(leadSeconds)
  const dead = processes.splice(0, scenario.dying)
  const lost = dead.reduce((sum, { underWay }) => sum + underWay, 0)
  for (const process of dead) process.isAlive = false
  const before = [database.microseconds, sumOf(processes)] as const
  agenda.runUntil(leadSeconds + seconds)
  const share = (microseconds: number, cores: number) => microseconds / 1_000_000 / seconds / cores
  return {
    databaseUse: share(database.microseconds - before[0], scenario.databaseCores),
    processUse: share(sumOf(processes) - before[1], processes.length),
    p50: percentile(results.checks, 0.5),
    p99: percentile(results.checks, 0.99),
    logInP99: percentile(results.logIns, 0.99),
    refused: results.refused,
    lost,
  }
}

interface World {
  readonly figures: Figures
  readonly scenario: Scenario
  readonly agenda: Agenda
  readonly random: Random
  readonly database: Cores
  readonly processes: Process[]
}

function createWorld(figures: Figures, scenario: Scenario): World {
  const agenda = new Agenda()
  const database = new Cores(agenda, scenario.databaseCores)
  const start = () => new Process(agenda, { database, figures })
  const processes = Array.from({ length: scenario.processes }, start)
  return { figures, scenario, agenda, random: seeded(seed), database, processes }
}

function ask(
  { agenda, random, processes, scenario }: World,
  results: { readonly checks: number[]; readonly logIns: number[]; refused: number },
): void {
  const since = (at: number) => (agenda.now - at) * 1_000
  const any = () => processes[Math.floor(random.next() * processes.length)]
  const keepAsking = (perSecond: number, act: (at: number) => void) => {
    if (perSecond === 0) return
    const isEven = scenario.arrivals === 'even'
    const again = () => {
      act(agenda.now)
      agenda.after(isEven ? 1 / perSecond : random.secondsBetween(perSecond), again)
    }
    again()
  }
  keepAsking(scenario.checksPerSecond, (at) =>
    any()?.check(() => {
      if (at >= leadSeconds) results.checks.push(since(at))
    }),
  )
  keepAsking(scenario.logInsPerSecond, (at) =>
    any()?.logIn((outcome) => {
      if (at < leadSeconds) return
      if (outcome === 'refused') results.refused++
      else results.logIns.push(since(at))
    }),
  )
}

// Each process writes its noted uses once a second, one statement after another.
function writeLastUses({ agenda, random, database, processes, figures, scenario }: World): void {
  const { rows, databaseMicroseconds } = figures.lastUses
  const perSecond = lastUsesPerSecond(scenario.checksPerSecond, scenario.activeSessions)
  const statements = Math.ceil(perSecond / processes.length / rows)
  const write = (left: number) => {
    if (left > 0) database.do(databaseMicroseconds, () => write(left - 1))
  }
  for (const _ of processes) {
    const again = () => {
      write(statements)
      agenda.after(1, again)
    }
    agenda.after(random.next(), again)
  }
}

function sumOf(processes: readonly Process[]): number {
  return processes.reduce((sum, { core }) => sum + core.microseconds, 0)
}
