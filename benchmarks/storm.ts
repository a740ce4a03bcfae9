// Not finished, and no command yet: what token checks take while two hundred people log in at once.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { commitMilliseconds } from './disk.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { betterAuthAccounts, latchkeyAccounts, names, type Peer, production } from './peers.ts'
import { ask, startProcess, stopProcess } from './processes.ts'
import { describeMachine } from './report.ts'
import { writeRequests } from './requests.ts'
import { startServer } from './server.ts'
import { askSteadily, type SteadyPlan, saturate } from './steady-run.ts'
import type { StormOrder, StormResult } from './storm-load.ts'
import { type Hit, printStorms } from './storm-report.ts'

// Of each run: what its first requests find is not what the others do.
const leadSeconds = 2

const usage = `node bin/run.js benchmarks/storm.ts [--rounds 7 --seconds 6 --clients 200 --sync 0]

Asks each server for half of the checks that saturate it, in turns while nobody logs in and while so many
people do at a time, and prints the medians of the rounds. Whoever is told 503 comes back after the
Retry-After. With --sync 5 each fdatasync takes 5 ms more, which wants strace.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '6' },
    clients: { type: 'string', default: '200' },
    sync: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else {
  const { rounds, seconds, clients, sync } = values
  await bench({
    rounds: Number(rounds),
    seconds: Number(seconds),
    clients: Number(clients),
    sync: Number(sync),
  })
}

interface Size {
  readonly rounds: number
  /** Of load that counts, in each run. */
  readonly seconds: number
  readonly clients: number
  /** Milliseconds that each fdatasync takes more. */
  readonly sync: number
}

async function bench({ rounds, sync, ...size }: Size): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const started: ChildProcess[] = []
  const start = (file: string) => {
    const child = startProcess(file, { core: 'load', log: join(folder, 'load.log') })
    started.push(child)
    return child
  }
  try {
    const disk = commitMilliseconds(folder)
    console.log(describeMachine({ rounds, seconds: size.seconds, disk }))
    const [saturating, load, storm] = [
      start('load.ts'),
      start('steady-load.ts'),
      start('storm-load.ts'),
    ]
    for (const peer of await preparePeers(folder)) {
      const server = await startServer(peer, folder, { syncMilliseconds: sync })
      started.push(server.child)
      const order = { requests: writeRequests(peer, 'check', folder), status: 200, connections: 64 }
      const perSecond = Math.round((await saturate(server, saturating, order)) / 2)
      const logIns = writeRequests(peer, 'log-in', folder)
      const plan = { server, load, order: { ...order, perSecond }, storm, logIns, ...size }
      printStorms(peer.name, { ...size, sync, perSecond }, await alternate(rounds, plan))
      await stopProcess(server.child)
    }
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const child of started) await stopProcess(child)
  }
  rmSync(folder, { recursive: true })
}

async function preparePeers(folder: string): Promise<Peer[]> {
  return [
    {
      name: names.latchkey,
      server: '../templates/api/server.ts',
      fixture: await latchkeyFixture(folder),
      environment: production,
      accounts: latchkeyAccounts,
    },
    {
      name: names.betterAuth,
      server: 'servers/better-auth.ts',
      fixture: await betterAuthFixture(folder, { cacheFile: null }),
      environment: {},
      accounts: betterAuthAccounts,
    },
  ]
}

interface Plan extends SteadyPlan, Pick<Size, 'seconds' | 'clients'> {
  readonly storm: ChildProcess
  readonly logIns: string
}

/** One run of each for every round. */
async function alternate(rounds: number, plan: Plan): Promise<{ idle: number[][]; hit: Hit[] }> {
  const idle: number[][] = []
  const hit: Hit[] = []
  const turns = [
    async () => idle.push(await loadIdle(plan)),
    async () => hit.push(await loadHit(plan)),
  ]
  await loadIdle(plan)
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes: whoever follows the same run each time inherits its noise.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
  }
  return { idle, hit }
}

async function loadIdle(plan: Plan): Promise<number[]> {
  const { startedAt, between } = await askSteadily(plan, leadSeconds + plan.seconds)
  return [...between(startedAt + leadSeconds * 1_000, Number.POSITIVE_INFINITY)]
}

async function loadHit(plan: Plan): Promise<Hit> {
  const { server, storm, logIns: requests, clients, seconds } = plan
  const told: StormOrder = { port: server.port, requests, clients, seconds: leadSeconds + seconds }
  const [{ startedAt, between }, { letIn, surplus, wrong }] = await Promise.all([
    askSteadily(plan, leadSeconds + seconds),
    ask<StormResult>(storm, told),
  ])
  if (wrong !== null) throw new Error(`${server.peer.name} answered a log-in: ${wrong}`)
  // Those that still wait are no part of the next run.
  await wait(3_000)
  const latencies = [...between(startedAt + leadSeconds * 1_000, Number.POSITIVE_INFINITY)]
  return { latencies, letIn, surplus, seconds: leadSeconds + seconds }
}
