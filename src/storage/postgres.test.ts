import { rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import pg from 'pg'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { postgresSchema } from '../../test/postgres-schemas.ts'
import type { Connection, Database, Row, Value } from './database.ts'
import { openPostgres } from './postgres.ts'

const same = (row: Row) => row

test('what is written is read as it was, in the kinds of values that SQLite knows', async () => {
  const database = await open()
  const columns = `SELECT $1::text, $2::integer, $3::bigint, $4::double precision, $5::bytea,
    $6::timestamptz, $7::uuid, NULL, true, 1.5::numeric, '{"a":1}'::jsonb`
  const instant = new Date('2026-01-01T12:00:00.123Z')
  const id = '0198c0de-0000-7000-8000-000000000001'
  const sent: Value[] = ["'; \\ é 😀", -1, 2 ** 52, 0.1, Buffer.from([0, 255, 92]), instant, id]
  const [row] = await database.query(columns, sent)
  expect(row).toEqual([...sent, null, 1, '1.5', '{"a": 1}'])
})

test('an instant is the same one wherever the process and the database are', async () => {
  const database = await open()
  for (const text of [
    '0001-01-01T00:00:00.000Z',
    '1900-01-01T00:00:00.001Z',
    '9999-12-31T23:59:59.999Z',
  ]) {
    const instant = new Date(text)
    const sql = 'SELECT $1::timestamptz, extract(epoch FROM $1::timestamptz)::float8'
    expect(await database.query(sql, [instant])).toEqual([[instant, instant.getTime() / 1_000]])
  }
})

test('a bug is heard, and nothing is looked up: a missing value, one too many, NaN, undefined', async () => {
  const database = await open()
  const wrong: Value[][] = [[], ['a', 'b'], [Number.NaN], JSON.parse('[]').concat([undefined])]
  for (const values of wrong) {
    await expect(database.lookUp('SELECT $1::text', values, same)).rejects.toThrow(TypeError)
  }
})

test.each([
  'INSERT INTO notes VALUES (2)',
  ' update notes SET name = 2',
  'DELETE FROM notes',
  'DROP TABLE notes',
  'SELECT name FROM notes FOR UPDATE',
  'SELECT name FROM notes FOR NO KEY UPDATE',
  'SELECT name FROM notes FOR SHARE',
  'WITH gone AS (DELETE FROM notes RETURNING name) SELECT name FROM gone',
  "WITH more AS (INSERT INTO notes VALUES ('2') RETURNING name) SELECT name FROM more",
  "WITH new AS (UPDATE notes SET name = '2' RETURNING name) SELECT name FROM new",
  "EXPLAIN ANALYZE INSERT INTO notes VALUES ('2')",
  'TRUNCATE notes',
])('%s is no read: it is sent through transaction(), or refused', async (sql) => {
  const database = await openWithNotes()
  await expect(database.query(sql)).rejects.toThrow(`Send it through transaction(): ${sql}`)
  await expect(database.lookUp(sql, [], same)).rejects.toThrow('Send it through transaction()')
  expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
})

test.each([
  "SELECT 'delete from notes for update'",
  '-- update notes set name\nSELECT name AS "for update" FROM notes',
  '(SELECT name FROM notes) UNION SELECT name FROM notes',
  'SELECT name AS updated_set FROM notes',
])('%s is a read', async (sql) => {
  const database = await openWithNotes()
  expect(await database.query(sql)).toHaveLength(1)
})

test.each(['BEGIN', 'COMMIT', 'SELECT 1; DELETE FROM notes', ' rollback', '/* a */ BEGIN'])(
  '%s is not one statement, and is refused',
  async (sql) => {
    const database = await openWithNotes()
    await expect(database.query(sql)).rejects.toThrow('One statement')
    const inside = database.transaction((transaction) => transaction.query(sql))
    await expect(inside).rejects.toThrow('One statement')
    expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
  },
)

test('a transaction that throws leaves nothing, and its connection is used again', async () => {
  const database = await openWithNotes()
  for (let count = 0; count < 30; count++) {
    const undone = database.transaction(async (transaction) => {
      await transaction.query('DELETE FROM notes')
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
  }
  expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
  const sql = 'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()'
  expect(Number((await database.query(sql))[0]?.[0])).toBeLessThan(100)
})

test('a statement that failed and was overlooked undoes all, and is no success', async () => {
  const database = await openWithNotes()
  const overlooked = database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('2')")
    await transaction.query('SELECT no_such_column FROM notes').catch(() => {})
  })
  await expect(overlooked).rejects.toThrow('a statement had failed')
  expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
})

test('a statement that comes after its transaction is refused, and changes nothing', async () => {
  const database = await openWithNotes()
  const late = await database.transaction(async (transaction) => {
    return () => transaction.query('DELETE FROM notes')
  })
  await expect(late()).rejects.toThrow('This transaction has ended')
  expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
})

test('a reader sees what a transaction did when it has ended, and not before', async () => {
  const database = await openWithNotes()
  await database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('2')")
    expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
    expect(await database.lookUp('SELECT max(name) FROM notes', [], same)).toEqual(['1'])
  })
  expect(await database.lookUp('SELECT max(name) FROM notes', [], same)).toEqual(['2'])
})

