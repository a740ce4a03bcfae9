import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { until } from '../../test/until.ts'
import { openSqlite } from './sqlite.ts'

async function open() {
  const folder = temporaryFolder()
  const file = join(folder, 'test.sqlite3')
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  await database.migration((each) => each.script('CREATE TABLE notes (text TEXT)'))
  // What stands in the file, without the log beside it.
  const inFile = (): string[] => {
    const copy = join(folder, 'copy.sqlite3')
    copyFileSync(file, copy)
    const copied = new DatabaseSync(copy)
    try {
      return copied
        .prepare('SELECT text FROM notes')
        .all()
        .map(({ text }) => String(text))
    } catch {
      return []
    } finally {
      copied.close()
    }
  }
  return { database, inFile }
}

test('what was committed comes into the file without another commit', async () => {
  const { database, inFile } = await open()
  await database.transaction((each) => each.query("INSERT INTO notes VALUES ('one')"))
  expect(inFile()).toEqual([])
  await until(async () => expect(inFile()).toEqual(['one']))
  await database.transaction((each) => each.query("INSERT INTO notes VALUES ('two')"))
  await until(async () => expect(inFile()).toEqual(['one', 'two']))
})

test('reads and writes go on meanwhile', async () => {
  const { database, inFile } = await open()
  for (let count = 1; count <= 200; count++) {
    await database.transaction((each) => each.query('INSERT INTO notes VALUES ($1)', [`${count}`]))
    expect(await database.query('SELECT text FROM notes')).toHaveLength(count)
  }
  await until(async () => expect(inFile()).toHaveLength(200))
})
