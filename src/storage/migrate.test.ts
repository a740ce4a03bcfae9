import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import type { Database } from './database.ts'
import { type Migrations, migrate } from './migrate.ts'
import { openSqlite, sqliteMigrations } from './sqlite.ts'

const first = "CREATE TABLE notes (name TEXT);\nINSERT INTO notes VALUES ('1');\n"
const second = "INSERT INTO notes VALUES ('2');\n"

test('migrations are applied once, in the order of their names', async () => {
  const database = await open()
  const app = folderOf({ '0010_third.sql': "INSERT INTO notes VALUES ('3')" })
  write(app, { '0002_second.sql': second, '0001_first.sql': first })
  const applied = ['app/0001_first.sql', 'app/0002_second.sql', 'app/0010_third.sql']
  expect(await migrate(database, [app])).toEqual(applied)
  expect(await migrate(database, [app])).toEqual([])
  expect(await notes(database)).toEqual(['1', '2', '3'])
  expect(await appliedNames(database)).toEqual(applied)
})

test('a migration that is added is applied alone', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': first })
  await migrate(database, [app])
  write(app, { '0002_second.sql': second })
  expect(await migrate(database, [app])).toEqual(['app/0002_second.sql'])
  expect(await notes(database)).toEqual(['1', '2'])
})

test('owners come one after another, and their names do not clash', async () => {
  const database = await open()
  const app = folderOf({
    '0001_users_and_sessions.sql': 'CREATE TABLE extra (id REFERENCES users)',
  })
  const applied = await migrate(database, [sqliteMigrations, app])
  expect(applied.at(0)).toBe('latchkey/0001_users_and_sessions.sql')
  expect(applied.at(-1)).toBe('app/0001_users_and_sessions.sql')
  expect(await migrate(database, [sqliteMigrations, app])).toEqual([])
})

test('a file that changed after it was applied is refused, and nothing is applied', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': first })
  await migrate(database, [app])
  write(app, { '0001_first.sql': `${first}-- changed`, '0002_second.sql': second })
  await expect(migrate(database, [app])).rejects.toThrow(
    'Migration app/0001_first.sql was changed after it was applied',
  )
  expect(await notes(database)).toEqual(['1'])
  expect(await appliedNames(database)).toEqual(['app/0001_first.sql'])
})

test('a migration that fails undoes those before it, and can be put right', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': first, '0002_second.sql': `${second} INSERT INTO no` })
  await expect(migrate(database, [app])).rejects.toThrow()
  expect(await database.query('SELECT name FROM sqlite_schema')).toEqual([])
  write(app, { '0002_second.sql': second })
  expect(await migrate(database, [app])).toEqual(['app/0001_first.sql', 'app/0002_second.sql'])
  expect(await notes(database)).toEqual(['1', '2'])
})

test('ten processes that start together apply each migration once', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const app = folderOf({ '0001_first.sql': first, '0002_second.sql': second })
  const databases = await Promise.all(Array.from({ length: 10 }, () => open(file)))
  const applied = await Promise.all(databases.map((database) => migrate(database, [app])))
  expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2])
  for (const database of databases) expect(await notes(database)).toEqual(['1', '2'])
})

test.each([
  ['\\n', '\\r\\n', first, first.replaceAll('\n', '\r\n')],
  ['\\r\\n', '\\n', first.replaceAll('\n', '\r\n'), first],
])('a file applied with %s and checked out with %s has not changed', async (...row) => {
  const [, , before, after] = row
  const database = await open()
  const app = folderOf({ '0001_first.sql': before })
  await migrate(database, [app])
  write(app, { '0001_first.sql': after })
  expect(await migrate(database, [app])).toEqual([])
})

test('what is no .sql file, or hidden, is no migration', async () => {
  const database = await open()
  const others = ['0001_a.sql.bak', '0001_a.txt', '.0001_a.sql', 'README.md']
  const broken = Object.fromEntries(others.map((name) => [name, 'no SQL']))
  const app = folderOf({ ...broken, '0002_first.sql': first })
  expect(await migrate(database, [app])).toEqual(['app/0002_first.sql'])
  expect(await notes(database)).toEqual(['1'])
})