test('a transaction waits for the disk unless it may be relaxed, and its settings end with it', async () => {
  const database = await open()
  const setting = "SELECT current_setting('synchronous_commit')"
  const read = (transaction: Connection) => transaction.query(setting)
  expect(await database.transaction(read, { durability: 'relaxed' })).toEqual([['off']])
  expect(await database.transaction(read)).toEqual([['on']])
  expect(await database.query(setting)).toEqual([['on']])
})

test('every statement sees what was committed before it, whatever the database’s default is', async () => {
  const url = new URL(await postgresSchema())
  const options = url.searchParams.get('options')
  url.searchParams.set('options', `${options} -c default_transaction_isolation=serializable`)
  const database = await openPostgres(url.href)
  onTestFinished(() => database.close())
  await database.transaction((each) => each.script('CREATE TABLE notes (name text)'))
  await database.transaction(async (transaction) => {
    expect(await transaction.query('SELECT name FROM notes')).toEqual([])
    await database.transaction((other) => other.query("INSERT INTO notes VALUES ('1')"))
    expect(await transaction.query('SELECT name FROM notes')).toEqual([['1']])
  })
})

test('a connection that is cut while a transaction waits ends that transaction, and nothing else', async () => {
  const database = await openWithNotes()
  const cut = database.transaction(async (transaction) => {
    const [[pid] = []] = await transaction.query('SELECT pg_backend_pid()')
    await database.query(`SELECT pg_terminate_backend(${pid})`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    return transaction.query('SELECT 1')
  })
  await expect(cut).rejects.toMatchObject({ code: 'unavailable' })
  expect(await database.query('SELECT name FROM notes')).toEqual([['1']])
})

test('PostgreSQL itself undoes what takes too long, or what nobody goes on with', async () => {
  const database = await open()
  const settings =
    "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
  for (const durability of ['full', 'relaxed'] as const) {
    const inside = await database.transaction((each) => each.query(settings), { durability })
    expect(inside).toEqual([['3s', '3s']])
  }
  expect(await database.migration((each) => each.query(settings))).toEqual([['10min', '10min']])
  expect(await database.query(settings)).not.toEqual([['3s', '3s']])
})

test('a connection that a pool of yours gives too late goes back to it', async () => {
  const pool = new pg.Pool({ connectionString: await postgresSchema(), max: 1 })
  onTestFinished(() => pool.end())
  const database = await openPostgres(pool)
  onTestFinished(() => database.close())
  const busy = await pool.connect()
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' })
  busy.release()
  expect(await database.query('SELECT 1')).toEqual([[1]])
  expect(pool.idleCount).toBe(1)
}, 20_000)

test('a pool that was given stays open when the database is closed', async () => {
  const pool = new pg.Pool({ connectionString: inject('postgresUrl') })
  onTestFinished(() => pool.end())
  const database = await openPostgres(pool)
  expect(await database.query('SELECT 1')).toEqual([[1]])
  expect(await database.lookUp('SELECT 2', [], same)).toEqual([2])
  await database.close()
  await expect(database.lookUp('SELECT 2', [], same)).rejects.toThrow()
  expect((await pool.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }])
})

test('a thousand texts leave no thousand prepared statements behind', async () => {
  const database = await open()
  for (let count = 0; count < 1_000; count++) await database.lookUp(`SELECT ${count}`, [], same)
  const prepared = 'SELECT count(*) FROM pg_prepared_statements'
  expect(await database.lookUp(prepared, [], ([count]) => count)).toBeLessThanOrEqual(500)
})

