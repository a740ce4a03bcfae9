// The data of the servers on PostgreSQL: 10,000 users, each with one session and three projects.
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import pg from 'pg'
import { argon2id, createAuth, createStore, migrate, Secret } from '../src/server.ts'
import { openDatabase } from '../templates/api/database.ts'
import { bearer, type Fixture } from './peers.ts'
import { emailAddressOf, password, signUpDirectly, users } from './people.ts'
import { betterAuthOnPostgres } from './servers/better-auth-instance.ts'

// So many sign up at once, so that none waits for the commits of others.
const lanes = 8

export async function latchkeyOnPostgres(url: string): Promise<Fixture> {
  const { database, migrations } = await openDatabase(url)
  await migrate(database, migrations)
  // The hash is real, but made only once.
  const real = argon2id()
  const passwordHash = await real.hash(new Secret(password))
  const hashOnce = { ...real, hash: async () => passwordHash }
  const store = createStore(database)
  const auth = createAuth({ store, passwordHash: hashOnce, rateLimits: 'off' })
  const credentials = await inLanes(async (index) => {
    const { token } = await signUpDirectly(auth, index)
    return bearer(token.reveal())
  })
  await database.close()
  await run(url, `${addProjects('users')}; VACUUM ANALYZE`)
  return { file: url, credentials, renew: null }
}

export async function betterAuthOnIts(url: string): Promise<Fixture> {
  const pool = new pg.Pool({ connectionString: url })
  const passwordHash = await hashPassword(password)
  const auth = betterAuthOnPostgres(pool, { hash: async () => passwordHash })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const credentials = await inLanes(async (index) => {
    const body = { email: emailAddressOf(index), password, name: `User ${index}` }
    const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
    return bearer(headers.get('set-auth-token') ?? '')
  })
  await pool.end()
  await run(url, createProjects)
  await run(url, `${addProjects('"user"')}; VACUUM ANALYZE`)
  return { file: url, credentials, renew: null }
}

async function inLanes(signUp: (index: number) => Promise<string>): Promise<string[]> {
  const credentials: string[] = []
  const waiting = Array(users).keys()
  const lane = async () => {
    for (const index of waiting) credentials[index] = await signUp(index)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return credentials
}

// The ids of better-auth are texts.
const createProjects = `CREATE TABLE projects (
    id uuid PRIMARY KEY, user_id text NOT NULL, title text NOT NULL, description text,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
  );
  CREATE INDEX projects_user_id ON projects (user_id, id)`

function addProjects(table: string): string {
  return `INSERT INTO projects (id, user_id, title, description, created_at, updated_at)
    SELECT gen_random_uuid(), ${table}.id, 'Project ' || number, 'What it is about, in a sentence',
      now(), now()
    FROM ${table}, generate_series(1, 3) AS number`
}

async function run(url: string, sql: string): Promise<void> {
  const client = await new pg.Client(url).connect()
  for (const statement of sql.split(';')) await client.query(statement)
  await client.end()
}
