// The runs of the storm bench: checks while nobody logs in, checks while people log in, and log-ins alone.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ask, type Core, pin, startProcess } from './processes.ts'
import { takeTurns } from './rounds.ts'
import { askSteadily, type SteadyPlan } from './steady-run.ts'
import type { Crowd, StormOrder, StormResult } from './storm-load.ts'

// The first seconds of a run do not count, since its first requests take a different time.
const leadSeconds = 2

/** The runs on one server. */
export interface StormPlan extends SteadyPlan {
  readonly folder: string
  readonly storm: {
    /** A process of `storm-load.ts`. */
    readonly child: ChildProcess
    readonly requests: string
    readonly crowd: Crowd
  }
  /** The hash of the log-ins, by its name in `hash-alone.ts`. */
  readonly hash: string
  /** How long the load counts in each run. */
  readonly seconds: number
}

/** A run during which people logged in; latencies in milliseconds. */
export interface Hit {
  /** The latencies of the checks. */
  readonly latencies: readonly number[]
  /** The latencies of the log-ins that were let in, and of those that were told to come back. */
  readonly letIn: readonly number[]
  readonly surplus: readonly number[]
  readonly seconds: number
}

/** Log-ins and hashes a second, without concurrent checks. */
export interface Alone {
  readonly logIns: number
  readonly hashes: number
}

/** One run of each for every round. */
export interface StormRuns {
  readonly idle: (readonly number[])[]
  readonly hit: Hit[]
  /** With one core for everything; empty if people come at a fixed rate. */
  readonly alone: Alone[]
  /** The same with two cores, one of which the product leaves to what is not hashed, and here also to the load. */
  readonly apart: Alone[]
}

export async function runStorms(rounds: number, plan: StormPlan): Promise<StormRuns> {
  const runs: StormRuns = { idle: [], hit: [], alone: [], apart: [] }
  const turns: (() => Promise<unknown>)[] = [
    async () => runs.idle.push(await loadIdle(plan)),
    async () => runs.hit.push(await loadHit(plan)),
  ]
  if (plan.storm.crowd.kind === 'at a time') {
    turns.push(async () => runs.alone.push(await loadAlone(plan, 'server')))
    turns.push(async () => runs.apart.push(await loadApart(plan)))
  }
  await loadHit(plan)
  await takeTurns(rounds, turns)
  return runs
}

async function loadIdle(plan: StormPlan): Promise<readonly number[]> {
  const { startedAt, between } = await askSteadily(plan, leadSeconds + plan.seconds)
  return between(startedAt + leadSeconds * 1_000, Number.POSITIVE_INFINITY)
}

async function loadHit(plan: StormPlan): Promise<Hit> {
  const [latencies, logIns] = await Promise.all([loadIdle(plan), letCome(plan)])
  return { latencies, ...logIns, seconds: plan.seconds }
}

async function letCome({
  server,
  storm: { child, ...storm },
  seconds,
}: StormPlan): Promise<Pick<Hit, 'letIn' | 'surplus'>> {
  const told: StormOrder = { ...storm, port: server.port, leadSeconds, seconds }
  const { letIn, surplus, wrong } = await ask<StormResult>(child, told)
  if (wrong !== null) throw new Error(`${server.peer.name} answered a log-in: ${wrong}`)
  return { letIn, surplus }
}

async function loadApart(plan: StormPlan): Promise<Alone> {
  const { pid = 0 } = plan.server.child
  pin(pid, 'either')
  const apart = await loadAlone(plan, 'either')
  pin(pid, 'server')
  return apart
}

// Half of the hashes before and half after, so that a machine that slows down meanwhile affects both.
async function loadAlone(plan: StormPlan, core: Core): Promise<Alone> {
  const before = await hashAlone(plan, core)
  const { letIn } = await letCome(plan)
  const behind = await hashAlone(plan, core)
  return { logIns: letIn.length / plan.seconds, hashes: (before + behind) / 2 }
}

async function hashAlone({ hash, seconds, folder }: StormPlan, core: Core): Promise<number> {
  const log = join(folder, 'hash.log')
  const args = [hash, String(seconds / 2)]
  const child = startProcess('hash-alone.ts', { core, args, log })
  const [said, ended] = [once(child, 'message'), once(child, 'exit')]
  const isEarly = ended.then(() => Promise.reject(new Error(`It did not count; ${log} says why`)))
  const [[perSecond]] = await Promise.all([Promise.race([said, isEarly]), ended])
  return Number(perSecond)
}
