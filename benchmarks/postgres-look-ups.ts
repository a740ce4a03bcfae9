import pg from 'pg'
import { openPostgres, postgresMigrations } from '../src/postgres.ts'
import { migrate } from '../src/server.ts'
import { type LookUps, summarise } from './look-up-report.ts'

const lookUps = 5_000
const sessionsEach = 10

/** What PostgreSQL says that the look-up took, of a plan that it made once for all. */
export async function postgresLookUps(url: string, sessions: number): Promise<LookUps> {
  const client = await new pg.Client(url).connect()
  await client.query(`CREATE DATABASE look_ups_${sessions}`)
  await client.end()
  const own = url.replace(/postgres$/, `look_ups_${sessions}`)
  const database = await openPostgres(own)
  await migrate(database, [postgresMigrations])
  await database.close()
  const filled = await new pg.Client(own).connect()
  await fill(filled, sessions)
  const times = await measure(filled, sessions)
  await filled.end()
  return summarise(sessions, times)
}

async function fill(client: pg.Client, sessions: number): Promise<void> {
  const users = Math.max(1, Math.floor(sessions / sessionsEach))
  const id = (kind: number, number: string) =>
    `(lpad('${kind}', 8, '0') || '-0000-7000-8000-' || lpad((${number})::text, 12, '0'))::uuid`
  await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
  await client.query(`
    INSERT INTO users
      (id, email_address, password_hash, email_verified_at, created_at, updated_at)
    SELECT ${id(0, 'number')}, 'user' || number || '@example.com',
      '$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo',
      NULL, now(), now()
    FROM generate_series(1, ${users}) AS number`)
  await client.query(`
    INSERT INTO sessions
      (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at)
    SELECT sha256(number::text::bytea), ${id(1, 'number')}, ${id(0, `1 + number % ${users}`)},
      '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', now(), now()
    FROM generate_series(1, ${sessions}) AS number ORDER BY 1`)
  await client.query('VACUUM ANALYZE')
}

async function measure(client: pg.Client, sessions: number): Promise<number[]> {
  await client.query(`SET plan_cache_mode = force_generic_plan;
    PREPARE look_up (bytea) AS
    SELECT users.id, users.email_address, users.email_verified_at, users.created_at,
      users.updated_at, sessions.id, sessions.ip_address, sessions.user_agent,
      sessions.created_at, sessions.last_used_at
    FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = $1`)
  const numbers = Array.from({ length: lookUps }, () => 1 + Math.floor(Math.random() * sessions))
  const times: number[] = []
  for (const isWarm of [false, true]) {
    for (const number of numbers) {
      const explain = 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE look_up'
      const { rows } = await client.query(`${explain} (sha256('${number}'::bytea))`)
      if (isWarm) times.push(rows[0]['QUERY PLAN'][0]['Execution Time'] * 1_000)
    }
  }
  return times
}