test('look-ups that begin together leave in one packet for each connection', async () => {
  const database = await open()
  const lookUpAll = () => {
    const names = Array.from({ length: 40 }, (_, index) => `number ${index}`)
    return Promise.all(names.map((name) => database.lookUp('SELECT $1::text', [name], same)))
  }
  await lookUpAll()
  const packets = [vi.spyOn(Socket.prototype, '_write'), vi.spyOn(Socket.prototype, '_writev')]
  onTestFinished(() => void vi.restoreAllMocks())
  expect((await lookUpAll()).at(-1)).toEqual(['number 39'])
  expect(packets.map(({ mock }) => mock.calls.length)).toEqual([0, 2])
  expect(await database.lookUp('SELECT 1', [], same)).toEqual([1])
})

test('a certificate that is gone by the time it is read makes the database unavailable; never there, it is named', async () => {
  const file = join(tmpdir(), `authority-${crypto.randomUUID()}.pem`)
  const url = `postgres://a:b@127.0.0.1:9/c?sslmode=verify-full&sslrootcert=${file}`
  await expect(openPostgres(url)).rejects.toThrow(`names a certificate that cannot be read`)
  const folder = url.replace(file, tmpdir())
  await expect(openPostgres(folder)).rejects.toThrow('names a certificate that cannot be read')
  writeFileSync(file, '')
  const database = await openPostgres(url)
  onTestFinished(() => database.close())
  rmSync(file)
  const away = { name: 'AuthError', code: 'unavailable', cause: { code: 'ENOENT' } }
  await expect(database.query('SELECT 1')).rejects.toMatchObject(away)
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toMatchObject(away)
})

async function openWithNotes(): Promise<Database> {
  const database = await open()
  await database.transaction((transaction) =>
    transaction.script("CREATE TABLE notes (name text); INSERT INTO notes VALUES ('1')"),
  )
  return database
}

async function open(): Promise<Database> {
  const database = await openPostgres(await postgresSchema())
  onTestFinished(() => database.close())
  return database
}

test('what PostgreSQL repeats of a row that it refuses is in no error, which somebody will log', async () => {
  const database = await openWithNotes()
  const constraint = 'ALTER TABLE notes ADD CONSTRAINT short CHECK (length(name) < 9)'
  await database.migration((transaction) => transaction.script(constraint))
  const refused = await database
    .transaction((transaction) => transaction.query("INSERT INTO notes VALUES ('correct horse')"))
    .catch((error) => error)
  expect(refused).toMatchObject({ code: '23514', constraint: 'short' })
  expect(inspect(refused)).not.toContain('correct horse')
})

test.each([
  ['what it was doing', '1/0', '22012'],
  ['what it could not read', 'now(7)', '42883'],
])('nor does an error of a trigger say %s, with the row in it', async (_what, fault, code) => {
  const database = await openWithNotes()
  await database.migration((transaction) =>
    transaction.script(
      `CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $body$
         BEGIN EXECUTE format('SELECT ${fault}, %L', NEW.name); RETURN NEW; END $body$;
       CREATE TRIGGER watch BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION watch()`,
    ),
  )
  const refused = await database
    .transaction((transaction) => transaction.query("INSERT INTO notes VALUES ('correct horse')"))
    .catch((error) => error)
  expect(refused).toMatchObject({ code })
  expect(inspect(refused)).not.toContain('correct horse')
})

test('a URL that cannot be read is not repeated, with the password in it', async () => {
  const opening = openPostgres('postgres://app:pa#ss-hunter2@db.internal:5432/app')
  const error = await opening.catch((reason) => reason)
  expect(String(error)).toMatch(/^DatabaseUrlError: PostgreSQL needs a URL like/)
  expect(inspect(error)).not.toContain('hunter2')
})

test.each([
  'mysql://app:pass@127.0.0.1/app',
  'https://127.0.0.1/app',
  'sqlite:storage/app.sqlite3',
])('the URL of another database stops the start: %s', async (url) => {
  await expect(openPostgres(url)).rejects.toThrow('PostgreSQL needs a URL like')
})

test('dates in the manner of a country are a sentence, and no instant that is missing', async () => {
  const url = new URL(await postgresSchema())
  url.searchParams.set('options', `${url.searchParams.get('options')} -c datestyle=German`)
  const database = await openPostgres(url.href)
  onTestFinished(() => database.close())
  const reading = database.query("SELECT '2026-11-27T12:00:00Z'::timestamptz")
  await expect(reading).rejects.toThrow('set DateStyle to ISO for this role')
  expect(await database.query('SELECT NULL::timestamptz')).toEqual([[null]])
})
