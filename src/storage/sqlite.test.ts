import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import type { Connection, Database } from './database.ts'
import { openSqlite } from './sqlite.ts'

test('the files are their owner’s alone, and so are the folders made for them', async () => {
  const folder = temporaryFolder()
  const database = await open(join(folder, 'new', 'deep', 'test.sqlite3'))
  await insert(database, 'a')
  const mode = (path: string) => (statSync(join(folder, 'new', path)).mode & 0o777).toString(8)
  expect(['.', 'deep'].map(mode)).toEqual(['700', '700'])
  const files = ['', '-wal', '-shm'].map((suffix) => `deep/test.sqlite3${suffix}`)
  expect(files.map(mode)).toEqual(['600', '600', '600'])
})

test.each(['', 'sqlite:', 'sqlite://'])('a path may begin with %j', async (scheme) => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  await open(scheme + file)
  expect(existsSync(file)).toBe(true)
})

test('a file that is no database is refused at once and left as it is', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const text = 'not a database\n'.repeat(1_000)
  writeFileSync(file, text)
  let refusal: unknown
  const opening = openSqlite(file).catch((error: unknown) => {
    refusal = error
  })
  await turn()
  expect(refusal).toMatchObject({
    code: 'unavailable',
    cause: { message: 'file is not a database' },
  })
  await opening
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('what was committed is there when the file is opened again', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const first = await openSqlite(file)
  await prepare(first)
  await insert(first, 'a')
  await first.close()
  await expect(insert(first, 'b')).rejects.toThrow('not open')
  expect(await names(await open(file))).toEqual(['a'])
})

test.each([
  ["INSERT INTO notes VALUES ('b')"],
  ["UPDATE notes SET name = 'b'"],
  ['DELETE FROM notes RETURNING name'],
  ['DROP TABLE notes'],
  ['CREATE TABLE more (id)'],
])('%s outside a transaction is refused with a sentence', async (sql) => {
  const database = await open()
  await insert(database, 'a')
  await expect(database.query(sql)).rejects.toThrow(`Send it through transaction(): ${sql}`)
  expect(await names(database)).toEqual(['a'])
})

test('closing waits for the transactions that have begun', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const database = await openSqlite(file)
  await prepare(database)
  const writes = [insert(database, 'a'), insert(database, 'b')]
  await database.close()
  await Promise.all(writes)
  expect(await names(await open(file))).toEqual(['a', 'b'])
})

async function open(file = join(temporaryFolder(), 'test.sqlite3')): Promise<Database> {
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  await prepare(database)
  return database
}

function prepare(database: Database): Promise<void> {
  return database.transaction((transaction) =>
    transaction.script('CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY)'),
  )
}

function insert(database: Database, name: string): Promise<unknown> {
  return database.transaction((transaction) =>
    transaction.query('INSERT INTO notes VALUES ($1)', [name]),
  )
}

async function names(connection: Connection): Promise<unknown[]> {
  return (await connection.query('SELECT name FROM notes ORDER BY rowid')).flat()
}

test.each([
  'file:x',
  'sqlite:file:x?mode=memory',
  'postgres://u:secret@h/db',
  ':memory:',
  'sqlite:',
])('%s is no path of a file, and nothing is created', async (path) => {
  const before = readdirSync('.')
  await expect(openSqlite(path)).rejects.toThrow('SQLite needs the path of a file')
  expect(readdirSync('.')).toEqual(before)
})

test('a database is closed once, however often that is asked for', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'test.sqlite3'))
  await Promise.all([database.close(), database.close()])
  await database.close()
  await expect(database.query('SELECT 1')).rejects.toThrow('not open')
})
