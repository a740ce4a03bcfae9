// `latchkey migrate`, as a deployment runs it.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresMigrations } from 'latchkey/postgres'
import { sqliteMigrations } from 'latchkey/sqlite'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { type Command, prepareCommand, run } from './command.ts'

const ofDatabase = inject('database')
const migrations = { sqlite: sqliteMigrations, postgres: postgresMigrations }[ofDatabase]
const own = readdirSync(migrations.directory)
  .sort()
  .map((file) => `latchkey/${file}`)

const alone =
  "Latchkey's migrations alone: ./migrations has none for this database; --app DIR names another folder\n"

test('what is pending is applied once, and what was applied is said', async () => {
  const command = await prepareCommand()
  const first = await run(command, 'latchkey migrate')
  expect(first).toEqual({
    code: 0,
    stdout: own.map((name) => `Applied ${name}\n`).join(''),
    stderr: alone,
  })
  expect((await run(command, 'latchkey outbox list --json')).stdout).toBe('{"messages":[]}\n')
  const second = await run(command, 'latchkey migrate; latchkey migrate --json')
  expect(second.stdout).toBe('Nothing was pending.\n{"applied":[]}\n')
})

test('the application’s migrations come behind, from ./migrations or where --app says', async () => {
  const command = await prepareCommand()
  writeMigration(command, 'api/migrations', '0001_notes.sql')
  const lines = 'latchkey migrate; latchkey migrate --app api/migrations'
  const { stdout, stderr } = await run(command, lines)
  expect(stdout.trim().split('\n').at(-1)).toBe('Applied app/0001_notes.sql')
  expect(stderr).toBe(alone)
  writeMigration(command, 'migrations', '0001_notes.sql')
  writeMigration(command, 'migrations', '0002_more.sql')
  expect((await run(command, 'latchkey migrate')).stdout).toBe('Applied app/0002_more.sql\n')
})

test('--status says what is pending, changes nothing, and is 1 until nothing is', async () => {
  const command = await prepareCommand()
  await (await openDatabase(command.databaseUrl)).database.close()
  const all = (status: string) => own.map((name) => ({ name, status }))
  for (const code of [1, 1]) {
    const before = await run(command, 'latchkey migrate --status --json')
    expect(before.code).toBe(code)
    expect(JSON.parse(before.stdout)).toEqual({ migrations: all('pending') })
    expect(before.stderr).toBe(`${own.length} pending: latchkey migrate applies them\n`)
  }
  await run(command, 'latchkey migrate')
  const after = await run(command, 'latchkey migrate --status')
  expect([after.code, after.stderr]).toEqual([0, alone])
  const lines = own.map((name) => `applied  ${name}`)
  expect(after.stdout.trim().split('\n')).toEqual(['STATUS   MIGRATION', ...lines])
})

test('a migration that the database refuses is named, and nothing is applied', async () => {
  const command = await prepareCommand()
  writeMigration(command, 'migrations', '0001_wrong.sql', 'CREATE TALBE x (y)')
  const { code, stdout, stderr } = await run(command, 'latchkey migrate')
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^Migration app\/0001_wrong.sql failed, and nothing was applied: .*TALBE/)
  const status = await run(command, 'latchkey migrate --status --json')
  expect(status.stdout).not.toContain('applied')
})

test('a file that changed after it was applied, or is misnamed, is named in a sentence', async () => {
  const command = await prepareCommand()
  writeMigration(command, 'migrations', '0001_notes.sql')
  await run(command, 'latchkey migrate')
  for (const [file, sentence] of [
    ['0001_notes.sql', /^Migration app\/0001_notes.sql was changed after it was applied; .*\n$/],
    ['2_notes.sql', /^Name the migration 2_notes.sql like .*\n$/],
  ] as const) {
    writeMigration(command, 'migrations', file, 'CREATE TABLE other (name text)')
    for (const line of ['latchkey migrate', 'latchkey migrate --status']) {
      const ran = await run(command, line)
      expect(ran).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) })
    }
  }
})

test('a folder that is not there is a wrong use', async () => {
  const { code, stderr } = await run(await prepareCommand(), 'latchkey migrate --app nowhere')
  expect([code, stderr]).toEqual([2, expect.stringContaining('nowhere')])
})

test('ten commands at once apply each migration once', async () => {
  const command = await prepareCommand()
  const ran = await Promise.all(
    Array.from({ length: 10 }, () => run(command, 'latchkey migrate --json')),
  )
  expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual(Array(10).fill([0, '']))
  const applied = ran.map(({ stdout }) => JSON.parse(stdout).applied.length).sort()
  expect(applied).toEqual([...Array(9).fill(0), own.length])
}, 30_000)

function writeMigration(
  { folder }: Command,
  directory: string,
  file: string,
  sql = `CREATE TABLE t_${file.slice(0, 4)} (name text)`,
): void {
  mkdirSync(join(folder, directory, ofDatabase), { recursive: true })
  writeFileSync(join(folder, directory, ofDatabase, file), sql)
}

test('what a newer version has applied is named, by migrate and by doctor', async () => {
  const command = await prepareCommand()
  await run(command, 'latchkey migrate')
  const { database } = await openDatabase(command.databaseUrl)
  await database.transaction(async (transaction) => {
    // The second is nobody's business here.
    for (const name of ['latchkey/9000_newer.sql', 'elsewhere/0001_notes.sql']) {
      await transaction.query(
        "INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ($1, 'none', 0)",
        [name],
      )
    }
  })
  await database.close()
  const { code, stdout, stderr } = await run(command, 'latchkey migrate --status')
  expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, 'unknown  latchkey/9000_newer.sql'])
  expect(stderr).toContain('latchkey/9000_newer.sql came with a version that is not this one')
  expect((await run(command, 'latchkey migrate')).stdout).toBe('Nothing was pending.\n')
  const findings = (await run(command, 'latchkey doctor')).stdout
  expect(findings).toMatch(
    /^advice +schema +latchkey\/9000_newer\.sql is applied, and unknown here/m,
  )
  expect(findings).toMatch(new RegExp(`^ok +schema +${own.length} migrations are applied`, 'm'))
})
