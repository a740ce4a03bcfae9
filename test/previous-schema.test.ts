// While a new version is rolled out, servers of the previous one run on the schema of the new: what
// they write and read must go on. `previous-schema` has their code for the tables that the newest
// migration changes, as it was before it.
import { randomBytes } from 'node:crypto'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { postgresMigrations } from 'latchkey/postgres'
import { createStore, type Database, migrate, type Session, type User } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { address, temporaryFolder } from './harness.ts'
import * as previous from './previous-schema/sessions.ts'

const files = readdirSync(sqliteMigrations.directory).sort()

test('whoever adds a migration puts the code before it here', () => {
  expect(files.at(-1)).toBe('0003_sessions_by_digest.sql')
  // The first that PostgreSQL had: there is no code before it.
  const newest = readdirSync(postgresMigrations.directory).sort().at(-1)
  expect(newest).toBe('0002_password_resets_and_outbox.sql')
})

test('the previous code works on the new schema, and beside the new code', async () => {
  const { database, store } = await open()
  await migrate(database, [sqliteMigrations])
  const [user, other] = [await insertUser(database, 'ann'), await insertUser(database, 'bob')]
  const kept = await insert(database, user)
  expect(await previous.findSession(database, kept.digest)).toEqual({ user, session: kept.session })
  expect(await store.findSession(kept.digest)).toEqual({ user, session: kept.session })
  const ended = await insert(database, user)
  await database.transaction((each) => previous.deleteSession(each, ended.session))
  expect(await store.findSession(ended.digest)).toBeNull()
  const revoked = await insert(database, other)
  await store.transaction((each) => each.deleteSession(revoked.session))
  expect(await previous.findSession(database, revoked.digest)).toBeNull()
  await database.transaction((each) => previous.deleteSessions(each, user.id))
  expect(await store.findSession(kept.digest)).toBeNull()
})

test('what the previous version wrote is there after the newest migration', async () => {
  const { database, store } = await open()
  await migrate(database, [withoutNewest()])
  const user = await insertUser(database, 'ann')
  const sessions = []
  for (let count = 0; count < 100; count++) sessions.push(await insert(database, user))
  await migrate(database, [sqliteMigrations])
  for (const { session, digest } of sessions) {
    expect(await store.findSession(digest)).toEqual({ user, session })
  }
  const [first] = sessions
  if (first) await store.transaction((each) => each.deleteSession(first.session))
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(99)
  await database.transaction((each) => each.query('DELETE FROM users'))
  expect(await database.query('SELECT id FROM sessions')).toEqual([])
})

async function open() {
  const database = await openSqlite(join(temporaryFolder(), 'test.sqlite3'))
  onTestFinished(() => database.close())
  return { database, store: createStore(database) }
}

function withoutNewest() {
  const folder = temporaryFolder()
  for (const file of files.slice(0, -1)) {
    cpSync(new URL(file, sqliteMigrations.directory), join(folder, file))
  }
  return { owner: 'latchkey', directory: pathToFileURL(`${folder}/`) }
}

const now = new Date('2026-11-24T12:00:00.123Z')

async function insertUser(database: Database, name: string): Promise<User> {
  const emailAddress = address(`${name}@example.com`)
  const user = { id: name, emailAddress, emailVerifiedAt: null, createdAt: now, updatedAt: now }
  await createStore(database).transaction((each) => each.insertUser(user, 'hash'))
  return user
}

let sessions = 0

async function insert(database: Database, user: User) {
  sessions += 1
  const session: Session = {
    id: `session ${sessions}`,
    userId: user.id,
    ipAddress: '192.0.2.1',
    userAgent: null,
    createdAt: now,
    lastUsedAt: now,
  }
  const digest = randomBytes(32)
  await database.transaction((each) => previous.insertSession(each, session, digest))
  return { session, digest }
}
