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

test('what was committed comes into the file without SQLite’s doing it in a commit', async () => {
  const { database, inFile } = await open()
  const insert = async (from: number, to: number) => {
    for (let count = from; count <= to; count++) {
      await database.transaction((each) =>
        each.query('INSERT INTO notes VALUES ($1)', [`${count}`]),
      )
      const rows = await database.query('SELECT text FROM notes')
      expect(rows).toHaveLength(count)
    }
  }
  await insert(1, 250)
  expect(inFile()).toEqual([])
  // Of three hundred commits at once nobody waits for the timer.
  await insert(251, 300)
  await until(async () => expect(inFile().length).toBeGreaterThanOrEqual(299))
  await insert(301, 600)
  await until(async () => expect(inFile().length).toBeGreaterThanOrEqual(599))
})
