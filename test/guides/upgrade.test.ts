// The guide to upgrades: its commands on a database of the version before, and back again.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { blocksOf, shell } from './guide.ts'

const page = 'docs/guides/upgrade.md'
const [status = '', back = '', ...others] = blocksOf(page, 'console')
const newest = readdirSync(sqliteMigrations.directory).sort().at(-1) ?? ''

/** A database on which the version before has run, and that version's migrations. */
async function prepare() {
  const folder = temporaryFolder()
  const files = join(folder, 'before')
  mkdirSync(files)
  for (const file of readdirSync(sqliteMigrations.directory).filter((each) => each !== newest)) {
    cpSync(new URL(file, sqliteMigrations.directory), join(files, file))
  }
  const path = join(folder, 'app.sqlite3')
  const database = await openSqlite(path)
  onTestFinished(() => database.close())
  const before = { owner: 'latchkey', directory: pathToFileURL(`${files}/`) }
  await migrate(database, [before])
  return { database, before, files, env: { DATABASE_URL: `sqlite:${path}` } }
}

/** What a block types, and what it shows. */
function parts(block: string): { command: string; shown: string } {
  const lines = block.split('\n').filter((line) => !line.startsWith('$ npm '))
  const command = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  const shown = lines.filter((line) => !line.startsWith('$ '))
  return { command: command.join('\n'), shown: shown.join('\n') }
}

test('what is pending is shown as in the guide, and nothing is changed', async () => {
  expect(others).toEqual([])
  const { env } = await prepare()
  const { command, shown } = parts(status)
  for (let time = 0; time < 2; time += 1) {
    const said = await shell(`{ ${command}; } 2>&1 | grep -v alone`, { env })
    // Two streams: which line is first nobody knows.
    expect(said.split('\n').sort()).toEqual(shown.split('\n').sort())
  }
  expect(await shell('npx latchkey migrate 2> /dev/null', { env })).toBe(
    `Applied latchkey/${newest}\n`,
  )
}, 60_000)

test('the version before starts on the newer schema, and has nothing to do', async () => {
  const { database, before, env } = await prepare()
  await shell('npx latchkey migrate', { env })
  expect(await migrate(database, [before])).toEqual([])
  const { command, shown } = parts(back)
  expect(await shell(`${command} 2> /dev/null`, { env })).toBe(shown)
}, 60_000)

test('a migration that was changed after it was applied stops the start', async () => {
  const { database, before, files } = await prepare()
  writeFileSync(join(files, '0001_users_and_sessions.sql'), 'CREATE TABLE more (id TEXT)')
  await expect(migrate(database, [before])).rejects.toThrow('0001_users_and_sessions.sql')
}, 60_000)
