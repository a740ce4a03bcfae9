import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { openSqlite } from './sqlite.ts'
import { isBusy } from './sqlite-errors.ts'
import { holdFile, replaceHeld } from './sqlite-replacement.ts'

async function prepare() {
  const folder = temporaryFolder()
  const files = { file: join(folder, 'app'), by: join(folder, 'next'), aside: join(folder, 'was') }
  await write(files.file, 'former')
  await write(files.by, 'restored')
  holdFile(files.by).release()
  return { folder, ...files }
}

async function write(file: string, name: string): Promise<void> {
  const database = await openSqlite(file)
  await database.transaction((transaction) =>
    transaction.script(`CREATE TABLE notes (name); INSERT INTO notes VALUES ('${name}')`),
  )
  await database.close()
}

test('a server that starts while a file is replaced has what took its place', async () => {
  const { folder, file, by, aside } = await prepare()
  const held = holdFile(file)
  expect(held.list('SELECT name FROM notes')).toEqual(['former'])
  // It finds the file locked, and tries again.
  const starting = openSqlite(file)
  await replaceHeld(file, { held, by, aside })
  const database = await starting
  onTestFinished(() => database.close())
  expect(await database.query('SELECT name FROM notes')).toEqual([['restored']])
  await database.transaction((each) => each.query("UPDATE notes SET name = 'written'"))
  expect(readdirSync(folder).sort()).toEqual(['app', 'app-shm', 'app-wal', 'was'])
  const former = await openSqlite(aside)
  onTestFinished(() => former.close())
  expect(await former.query('SELECT name FROM notes')).toEqual([['former']])
})

test('a file is not held while somebody has it open, and is nobody else’s while it is', async () => {
  const { file } = await prepare()
  const database = await openSqlite(file)
  await database.query('SELECT name FROM notes')
  expect(busy(() => holdFile(file))).toBe(true)
  await database.transaction((each) => each.query("UPDATE notes SET name = 'written'"))
  await database.close()
  const held = holdFile(file)
  expect(existsSync(`${file}-wal`)).toBe(false)
  expect(held.list('SELECT name FROM notes')).toEqual(['written'])
  await expect(openSqlite(file)).rejects.toMatchObject({ code: 'unavailable' })
  held.release()
  held.release()
  const again = await openSqlite(file)
  expect(await again.query('SELECT name FROM notes')).toEqual([['written']])
  await again.close()
})

function busy(attempt: () => void): boolean {
  try {
    attempt()
    return false
  } catch (error) {
    return isBusy(error)
  }
}
