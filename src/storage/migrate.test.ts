import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, inject, onTestFinished, test } from 'vitest'
import { emptyDatabaseUrl, temporaryFolder } from '../../test/harness.ts'
import { type Probe, startProbe } from '../../test/probed-process.ts'
import { until } from '../../test/until.ts'
import type { Database } from './database.ts'
import { isNotMigrated, listMigrations, type Migrations, migrate } from './migrate.ts'
import { openPostgres, postgresMigrations } from './postgres.ts'
import { openSqlite, sqliteMigrations } from './sqlite.ts'

const isSqlite = inject('database') === 'sqlite'
const latchkey = isSqlite ? sqliteMigrations : postgresMigrations

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
    '0001_users_and_sessions.sql': 'CREATE TABLE extra (id uuid REFERENCES users (id))',
  })
  const applied = await migrate(database, [latchkey, app])
  expect(applied.at(0)).toBe('latchkey/0001_users_and_sessions.sql')
  expect(applied.at(-1)).toBe('app/0001_users_and_sessions.sql')
  expect(await migrate(database, [latchkey, app])).toEqual([])
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
  expect(await tables(database)).toEqual([])
  write(app, { '0002_second.sql': second })
  expect(await migrate(database, [app])).toEqual(['app/0001_first.sql', 'app/0002_second.sql'])
  expect(await notes(database)).toEqual(['1', '2'])
})

test('ten processes that start together apply each migration once', async () => {
  const url = await emptyDatabaseUrl()
  const app = folderOf({ '0001_first.sql': first, '0002_second.sql': second })
  const starts = Array.from({ length: 10 }, () => startMigrating(url, app))
  const processes = await Promise.all(starts)
  for (const { tell } of processes) tell('go')
  const applied = await Promise.all(processes.map(({ reached }) => reached('applied ')))
  expect(applied.sort()).toEqual([...Array(9).fill('applied 0'), 'applied 2'])
  expect(processes.map(({ complaints }) => complaints())).toEqual(Array(10).fill(''))
  expect(await notes(await open(url))).toEqual(['1', '2'])
})

test('a process that is killed half-way leaves nothing half done, and holds up nobody', async () => {
  const url = await emptyDatabaseUrl()
  const app = folderOf({ '0001_first.sql': first, '0002_second.sql': second })
  const { child, reached, tell } = await startMigrating(url, app, second)
  const database = await open(url)
  tell('go')
  await reached('half-way')
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  expect(await tables(database)).toEqual([])
  const begunAt = performance.now()
  expect(await migrate(database, [app])).toEqual(['app/0001_first.sql', 'app/0002_second.sql'])
  // A tenth of a second and less, where nothing else runs; what hangs waits for minutes.
  expect(performance.now() - begunAt).toBeLessThan(2_000)
  expect(await notes(database)).toEqual(['1', '2'])
})

test('where nothing is pending nobody is waited for, and nothing is written', async () => {
  const url = await emptyDatabaseUrl()
  const app = folderOf({ '0001_first.sql': first })
  const other = await open(url)
  await migrate(other, [app])
  const database = await open(readOnly(url))
  await other.migration(async () => {
    expect(await migrate(database, [app])).toEqual([])
  })
  write(app, { '0002_second.sql': second })
  if (!isSqlite) await expect(migrate(database, [app])).rejects.toThrow('unavailable')
})

test('what is applied and what is pending is said, and nothing is changed', async () => {
  const url = await emptyDatabaseUrl()
  const app = folderOf({ '0001_first.sql': first })
  const database = await open(url)
  const status = async () => {
    const before = await tables(database)
    const listed = await listMigrations(database, [app])
    expect(await listMigrations(await open(readOnly(url)), [app])).toEqual(listed)
    expect(await tables(database)).toEqual(before)
    return listed.map(({ name, status }) => `${name} ${status}`)
  }
  expect(await status()).toEqual(['app/0001_first.sql pending'])
  expect(await tables(database)).toEqual([])
  await migrate(database, [app])
  write(app, { '0002_second.sql': second })
  // Nor is anybody waited for.
  await (await open(url)).migration(async () => {
    expect(await status()).toEqual(['app/0001_first.sql applied', 'app/0002_second.sql pending'])
  })
  expect(await notes(database)).toEqual(['1'])
  write(app, { '0001_first.sql': second })
  await expect(status()).rejects.toThrow('Migration app/0001_first.sql was changed')
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
  await expect(notes(database)).rejects.toSatisfy(isNotMigrated)
})

