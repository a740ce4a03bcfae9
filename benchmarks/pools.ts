// npm run bench:pools: which connections are best for looking up tokens.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { latchkeyOnPostgres } from './postgres-fixture.ts'
import { processorSeconds, startPostgres } from './postgres-processes.ts'
import { median } from './statistics.ts'

const rounds = 7
const lookUps = 20_000
const inFlight = 64
const text = `SELECT users.id, users.email_address, users.email_verified_at, users.created_at,
    users.updated_at, sessions.id, sessions.ip_address, sessions.user_agent,
    sessions.created_at, sessions.last_used_at
  FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = $1`

const folder = mkdtempSync(join(tmpdir(), 'latchkey-pools-'))
chmodSync(folder, 0o755)
const cluster = await startPostgres(folder)
const { file: url } = await latchkeyOnPostgres(cluster.url)
const digests = await readDigests()

type Query = (digest: Buffer) => Promise<unknown>

// PostgreSQL ends all connections when it stops.
const ignore = () => {}

interface Way {
  readonly name: string
  readonly query: Query
}

const ways: Way[] = [
  await pipelined(1),
  await pipelined(2),
  await pipelined(3),
  await pipelined(4),
  await pipelined(2, 'unnamed'),
  pooled(2),
  pooled(5),
  pooled(10),
]
console.log(`${lookUps} look-ups, ${inFlight} in flight, medians of ${rounds}

| connections | look-ups/s | processor time here, µs | PostgreSQL's, µs |
| --- | --- | --- | --- |`)
for (const { name, query } of ways)
  console.log(`| ${[name, ...(await measure(query))].join(' | ')} |`)
await cluster.stop('immediate')
rmSync(folder, { recursive: true })
process.exit()

async function readDigests(): Promise<Buffer[]> {
  const client = await new pg.Client(url).connect()
  const { rows } = await client.query('SELECT token_digest FROM sessions ORDER BY random()')
  await client.end()
  return rows.map(({ token_digest }) => token_digest)
}

async function pipelined(connections: number, names = 'named'): Promise<Way> {
  const config = { connectionString: url, pipeline: true }
  const clients = await Promise.all(
    Array.from({ length: connections }, () => new pg.Client(config).connect()),
  )
  for (const client of clients) client.on('error', ignore)
  const name = names === 'named' ? 'look-up' : undefined
  let turn = 0
  const query: Query = async (digest) => {
    turn = (turn + 1) % connections
    await clients[turn]?.query({ name, text, values: [digest], rowMode: 'array' })
  }
  return { name: `${connections} pipelined, ${names}`, query }
}

function pooled(max: number): Way {
  const pool = new pg.Pool({ connectionString: url, max })
  pool.on('error', ignore)
  const query: Query = (digest) =>
    pool.query({ name: 'look-up', text, values: [digest], rowMode: 'array' })
  return { name: `a pool of ${max}, named`, query }
}

async function measure(query: Query): Promise<string[]> {
  await run(query)
  const runs: Run[] = []
  for (let round = 0; round < rounds; round++) runs.push(await run(query))
  const middle = (figure: keyof Run, digits: number) =>
    median(runs.map((each) => each[figure])).toFixed(digits)
  return [middle('perSecond', 0), middle('here', 1), middle('there', 1)]
}

interface Run {
  readonly perSecond: number
  readonly here: number
  readonly there: number
}

async function run(query: Query): Promise<Run> {
  const [cpu, database, started] = [
    process.cpuUsage(),
    processorSeconds(cluster),
    performance.now(),
  ]
  const waiting = Array(lookUps).keys()
  const lane = async () => {
    for (const index of waiting) await query(digests[index % digests.length] ?? Buffer.alloc(32))
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: (lookUps / (performance.now() - started)) * 1_000,
    here: (user + system) / lookUps,
    there: ((processorSeconds(cluster) - database) / lookUps) * 1_000_000,
  }
}
