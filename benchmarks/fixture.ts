// The data of the servers: 10,000 users, each with one session and three projects.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import { v7 } from 'uuid'
import {
  argon2id,
  createAuth,
  createStore,
  migrate,
  type PasswordHash,
  type Secret,
} from '../src/server.ts'
import { openSqlite, sqliteMigrations } from '../src/sqlite.ts'
import { bearer, type Fixture } from './peers.ts'
import { emailAddressOf, password, signUpDirectly, users } from './people.ts'
import { betterAuthOn } from './servers/better-auth-instance.ts'

const projectsEach = 3

/**
 * Creates Latchkey's database, which the peers without a database of their own read too.
 *
 * @param people the password of each user; default the same for all
 */
export async function latchkeyFixture(
  folder: string,
  people = { passwordOf: (_index: number) => password },
): Promise<Fixture> {
  const file = join(folder, 'latchkey.sqlite3')
  const database = await openSqlite(file)
  const directory = new URL('../templates/api/migrations/sqlite/', import.meta.url)
  await migrate(database, [sqliteMigrations, { owner: 'app', directory }])
  const auth = createAuth({
    store: createStore(database),
    passwordHash: hashingOnce(argon2id()),
    rateLimits: 'off',
  })
  const credentials: string[] = []
  const ids: string[] = []
  for (let index = 0; index < users; index++) {
    const { token, user } = await signUpDirectly(auth, index, {
      password: people.passwordOf(index),
    })
    credentials.push(bearer(token.reveal()))
    ids.push(user.id)
  }
  await database.close()
  addProjects(file, ids)
  return { file, credentials, renew: null }
}

// The hashes are real, but made only once for each password.
function hashingOnce(real: PasswordHash): PasswordHash {
  const hashes = new Map<string, Promise<string>>()
  const hash = (typed: Secret) => {
    const known = hashes.get(typed.reveal()) ?? real.hash(typed)
    hashes.set(typed.reveal(), known)
    return known
  }
  return { ...real, hash }
}

/** Creates better-auth's database. If there is a cache, the sessions are in it, and in a file beside the database. */
export async function betterAuthFixture(
  folder: string,
  { cacheFile }: { cacheFile: string | null },
): Promise<Fixture> {
  const file = join(folder, cacheFile ? 'better-auth-cached.sqlite3' : 'better-auth.sqlite3')
  const cache = cacheFile ? new Map<string, string>() : null
  const passwordHash = await hashPassword(password)
  const auth = betterAuthOn(file, { cache, hash: async () => passwordHash })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const credentials: string[] = []
  const ids: string[] = []
  for (let index = 0; index < users; index++) {
    const body = { email: emailAddressOf(index), password, name: `User ${index}` }
    const { headers, response } = await auth.api.signUpEmail({ body, returnHeaders: true })
    // The token that clients should keep, according to its documentation.
    credentials.push(bearer(headers.get('set-auth-token') ?? ''))
    ids.push(response.user.id)
  }
  createProjects(file)
  addProjects(file, ids)
  if (cache && cacheFile) writeFileSync(cacheFile, JSON.stringify([...cache]))
  return { file, credentials, renew: null }
}

function createProjects(file: string): void {
  new DatabaseSync(file).exec(`
    CREATE TABLE projects (
      id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL, title TEXT NOT NULL, description TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX projects_user_id ON projects (user_id, id)`)
}

function addProjects(file: string, userIds: readonly string[]): void {
  const database = new DatabaseSync(file)
  const insert = database.prepare('INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?)')
  database.exec('BEGIN')
  for (const userId of userIds) {
    for (let number = 1; number <= projectsEach; number++) {
      const now = Date.now()
      insert.run(v7(), userId, `Project ${number}`, 'What it is about, in a sentence', now, now)
    }
  }
  database.exec('COMMIT')
  database.close()
}
