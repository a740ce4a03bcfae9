// CON-05: PostgreSQL is stopped, killed, paused, and cut off, while a server that uses it goes on.
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { inject, onTestFinished, test } from 'vitest'
import { clusterFolder, startCluster } from '../storage/postgres-cluster.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import { until } from '../until.ts'
import { sufferAndJudge } from './outage-story.ts'
import { openWorld } from './world.ts'

test('a PostgreSQL that is away is 503, never 401, and a server finds it again by itself', async () => {
  const folder = clusterFolder()
  const binaries = inject('postgresBinaries')
  const cluster = await startCluster({ binaries, folder: folder.path })
  onTestFinished(async () => {
    await cluster.stop('immediate')
    folder.remove()
  })
  await run(cluster.url, 'CREATE EXTENSION amcheck')
  const proxy = await startTcpProxy(cluster.port)
  const through = new URL(cluster.url)
  through.port = String(proxy.port)
  const world = await openWorld({ databaseUrl: through.href, tablesUrl: cluster.url })
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of cluster.pids()) process.kill(pid, signal)
  }
  const startAgain = () => until(() => cluster.start())
  const nothing = () => {}
  await sufferAndJudge('database away', world, [
    {
      name: 'stopped, immediate',
      seconds: 5,
      begin: () => cluster.stop('immediate'),
      end: startAgain,
    },
    { name: 'restarted, fast', seconds: 1, begin: () => cluster.stop('fast'), end: startAgain },
    {
      name: 'kill -9 of a backend',
      seconds: 3,
      begin: () => killBackend(cluster.url),
      end: nothing,
    },
    {
      name: 'kill -9 of all of it',
      seconds: 5,
      begin: () => killAll(cluster.pids()),
      end: startAgain,
    },
    {
      name: 'paused for 30 s',
      seconds: 30,
      begin: () => signalAll('SIGSTOP'),
      end: () => signalAll('SIGCONT'),
    },
    { name: 'black hole for 20 s', seconds: 20, begin: proxy.blackHole, end: proxy.heal },
    { name: 'every connection cut', seconds: 1, begin: proxy.cut, end: nothing },
  ])
})

async function run(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

// One that serves the server: PostgreSQL then ends all others, and recovers.
async function killBackend(url: string): Promise<void> {
  const sql = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'latchkey%' LIMIT 1"
  const [row] = await run(url, sql)
  if (!row) throw new Error('The server has no connection')
  process.kill(row.pid, 'SIGKILL')
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await wait(500)
}
