// The measurements from which the simulation is made, and with which it is compared: one process on PostgreSQL.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { argon2id, Secret } from '../../src/server.ts'
import type { Cluster } from '../../test/storage/postgres-cluster.ts'
import { latchkeyAccounts } from '../accounts.ts'
import type { Collections } from '../collections.ts'
import { measure, usedBy } from '../measure.ts'
import { type Fixture, names, type Peer, production } from '../peers.ts'
import { latchkeyOnPostgres } from '../postgres-fixture.ts'
import { createDatabase, processorSeconds, startPostgres } from '../postgres-processes.ts'
import { startProcess, stopProcess } from '../processes.ts'
import { describeRun } from '../report.ts'
import { type Kind, writeRequests } from '../requests.ts'
import { type Server, startServer } from '../server.ts'
import { percentile } from '../statistics.ts'
import { askSteadily } from '../steady-run.ts'
import { measureBackground } from './background.ts'
import { type Case, type Cost, readFigures, writeFigures } from './figures.ts'

const warmUpSeconds = 8
const seconds = 10

/** Takes a minute and a half. */
export async function measureFigures(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  // PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755)
  const cluster = await startPostgres(folder)
  const started: ChildProcess[] = []
  const start = (file: string) => {
    const child = startProcess(file, { core: 'load', log: join(folder, 'load.log') })
    started.push(child)
    return child
  }
  try {
    const fixture = await latchkeyOnPostgres(await createDatabase(cluster, 'latchkey'))
    const collections = join(folder, 'collections.json')
    const server = await startServer(peerOf(fixture, collections), folder)
    started.push(server.child)
    const asking = { cluster, server, folder, load: start('load.ts') }
    await costOf('session', { ...asking, seconds: warmUpSeconds })
    const before = await read(collections)
    const saturated = await costOf('session', { ...asking, seconds })
    const after = await read(collections)
    const halts = after.count - before.count
    const { perSecond } = saturated
    const steady = { ...asking, load: start('steady-load.ts'), perSecond }
    const [half, ...fuller] = [await caseOf(0.5, steady), await caseOf(0.8, steady)]
    const figures = {
      measured: describeRun(),
      // Not where it is saturated: checks that arrive together take less, and a node is not meant to be that full.
      check: half.cost,
      logIn: (await costOf('log-in', { ...asking, seconds })).cost,
      hash: { microseconds: await hashMicroseconds() },
      pause: {
        microseconds: ((after.milliseconds - before.milliseconds) / halts) * 1_000,
        everyChecks: Math.round(saturated.requests / halts),
      },
      // From the bench of growth, with many sessions on PostgreSQL.
      sessionBytes: readFigures().sessionBytes,
    }
    const cases = [half, ...fuller]
    // Last, since it sweeps all sessions.
    writeFigures({ ...figures, ...(await measureBackground(fixture, cluster)), cases })
  } finally {
    for (const child of started) await stopProcess(child)
    await cluster.stop('immediate')
  }
  rmSync(folder, { recursive: true })
}

function peerOf(fixture: Fixture, collections: string): Peer {
  const preloaded = new URL('../collections.ts', import.meta.url).href
  return {
    name: names.latchkey,
    server: '../templates/api/server.ts',
    fixture,
    environment: {
      ...production,
      DATABASE_URL: fixture.file,
      NODE_OPTIONS: `${production.NODE_OPTIONS} --import=${preloaded}`,
      COLLECTIONS_FILE: collections,
    },
    accounts: latchkeyAccounts,
  }
}

interface Asking {
  readonly cluster: Cluster
  readonly server: Server
  readonly folder: string
  readonly load: ChildProcess
}

async function costOf(
  kind: Kind,
  { cluster, server, folder, load, seconds }: Asking & { readonly seconds: number },
): Promise<{ cost: Cost; perSecond: number; requests: number }> {
  const requests = writeRequests(server.peer, kind, folder)
  const before = processorSeconds(cluster)
  const connections = kind === 'session' ? 64 : 8
  const order = { requests, seconds, status: 200, connections }
  const { requests: answered, perSecond, microseconds } = await measure(server, load, order)
  const used = processorSeconds(cluster) - before
  const databaseMicroseconds = (used / answered) * 1_000_000
  return {
    requests: answered,
    perSecond,
    cost: { nodeMicroseconds: microseconds, databaseMicroseconds },
  }
}

/** The garbage collections of the server, after it has written the last one. */
async function read(file: string): Promise<Collections> {
  await wait(500)
  return JSON.parse(readFileSync(file, 'utf8'))
}

async function hashMicroseconds(): Promise<number> {
  const [{ hash }, count] = [argon2id(), 20]
  // The first hash starts a thread.
  await hash(new Secret('measured in vain'))
  const before = process.cpuUsage()
  for (let index = 0; index < count; index++) await hash(new Secret(`measured alone ${index}`))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

async function caseOf(
  share: number,
  { cluster, server, load, folder, ...saturated }: Asking & { readonly perSecond: number },
): Promise<Case> {
  const requests = writeRequests(server.peer, 'session', folder)
  const perSecond = Math.round(saturated.perSecond * share)
  const order = { requests, status: 200, connections: 64, perSecond }
  const [before, ofDatabase] = [await usedBy(server.child), processorSeconds(cluster)]
  const { startedAt, between } = await askSteadily({ server, load, order }, 2 + seconds)
  const after = await usedBy(server.child)
  const requested = between(startedAt, Number.POSITIVE_INFINITY).length
  const cost = {
    nodeMicroseconds: (after.microseconds - before.microseconds) / requested,
    databaseMicroseconds: ((processorSeconds(cluster) - ofDatabase) / requested) * 1_000_000,
  }
  const latencies = between(startedAt + 2_000, Number.POSITIVE_INFINITY)
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
  return { share, perSecond, cost, p50, p99 }
}