test.each([
  '1_a.sql',
  '00001_a.sql',
  'a.sql',
  '0001.sql',
  '0001-a.sql',
  ' 0001_a.sql',
  '0001_a.SQL',
])('a migration named %s would be forgotten, and is refused', async (name) => {
  const database = await open()
  const app = folderOf({ '0002_first.sql': first, [name]: second })
  await expect(migrate(database, [app])).rejects.toThrow(`Name the migration ${name} like 0001_`)
  await expect(notes(database)).rejects.toThrow('no such table')
})

test('a table is rebuilt without the rows that refer to it', async () => {
  const database = await open()
  const parents = 'CREATE TABLE parents (id TEXT PRIMARY KEY); INSERT INTO parents VALUES (1);'
  const children = `CREATE TABLE children (parent TEXT REFERENCES parents (id) ON DELETE CASCADE);
    INSERT INTO children VALUES (1);`
  const rebuild = `CREATE TABLE new_parents (id TEXT PRIMARY KEY, name TEXT);
    INSERT INTO new_parents (id) SELECT id FROM parents;
    DROP TABLE parents; ALTER TABLE new_parents RENAME TO parents;`
  const app = folderOf({ '0001_tables.sql': parents + children, '0002_rebuild.sql': rebuild })
  await migrate(database, [app])
  expect(await database.query('SELECT parent FROM children')).toEqual([['1']])
  await database.transaction((transaction) => transaction.query('DELETE FROM parents'))
  expect(await database.query('SELECT parent FROM children')).toEqual([])
})

test('a migration that leaves a row without the one it refers to is undone', async () => {
  const database = await open()
  const tables = `CREATE TABLE parents (id TEXT PRIMARY KEY);
    CREATE TABLE children (parent REFERENCES parents (id));
    INSERT INTO children VALUES ('nobody');`
  await expect(migrate(database, [folderOf({ '0001_tables.sql': tables })])).rejects.toThrow(
    'A row of the table children refers to one that is gone',
  )
  await expect(database.query('SELECT * FROM children')).rejects.toThrow('no such table')
})

test('a migration that ends its transaction itself is refused', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': `${first}; COMMIT;`, '0002_second.sql': 'no SQL' })
  await expect(migrate(database, [app])).rejects.toThrow('This transaction has ended')
})

test('a start waits for another process that migrates, longer than for an ordinary writer', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const database = await open(file)
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const app = folderOf({ '0001_first.sql': first })
  const migrated = migrate(database, [app])
  await expect(database.transaction(async () => {})).rejects.toThrow('unavailable')
  other.exec('COMMIT')
  expect(await migrated).toEqual(['app/0001_first.sql'])
})

async function open(file = join(temporaryFolder(), 'test.sqlite3')): Promise<Database> {
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  return database
}

function folderOf(files: Record<string, string>): Migrations {
  const migrations = { owner: 'app', directory: pathToFileURL(`${temporaryFolder()}/`) }
  write(migrations, files)
  return migrations
}

function write({ directory }: Migrations, files: Record<string, string>): void {
  const folder = fileURLToPath(directory)
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql)
}

async function notes(database: Database): Promise<unknown[]> {
  return (await database.query('SELECT name FROM notes ORDER BY rowid')).flat()
}

async function appliedNames(database: Database): Promise<unknown[]> {
  return (await database.query('SELECT name FROM latchkey_migrations ORDER BY name')).flat()
}

test('a migration that the database refuses is named, with the reason', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': first, '0002_typo.sql': 'CREATE TALBE x (y)' })
  await expect(migrate(database, [app])).rejects.toThrow(
    'Migration app/0002_typo.sql failed, and nothing was applied: near "TALBE": syntax error',
  )
  await expect(notes(database)).rejects.toThrow('no such table')
})
