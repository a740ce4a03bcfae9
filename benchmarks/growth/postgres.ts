import { totalmem } from 'node:os'
import pg from 'pg'
import { commitMilliseconds, processorSeconds, startPostgres } from '../postgres-processes.ts'
import { type Engine, type Filling, type Grown, growAt, hashOnce, timeEach } from './grown.ts'
import { usersAmong } from './known.ts'

/** Each size is a database of one PostgreSQL, with a quarter of the memory as its manual recommends. */
export async function postgresEngine(folder: string): Promise<Engine> {
  const passwordHash = await hashOnce()
  const sharedBuffers = `${Math.floor(totalmem() / 4 / 1_048_576)}MB`
  const cluster = await startPostgres(folder, { sharedBuffers })
  return {
    name: 'PostgreSQL',
    async grow(sessions) {
      const name = `sessions_${sessions}`
      const url = cluster.url.replace(/postgres$/, name)
      await using(cluster.url, (client) => client.query(`CREATE DATABASE ${name}`))
      const fill = (filling: Filling) => using(url, (client) => fillDatabase(client, filling))
      const size = () => using(cluster.url, (client) => sizeOf(client, name))
      return growAt(url, { sessions, passwordHash }, { fill, size })
    },
    lookUps: [
      { way: 'as its EXPLAIN ANALYZE has it', times: 5_000, time: explain },
      { way: 'there and back, one at a time', times: 20_000, time: timeEach },
    ],
    processorSeconds: () => processorSeconds(cluster),
    commitMilliseconds: () => commitMilliseconds(cluster.url),
    close: () => cluster.stop('immediate'),
  }
}

async function using<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await new pg.Client(url).connect()
  // The error of a broken connection is also reported to those who wait for an answer on it.
  client.on('error', () => {})
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function sizeOf(client: pg.Client, name: string): Promise<number> {
  const { rows } = await client.query('SELECT pg_database_size($1)', [name])
  return Number(rows[0].pg_database_size)
}

// The execution time of a generic plan, without the network.
async function explain({ peer }: Grown, digests: readonly Uint8Array[]): Promise<number[]> {
  return using(peer.fixture.file, async (client) => {
    await client.query(`SET plan_cache_mode = force_generic_plan;
      PREPARE look_up (bytea) AS
      SELECT users.id, users.email_address, users.email_verified_at, users.created_at,
        users.updated_at, users.banned_at, sessions.id, sessions.user_id, sessions.name,
        sessions.ip_address, sessions.user_agent, sessions.created_at, sessions.last_used_at,
        sessions.password_verified_at
      FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = $1`)
    const times: number[] = []
    for (const digest of digests) {
      const execute = `EXECUTE look_up ('\\x${Buffer.from(digest).toString('hex')}')`
      const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${execute}`)
      times.push(rows[0]['QUERY PLAN'][0]['Execution Time'] * 1_000)
    }
    return times
  })
}

// In the order of time, as for SQLite.
async function fillDatabase(client: pg.Client, filling: Filling): Promise<void> {
  const { sessions, known, passwordHash, from, milliseconds, lastUsedAt } = filling
  const users = usersAmong(sessions)
  const instant = (number: string, all: number) =>
    `(${from} + ${number}::bigint * ${milliseconds} / ${all})`
  const at = (number: string, all: number) => `to_timestamp(${instant(number, all)} / 1000.0)`
  const hex = (value: string, digits: number) => `lpad(to_hex(${value}), ${digits}, '0')`
  // A UUID of version 7 for an instant.
  const id = (number: string, all: number) => {
    const [high, low] = [`${instant(number, all)} >> 16`, `${instant(number, all)} & 65535`]
    const time = `${hex(high, 8)} || '-' || ${hex(low, 4)}`
    return `(${time} || '-7000-8000-' || ${hex(number, 12)})::uuid`
  }
  // Every row refers to an existing user, so the triggers that check this are switched off.
  await client.query('SET synchronous_commit = off; SET session_replication_role = replica')
  await client.query(
    `INSERT INTO users
      (id, email_address, password_hash, email_verified_at, created_at, updated_at)
    SELECT ${id('number', users)}, 'user-' || number || '@example.com', $1, ${at('number', users)},
      ${at('number', users)}, ${at('number', users)}
    FROM generate_series(0, ${users - 1}) AS number`,
    [passwordHash],
  )
  await client.query(
    `INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at,
      last_used_at, password_verified_at)
    SELECT coalesce(known.digest, sha256(uuid_send(gen_random_uuid()))), ${id('numbers.number', sessions)},
      ${id(`(numbers.number % ${users})`, users)}, '203.0.113.7',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', ${at('numbers.number', sessions)},
      to_timestamp(${lastUsedAt} / 1000.0), ${at('numbers.number', sessions)}
    FROM generate_series(0, ${sessions - 1}) AS numbers (number)
    LEFT JOIN unnest($1::bytea[], $2::integer[]) AS known (digest, number)
      ON known.number = numbers.number`,
    [known.map(({ digest }) => digest), known.map(({ number }) => number)],
  )
  await client.query('VACUUM ANALYZE')
  // Otherwise it would still be writing during the measurements.
  await client.query('CHECKPOINT')
}
