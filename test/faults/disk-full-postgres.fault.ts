// CON-04: the disk of PostgreSQL is full, and then is not, while a server that uses it goes on.
import { chownSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type Cluster, clusterFolder, startCluster } from '../storage/postgres-cluster.ts'
import { until } from '../until.ts'
import { mountDisk } from './disk.ts'
import { sufferAndJudge } from './outage-story.ts'
import { watch, watched } from './watch.ts'
import { openWorld, type World } from './world.ts'

test('while the disk of PostgreSQL is full nothing but 503 is answered in vain, and no restart is needed', async () => {
  const disk = mountDisk(200)
  const cluster = await begin({ folder: disk.folder })
  const world = await openWorld({ databaseUrl: cluster.url, variables: watched })
  const times = ['first', 'second']
  const end = async () => {
    // Sessions are read as ever, and only PostgreSQL knows of its disk.
    expect(await watch(world)).toEqual({ ready: 200, metrics: 200 })
    disk.free()
  }
  const full = { seconds: 15, begin: disk.fill, end }
  const outages = times.map((time) => ({ ...full, name: `disk of PostgreSQL full, ${time} time` }))
  await sufferAndJudge('disk full', world, outages)
  expect(refused(world)).toBeGreaterThan(0)
})

test('a PostgreSQL that its full log has ended is 503 until it is back, and this server needs no restart', async () => {
  const disk = mountDisk(24)
  const log = join(disk.folder, 'log')
  const { path: folder, remove } = clusterFolder()
  onTestFinished(remove)
  if (process.getuid?.() === 0) chownSync(disk.folder, 65_534, 65_534)
  const cluster = await begin({ folder, initdb: ['--waldir', log, '--wal-segsize=1'] })
  const world = await openWorld({ databaseUrl: cluster.url, variables: watched })
  const fill = async () => {
    disk.fill()
    await writeLog(cluster)
  }
  const end = async () => {
    expect(await watch(world)).toEqual({ ready: 503, metrics: 200 })
    disk.free()
    await cluster.stop('immediate')
    await until(() => cluster.start())
  }
  // Whoever looks into the tables meanwhile, to judge, waits for ten.
  const full = { name: 'log of PostgreSQL full', seconds: 5, begin: fill, end }
  await sufferAndJudge('log full', world, [full])
  expect(refused(world)).toBeGreaterThan(0)
})

interface Place {
  readonly folder: string
  readonly initdb?: readonly string[]
}

async function begin(place: Place): Promise<Cluster> {
  const cluster = await startCluster({ binaries: inject('postgresBinaries'), ...place })
  onTestFinished(() => cluster.stop('immediate'))
  await run(cluster, 'CREATE EXTENSION amcheck')
  return cluster
}

async function run({ url }: Cluster, sql: string): Promise<void> {
  const client = new pg.Client(url)
  // That it is ended is what is wanted.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end().catch(() => {})
  }
}

// Until there is no room for the next part of the log, at which PostgreSQL stops by itself.
async function writeLog(cluster: Cluster): Promise<void> {
  for (let megabytes = 0; megabytes < 100; megabytes++) {
    const sql = "SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))"
    const isWritten = await run(cluster, sql).then(
      () => true,
      () => false,
    )
    if (!isWritten) return
  }
  throw new Error('The log of PostgreSQL still has room')
}

// That it was full indeed.
function refused({ history }: World): number {
  return history.entries.filter((entry) => entry.type === 'operation' && entry.status === 503)
    .length
}
