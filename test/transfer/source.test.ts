// How other databases are read: one picture, page by page, never a write, and names from a mapping.
import { chmodSync } from 'node:fs'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openBetterAuth } from '../../src/transfer/origins/better-auth.ts'
import { openRails } from '../../src/transfer/origins/rails.ts'
import { openSource } from '../../src/transfer/origins/sources.ts'
import { openSupabase } from '../../src/transfer/origins/supabase.ts'
import { emptySource, fixtureName, openFixture, runIn } from './fixture.ts'

const isSqlite = inject('database') === 'sqlite'
const now = new Date()

test('no more is read ahead than a page', async () => {
  const url = await emptySource()
  await runIn(url, isSqlite ? trapInSqlite : trapInPostgres)
  const origin = await openRails(url, { users: { table: 'trapped' } })
  onTestFinished(() => origin.close())
  const seen: string[] = []
  const reading = (async () => {
    for await (const row of origin.read()) seen.push(row.where)
  })()
  await expect(reading).rejects.toThrow('cannot be read')
  // The 4,500th row is one that nobody can read.
  expect(seen).toHaveLength(isSqlite ? 4_499 : 4_000)
  expect(seen.slice(0, 3)).toEqual(['users 1', 'users 2', 'users 3'])
})

const trapInSqlite = `
  CREATE TABLE people (id INTEGER PRIMARY KEY);
  WITH RECURSIVE numbers (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < 9000)
  INSERT INTO people SELECT id FROM numbers;
  CREATE VIEW trapped AS SELECT id, '' AS password_digest,
    abs(-9223372036854775807 - (id = 4500)) AS email_address FROM people`

const trapInPostgres = `
  CREATE FUNCTION trap(id int) RETURNS text LANGUAGE plpgsql STABLE AS $$
    BEGIN IF id = 4500 THEN RAISE 'the address of somebody'; END IF; RETURN id; END $$;
  CREATE TABLE people (id int PRIMARY KEY);
  INSERT INTO people SELECT generate_series(1, 9000);
  ANALYZE people;
  CREATE VIEW trapped AS SELECT id, trap(id) AS email_address, '' AS password_digest FROM people`

test('who signs up while it is read is of another picture', async () => {
  const url = await openFixture(fixtureName('rails'))
  if (isSqlite) await runIn(url, 'PRAGMA journal_mode = WAL')
  const origin = await openRails(url, null)
  const [before] = [await origin.count()]
  await runIn(url, 'DELETE FROM sessions; UPDATE users SET email_address = id')
  const addresses: unknown[] = []
  for await (const row of origin.read()) if (row.type === 'user') addresses.push(row.emailAddress)
  expect([before, await origin.count()]).toEqual([15, 15])
  expect(addresses[0]).toBe('ann@example.com')
  await origin.close()
})

test('nothing can be written to what is read', async () => {
  const url = await openFixture(fixtureName('rails'))
  const source = await openSource(url)
  const write = async () => {
    for await (const _row of source.rows('DELETE FROM sessions RETURNING id')) expect.unreachable()
  }
  await expect(write()).rejects.toThrow('cannot be read')
  await source.close()
  const again = await openRails(url, null)
  expect(await again.count()).toBe(15)
  await again.close()
})

test('tables and columns of other names are found by a mapping', async () => {
  const url = await openFixture(fixtureName('rails'))
  await runIn(
    url,
    `ALTER TABLE users RENAME TO "the ""people""";
     ALTER TABLE "the ""people""" RENAME COLUMN email_address TO mail;
     ALTER TABLE sessions RENAME COLUMN token TO secret;
     ALTER TABLE "the ""people""" ADD COLUMN proved text`,
  )
  const mapping = {
    users: { table: 'the "people"', email_address: 'mail', email_verified_at: 'proved' },
    sessions: { token: 'secret' },
  }
  const origin = await openRails(url, mapping)
  expect(await origin.count()).toBe(15)
  await origin.close()
})

test('sessions are left behind where the mapping says that there are none', async () => {
  const url = await openFixture(fixtureName('rails'))
  const origin = await openRails(url, { sessions: { table: null } })
  expect(await origin.count()).toBe(7)
  await origin.close()
})

test.each([
  [{ users: { table: 'people' } }, 'There is no table people; '],
  [{ users: { email_address: 'mail' } }, 'The table users has no column mail; '],
  // A column that one could do without has to be there where it is named.
  [{ users: { created_at: 'born' } }, '--map: {"users": {"created_at": "…"}}'],
  [{ sessions: { token: 'secret' } }, '--map: {"sessions": {"token": "…"}}'],
  [{ users: { id: null } }, '--map: {"users": {"id": "…"}}'],
  [{ accounts: {} }, 'accounts'],
  [{ users: { email: 'mail' } }, 'users.email'],
])('a mapping to what is not there is refused: %j', async (mapping, said) => {
  const url = await openFixture(fixtureName('rails'))
  await expect(openRails(url, mapping)).rejects.toMatchObject({
    name: 'OriginError',
    message: expect.stringContaining(said),
  })
})

