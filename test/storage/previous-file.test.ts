// A new version opens the database file of the one before it: every table has rows, and all of it goes on.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { ann, bearer, type Server, startServer, temporaryFolder } from '../harness.ts'
import { keyEncryptionKey, madeAt, tokens } from './previous-schema/file.ts'

const sql = readFileSync('test/storage/previous-schema/file.sql', 'utf8')

function previousFile(): string {
  const file = join(temporaryFolder(), 'app.sqlite3')
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
  return file
}

function countRows(file: string): Record<string, number> {
  const database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  const counts = tables.map(({ name }) => {
    const { count } = database.prepare(`SELECT count(*) AS count FROM ${name}`).get() ?? {}
    return [String(name), Number(count)] as const
  })
  database.close()
  return Object.fromEntries(counts)
}

/** The new code, a minute later. */
function upgrade(file: string): Promise<Server> {
  const now = new Date(madeAt.getTime() + 60_000)
  const accessTokens = {
    issuer: 'https://api.example.com',
    audiences: ['billing'],
    keyEncryptionKey,
  }
  return startServer({ databaseUrl: `sqlite:${file}`, now, auth: { accessTokens } })
}

test('every table of the previous version has rows, and keeps them', async () => {
  const file = previousFile()
  const { latchkey_migrations: _migrations, ...before } = countRows(file)
  expect(Object.entries(before).filter(([, count]) => count === 0)).toEqual([])
  const { database } = await upgrade(file)
  expect(countRows(file)).toMatchObject(before)
  expect(await database.query('PRAGMA integrity_check')).toEqual([['ok']])
  expect(await database.query('PRAGMA foreign_key_check')).toEqual([])
})

test('sessions, API keys and rows of the application are what they were', async () => {
  const { send } = await upgrade(previousFile())
  const list = (token: string) => send('GET /v1/projects', undefined, bearer(token))
  for (const token of [tokens.annsSession, tokens.annsApiKey]) {
    expect((await list(token)).body.projects).toMatchObject([{ title: 'Garden' }])
  }
  expect((await list(tokens.bensSession)).body.projects).toEqual([])
  const { body } = await send('GET /v1/sessions', undefined, bearer(tokens.annsSession))
  expect(body.sessions).toHaveLength(2)
  const events = await send('GET /v1/events', undefined, bearer(tokens.annsSession))
  expect(events.body.events.length).toBeGreaterThan(2)
  expect((await send('POST /v1/session', ann)).status).toBe(200)
})

test('the links of mails that left before are good, once', async () => {
  const { send } = await upgrade(previousFile())
  const proof = { token: tokens.annsProof }
  const changed = await send('PUT /v1/email_verifications', proof, bearer(tokens.annsSession))
  expect([changed.status, changed.body.user?.email_address]).toEqual([200, 'ann@example.org'])
  const password = 'another horse battery'
  const reset = { token: tokens.bensReset, password }
  expect((await send('PUT /v1/passwords', reset)).status).toBe(200)
  expect((await send('PUT /v1/passwords', reset)).status).toBe(401)
  const registration = { token: tokens.cleosRegistration, password: ann.password }
  expect((await send('PUT /v1/email_verifications', registration)).status).toBe(200)
  const cleo = { ...ann, email_address: 'cleo@example.com' }
  expect((await send('POST /v1/session', cleo)).status).toBe(200)
  expect(
    (await send('POST /v1/session', { email_address: 'ben@example.com', password })).status,
  ).toBe(200)
})

test('a mail that waited leaves, and access tokens are signed with the key that there was', async () => {
  const { send, outbox, mailbox, database } = await upgrade(previousFile())
  const keys = async () => (await send('GET /.well-known/jwks.json')).body.keys
  const before = await keys()
  expect(before).toHaveLength(1)
  const issued = await send(
    'POST /v1/access_tokens',
    { audience: 'billing' },
    bearer(tokens.annsSession),
  )
  expect(issued.status).toBe(200)
  expect(await keys()).toEqual(before)
  expect(await database.query('SELECT sid FROM session_aliases')).toHaveLength(1)
  await outbox.deliverDue()
  expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toContainEqual([
    'ann@example.com',
    'Reset your password',
  ])
})