// PostgreSQL changes a table where it is.
if (isSqlite) {
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
}

test('a migration that leaves a row without the one it refers to is undone', async () => {
  const database = await open()
  const orphan = `CREATE TABLE parents (id TEXT PRIMARY KEY);
    CREATE TABLE children (parent TEXT REFERENCES parents (id));
    INSERT INTO children VALUES ('nobody');`
  const said = isSqlite
    ? /^A row of the table children refers to one that is gone$/
    : /foreign key constraint/
  const migrating = migrate(database, [folderOf({ '0001_orphan.sql': orphan })])
  await expect(migrating).rejects.toMatchObject({
    name: 'MigrationError',
    message: expect.stringMatching(said),
  })
  expect(await tables(database)).toEqual([])
})

test('a migration that ends its transaction itself is refused', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': `${first}; COMMIT;`, '0002_second.sql': 'no SQL' })
  await expect(migrate(database, [app])).rejects.toThrow('This transaction has ended')
})

test('a start waits for another process that migrates, longer than for an ordinary writer', async () => {
  const url = await emptyDatabaseUrl()
  const [database, other] = [await open(url), await open(url)]
  const app = folderOf({ '0001_first.sql': first })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const ends: string[] = []
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const migrating = other.migration(async () => {
    begin()
    await ended
    ends.push('other')
  })
  await begun
  const migrated = migrate(database, [app]).finally(() => ends.push('this'))
  if (isSqlite) await expect(database.transaction(async () => {})).rejects.toThrow('unavailable')
  else await Promise.race([untilWaiting(database), migrated])
  end()
  await migrating
  expect(await migrated).toEqual(['app/0001_first.sql'])
  expect(ends).toEqual(['other', 'this'])
})

test('a migration that the database refuses is named, with the reason', async () => {
  const database = await open()
  const app = folderOf({ '0001_first.sql': first, '0002_typo.sql': 'CREATE TALBE x (y)' })
  await expect(migrate(database, [app])).rejects.toThrow(
    /^Migration app\/0002_typo.sql failed, and nothing was applied: .*"TALBE"/,
  )
  await expect(notes(database)).rejects.toSatisfy(isNotMigrated)
})

async function open(url?: string): Promise<Database> {
  const source = url ?? (await emptyDatabaseUrl())
  const database = await (isSqlite ? openSqlite(source) : openPostgres(source))
  onTestFinished(() => database.close())
  return database
}

// SQLite has no such connections to write through: a writer there waits for whoever migrates.
function readOnly(url: string): string {
  if (isSqlite) return url
  const changed = new URL(url)
  const options = changed.searchParams.get('options')
  changed.searchParams.set('options', `${options} -c default_transaction_read_only=on`)
  return changed.href
}

function startMigrating(
  url: string,
  { directory }: Migrations,
  ...until: string[]
): Promise<Probe> {
  const args = [fileURLToPath(directory), ...until]
  return startProbe('test/cli/migrating-process.ts', { args, variables: { DATABASE_URL: url } })
}

async function untilWaiting(database: Database): Promise<void> {
  const waiting = `SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND objid = 7710853 AND NOT granted`
  await until(async () => expect(await database.query(waiting)).not.toEqual([]))
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
  return (await database.query('SELECT name FROM notes ORDER BY name')).flat()
}

async function tables(database: Database): Promise<unknown[]> {
  const inPostgres = 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()'
  const sql = isSqlite ? 'SELECT name FROM sqlite_schema' : inPostgres
  return (await database.query(sql)).flat()
}

async function appliedNames(database: Database): Promise<unknown[]> {
  return (await database.query('SELECT name FROM latchkey_migrations ORDER BY name')).flat()
}