test('another system’s database is refused in a sentence, with the key of the mapping', async () => {
  const url = await openFixture(fixtureName('rails'))
  await expect(openBetterAuth(url, null, { now })).rejects.toThrow(
    'The table users has no column email; if it has another name, say so with --map: {"user": {"email": "…"}}',
  )
  const empty = await emptySource()
  await expect(openBetterAuth(empty, null, { now })).rejects.toThrow(
    'There is no table user or users; if it has another name, say so with --map: {"user": {"table": "…"}}',
  )
})

test('ids and numbers beyond those of JavaScript stay what they are', async () => {
  const url = await openFixture(fixtureName('rails'))
  await runIn(url, 'DELETE FROM sessions; UPDATE users SET id = 9007199254740993 WHERE id = 7')
  const origin = await openRails(url, null)
  const ids: unknown[] = []
  for await (const row of origin.read()) if (row.type === 'user') ids.push(row.originId)
  expect(ids.at(-1)).toBe('9007199254740993')
  await origin.close()
})

test.each([
  ['mysql://root@127.0.0.1/app', 'SQLite and PostgreSQL'],
  ['/nowhere/at/all.sqlite3', 'There is no database at /nowhere/at/all.sqlite3'],
  ['sqlite:package.json', 'file is not a database'],
  [':memory:', 'the path of a file'],
  ['postgres://ann:hush-hush@127.0.0.1:1/app', 'nobody listens there'],
  ['postgres://ann:hush/hush-hush@127.0.0.1:1/app', 'cannot be opened'],
])('what cannot be opened is said without its password: %s', async (url, said) => {
  const opening = openSource(url)
  await expect(opening).rejects.toThrow(said)
  await expect(opening).rejects.not.toThrow('hush-hush')
})

test('what Rails writes in its DATABASE_URL is a file as well', async () => {
  const url = await openFixture('rails-sqlite')
  const path = url.replace('sqlite:', '')
  for (const each of [path, `sqlite3:${path}`, `sqlite3://${path}?pool=5`]) {
    const origin = await openRails(each, null)
    expect(await origin.count()).toBe(15)
    await origin.close()
  }
})

test('a file that may only be read is read', async () => {
  const url = await openFixture('rails-sqlite')
  await runIn(url, 'PRAGMA journal_mode = DELETE')
  chmodSync(url.replace('sqlite:', ''), 0o400)
  const origin = await openRails(url, null)
  expect(await origin.count()).toBe(15)
  await origin.close()
})

test('a role that may see some rows alone is refused, and brings nobody in silence', async () => {
  const url = await openFixture('supabase-postgres')
  const role = `reader_${process.pid}_${Date.now()}`
  await runIn(
    url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'reader'; GRANT USAGE ON SCHEMA auth TO ${role};
     GRANT SELECT ON ALL TABLES IN SCHEMA auth TO ${role}`,
  )
  onTestFinished(() => runIn(inject('postgresUrl'), `DROP ROLE ${role}`))
  onTestFinished(() => runIn(url, `DROP OWNED BY ${role}`))
  const reader = new URL(url)
  reader.username = role
  reader.password = 'reader'
  await expect(openSupabase(reader.href, null, { now })).rejects.toThrow(
    'its role may not read all rows of the tables',
  )
  await runIn(url, `ALTER ROLE ${role} BYPASSRLS`)
  const origin = await openSupabase(reader.href, null, { now })
  expect(await origin.count()).toBe(9)
  await origin.close()
})

test('what PostgreSQL quotes of a row that cannot be read is not said', async () => {
  const url = await openFixture('rails-postgres')
  await runIn(
    url,
    `ALTER TABLE users RENAME TO people;
     CREATE VIEW users AS SELECT id, email_address, password_digest::date AS password_digest,
       created_at, updated_at FROM people`,
  )
  const origin = await openRails(url, null)
  const reading = origin.read()[Symbol.asyncIterator]()
  await expect(reading.next()).rejects.toThrow(/cannot be read: 22007, which PostgreSQL.* says$/)
  await origin.close()
})

test('of a file that nobody can write to while it is read, that is said before', async () => {
  const url = await openFixture('rails-sqlite')
  await runIn(url, 'PRAGMA journal_mode = DELETE')
  const slow = await openRails(url, null)
  expect(slow.notes.join()).toContain('is not in WAL mode')
  await slow.close()
  await runIn(url, 'PRAGMA journal_mode = WAL')
  const free = await openRails(url, null)
  expect(free.notes.join()).not.toContain('WAL')
  await free.close()
})
