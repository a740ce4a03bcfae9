// The command on a file: one that is not there, is empty, broken, held, or development's.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { prepareCommand, run } from './command.ts'

test.each(['outbox list', 'outbox retry --failed'])(
  'latchkey %s does not create a database',
  async (args) => {
    const command = await prepareCommand()
    const { folder } = command
    const file = join(folder, 'storage/production.sqlite3')
    const { code, stdout, stderr } = await run(command, `latchkey ${args}`)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`There is no database at ${file}`)
    const absolute = await run({ folder, databaseUrl: `sqlite://${file}` }, `latchkey ${args}`)
    expect(absolute.stderr).toContain(`There is no database at ${file}`)
    expect(existsSync(join(folder, 'storage'))).toBe(false)
  },
)

test.each(['outbox list', 'outbox retry --failed', 'outbox retry 1'])(
  'latchkey %s on a database that was not migrated says so, and leaves it so',
  async (args) => {
    const command = await prepareCommand()
    const { folder } = command
    writeFileSync(join(folder, 'empty.sqlite3'), '')
    const { code, stderr } = await run(
      { folder, databaseUrl: 'sqlite:empty.sqlite3' },
      `latchkey ${args}`,
    )
    expect([code, stderr]).toEqual([
      1,
      "The database lacks Latchkey's newest tables: run latchkey migrate\n",
    ])
    const database = await openSqlite(join(folder, 'empty.sqlite3'))
    expect(await database.query('SELECT name FROM sqlite_schema')).toEqual([])
    await database.close()
  },
)

test('latchkey migrate --status creates no file, and leaves one as it is', async () => {
  const command = await prepareCommand()
  const { folder } = command
  const missing = await run(command, 'latchkey migrate --status')
  expect([missing.code, missing.stdout]).toEqual([1, ''])
  expect(missing.stderr).toContain('or run latchkey migrate, which creates it\n')
  writeFileSync(join(folder, 'empty.sqlite3'), '')
  const before = readdirSync(folder)
  const databaseUrl = 'sqlite:empty.sqlite3'
  const { code, stdout } = await run({ folder, databaseUrl }, 'latchkey migrate --status')
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^pending {2}latchkey\/0001_/m)])
  expect(readFileSync(join(folder, 'empty.sqlite3'), 'utf8')).toBe('')
  expect(readdirSync(folder)).toEqual(before)
})

test('a database that lacks the newest migration of the outbox is refused', async () => {
  const command = await prepareCommand()
  const { folder } = command
  const [first = ''] = readdirSync(sqliteMigrations.directory).sort()
  mkdirSync(join(folder, 'migrations'))
  cpSync(new URL(first, sqliteMigrations.directory), join(folder, 'migrations', first))
  const database = await openSqlite(join(folder, 'storage/production.sqlite3'))
  const directory = pathToFileURL(`${folder}/migrations/`)
  await migrate(database, [{ owner: 'latchkey', directory }])
  await database.close()
  const { code, stderr } = await run(command, 'latchkey outbox list')
  expect([code, stderr]).toEqual([1, expect.stringContaining('run latchkey migrate')])
})

test('a file that is no database is refused in a sentence', async () => {
  const command = await prepareCommand()
  const { folder } = command
  writeFileSync(join(folder, 'broken.sqlite3'), 'no database, and longer than a header of one is')
  const { code, stderr } = await run(
    { folder, databaseUrl: 'sqlite:broken.sqlite3' },
    'latchkey outbox list',
  )
  expect([code, stderr]).toEqual([1, expect.stringContaining('file is not a database')])
})

test.each(['outbox list', 'migrate', 'backup copy.sqlite3', 'doctor'])(
  'a folder in place of the file is called one by latchkey %s, and nothing is made of it',
  async (words) => {
    const { folder } = await prepareCommand()
    mkdirSync(join(folder, 'data'))
    const ran = await run({ folder, databaseUrl: 'sqlite:data' }, `latchkey ${words}`)
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([
      1,
      expect.stringContaining(`${join(folder, 'data')} is a folder`),
    ])
    expect(readdirSync(join(folder, 'data'))).toEqual([])
  },
)

test('of a file that cannot be made nobody speaks of certificates, as of one for PostgreSQL', async () => {
  const { folder } = await prepareCommand()
  const lines = [
    ['sqlite:/proc/new.sqlite3', /^DATABASE_URL cannot be used: SQLite needs a file [^\n]*ENOENT/],
    [
      'postgres://a:b@127.0.0.1:9/c?sslmode=verify-full&sslrootcert=/no.pem',
      /a certificate that cannot be read/,
    ],
  ] as const
  for (const [databaseUrl, sentence] of lines) {
    const { code, stderr } = await run({ folder, databaseUrl }, 'latchkey migrate')
    expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)])
    expect(stderr.includes('certificate')).toBe(databaseUrl.startsWith('postgres'))
  }
})

test('what the system does not let a command read is one sentence', async () => {
  const command = await prepareCommand()
  const { folder } = command
  symlinkSync('loop', join(folder, 'loop'))
  const looped = await run({ folder, databaseUrl: `sqlite:${folder}/loop` }, 'latchkey users list')
  expect([looped.code, looped.stderr]).toEqual([1, expect.stringMatching(/^ELOOP[^\n]*\n$/)])
  const sentence = /^Migrations cannot be read: [^\n]*\n$/
  mkdirSync(join(folder, 'migrations/sqlite/0001_notes.sql'), { recursive: true })
  const folded = await run(command, 'latchkey migrate')
  expect([folded.code, folded.stderr]).toEqual([1, expect.stringMatching(sentence)])
  rmSync(join(folder, 'migrations/sqlite'), { recursive: true })
  writeFileSync(join(folder, 'migrations/sqlite'), '')
  const flat = await run(command, 'latchkey migrate --status')
  expect([flat.code, flat.stderr]).toEqual([1, expect.stringMatching(sentence)])
})

test('a database that another process holds is refused in a sentence', async () => {
  const command = await prepareCommand()
  const { folder } = command
  await run(command, 'latchkey migrate')
  const other = new DatabaseSync(join(folder, 'storage/production.sqlite3'))
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const { code, stderr } = await run(command, 'latchkey outbox retry 1')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^Another process holds the database/)])
})

test('the development database is taken with --dev alone, and whoever names none is told of that', async () => {
  const command = await prepareCommand()
  const { folder } = command
  await run(command, 'latchkey migrate')
  const without = await run({ folder, databaseUrl: '' }, 'latchkey outbox list')
  expect([without.code, without.stderr]).toEqual([
    1,
    expect.stringMatching(/^DATABASE_URL must be set in production, .*; with --dev, /),
  ])
  const dev = await run({ folder, databaseUrl: '' }, 'latchkey outbox list --dev')
  expect(dev.stderr).toContain(`${folder}/storage/development.sqlite3`)
  const named = 'mv storage/production.sqlite3 storage/development.sqlite3'
  const { stdout } = await run(
    { folder, databaseUrl: '' },
    `${named}; latchkey outbox list --dev --json`,
  )
  expect(JSON.parse(stdout)).toEqual({ messages: [] })
})
