// A PostgreSQL for the bench, on the core of the load, and the processor time that it uses.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { type Cluster, findBinaries, startCluster } from '../test/storage/postgres-cluster.ts'
import { pin } from './processes.ts'
import { median } from './statistics.ts'

/** As in production: committed transactions survive a power cut. */
export async function startPostgres(
  folder: string,
  { sharedBuffers = '128MB', libraries = '' } = {},
): Promise<Cluster> {
  const kept = ['fsync=on', 'full_page_writes=on']
  const settings = [...kept, 'max_connections=200', `shared_buffers=${sharedBuffers}`]
  if (libraries) settings.push(`shared_preload_libraries=${libraries}`)
  const home = join(folder, 'postgres')
  mkdirSync(home)
  const cluster = await startCluster({ binaries: findBinaries(home), folder: home, settings })
  // Processes that it starts later stay on the core of the first.
  for (const pid of cluster.pids()) pin(pid, 'load')
  return cluster
}

/** @returns the URL of the empty database */
export async function createDatabase({ url }: Cluster, name: string): Promise<string> {
  const client = await new pg.Client(url).connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return url.replace(/postgres$/, name)
}

/** The processor time of all its processes, including those that have ended. */
export function processorSeconds(cluster: Cluster): number {
  const ticks = cluster.pids().map((pid, index) => {
    const [own = 0, system = 0, ended = 0, endedSystem = 0] = ticksOf(pid)
    return own + system + (index === 0 ? ended + endedSystem : 0)
  })
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond
}

// A process may end before it is read. From the next time on, its time is included in that of the first process.
function ticksOf(pid: number): number[] {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    return rest.split(' ').slice(11).map(Number)
  } catch {
    return []
  }
}

/** The milliseconds that a commit of one row takes. */
export async function commitMilliseconds(url: string): Promise<number> {
  const client = await new pg.Client(url).connect()
  await client.query('CREATE TABLE commits (number integer)')
  const times = []
  for (let number = 0; number < 200; number++) {
    const started = performance.now()
    await client.query('INSERT INTO commits VALUES ($1)', [number])
    times.push(performance.now() - started)
  }
  await client.query('DROP TABLE commits')
  await client.end()
  return median(times)
}

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout)
