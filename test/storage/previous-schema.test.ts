// While a new version is rolled out, servers of the previous one run on the schema of the new: what
// they write and read must go on. `previous-schema` has their code for the tables that the newest
// migration changes, as it was before it.
import { randomBytes, randomUUID } from 'node:crypto'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import { createStore, type Database, migrate, type Session, type User } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { address, temporaryFolder } from '../harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'
import * as previousOutbox from './previous-schema/outbox.ts'
import * as previous from './previous-schema/sessions.ts'

const kinds = ['sqlite', 'postgres'] as const
type Kind = (typeof kinds)[number]
const latchkeys = { sqlite: sqliteMigrations, postgres: postgresMigrations }
const filesOf = (kind: Kind) => readdirSync(latchkeys[kind].directory).sort()

// The newest migrations that the code in `previous-schema` knows.
const newestKnown = {
  sqlite: '0003_sessions_by_digest.sql',
  postgres: '0002_password_resets_and_outbox.sql',
}

test('whoever adds a migration puts the code before it here', () => {
  expect(kinds.map((kind) => filesOf(kind).at(-1))).toEqual([
    '0015_outbox_turns.sql',
    '0014_outbox_turns.sql',
  ])
})

test.each(kinds)(
  'on %s the previous code works on the new schema, and beside the new',
  async (kind) => {
    const { database, store } = await open(kind)
    await migrate(database, [latchkeys[kind]])
    const [user, other] = [await insertUser(database, 'ann'), await insertUser(database, 'bob')]
    const kept = await insert(database, user)
    const { bannedAt: _newer, ...known } = user
    const found = { user: known, session: kept.session }
    expect(await previous.findSession(database, kept.digest)).toEqual(found)
    expect(await store.findSession(kept.digest)).toEqual({ user, session: unnamed(kept.session) })
    const named = await store.transaction((each) => each.renameSession(kept.session, 'Phone'))
    expect(named).toMatchObject({ name: 'Phone' })
    expect(await previous.findSession(database, kept.digest)).toEqual(found)
    const ended = await insert(database, user)
    await database.transaction((each) => previous.deleteSession(each, unnamed(ended.session)))
    expect(await store.findSession(ended.digest)).toBeNull()
    const revoked = await insert(database, other)
    await store.transaction((each) => each.deleteSession(revoked.session))
    expect(await previous.findSession(database, revoked.digest)).toBeNull()
    await database.transaction((each) => previous.deleteSessions(each, user.id))
    expect(await store.findSession(kept.digest)).toBeNull()
  },
)

test.each(kinds)(
  'on %s what the previous version wrote is there after the newest migration',
  async (kind) => {
    const { database, store } = await open(kind)
    await migrate(database, [knownBefore(kind)])
    const user = await insertUser(database, 'ann')
    const sessions = []
    for (let count = 0; count < 100; count++) sessions.push(await insert(database, user))
    await migrate(database, [latchkeys[kind]])
    for (const { session, digest } of sessions) {
      expect(await store.findSession(digest)).toEqual({ user, session: unnamed(session) })
    }
    const [first] = sessions
    if (first) await store.transaction((each) => each.deleteSession(first.session))
    expect(await database.query('SELECT id FROM sessions')).toHaveLength(99)
    await database.transaction((each) => each.query('DELETE FROM users'))
    expect(await database.query('SELECT id FROM sessions')).toEqual([])
  },
)

test.each(kinds)('on %s the previous code and the new send each other’s mails', async (kind) => {
  const { database, store } = await open(kind)
  await migrate(database, [latchkeys[kind]])
  const recipient = address('ann@example.com')
  const times = { queuedAt: now, giveUpAt: later }
  const about = { userId: null, apiKeyId: null }
  const message = { kind: 'password_reset', recipient, ...about, ...times } as const
  await database.transaction((each) => previousOutbox.insertMessage(each, message))
  await database.transaction((each) => previousOutbox.insertMessage(each, message))
  await store.transaction((each) => each.insertMessage(message))
  const claim = { now, until: later, latest: later }
  const claimed = await store.transaction((each) => each.claimMessage(claim))
  expect(claimed).toMatchObject({ recipient, userId: null, apiKeyId: null, attempts: 1 })
  await store.transaction((each) => each.insertMessage({ ...message, kind: 'new_sign_in' }))
  const other = await database.transaction((each) => previousOutbox.claimMessage(each, claim))
  expect(other).toMatchObject({ recipient, attempts: 1 })
  expect(await store.transaction((each) => each.claimMessage(claim))).toBeNull()
})

// Nobody is taken to have shown their password just now.
function unnamed(session: previous.Session): Session {
  return { ...session, name: null, passwordVerifiedAt: new Date(0) }
}

async function open(kind: Kind) {
  const database = await (kind === 'sqlite'
    ? openSqlite(join(temporaryFolder(), 'test.sqlite3'))
    : openPostgres(await postgresSchema()))
  onTestFinished(() => database.close())
  return { database, store: createStore(database) }
}

function knownBefore(kind: Kind) {
  const folder = temporaryFolder()
  for (const file of filesOf(kind).filter((file) => file <= newestKnown[kind])) {
    cpSync(new URL(file, latchkeys[kind].directory), join(folder, file))
  }
  return { owner: 'latchkey', directory: pathToFileURL(`${folder}/`) }
}

const now = new Date('2026-11-24T12:00:00.123Z')
const later = new Date('2026-11-24T13:00:00.123Z')

async function insertUser(database: Database, name: string): Promise<User> {
  const emailAddress = address(`${name}@example.com`)
  const instants = { bannedAt: null, createdAt: now, updatedAt: now }
  const user = { id: randomUUID(), emailAddress, emailVerifiedAt: null, ...instants }
  await createStore(database).transaction((each) => each.insertUser(user, 'hash'))
  return user
}

async function insert(database: Database, user: User) {
  const session: previous.Session = {
    id: randomUUID(),
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
