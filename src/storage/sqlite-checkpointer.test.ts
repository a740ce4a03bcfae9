import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { until } from '../../test/until.ts'
import { openSqlite } from './sqlite.ts'

const waiting: (() => void)[] = vi.hoisted(() => [])

// Nothing else here waits ten seconds.
vi.mock(import('node:timers'), async (original) => {
  const timers = await original()
  const setTimeout = (act: () => void, milliseconds: number) => {
    if (milliseconds === 10_000) waiting.push(act)
    return timers.setTimeout(act, milliseconds)
  }
  return { ...timers, setTimeout: setTimeout as typeof timers.setTimeout }
})

function passTenSeconds(): void {
  for (const act of waiting.splice(0)) act()
}

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

test('ten seconds later a long log is moved, and a short one is left for later', async () => {
  const { database, inFile } = await open()
  const insert = (text: string) =>
    database.transaction((each) => each.query('INSERT INTO notes VALUES ($1)', [text]))
  passTenSeconds()
  await insert('short')
  passTenSeconds()
  await insert('x'.repeat(1_100_000))
  // Had the short one been worth a thread, it would stand in the file by the time that a second does.
  const second = await open()
  for (let count = 1; count <= 300; count++) {
    await second.database.transaction((each) => each.query("INSERT INTO notes VALUES ('')"))
  }
  await until(async () => expect(second.inFile().length).toBeGreaterThanOrEqual(299))
  expect(inFile()).toEqual([])
  passTenSeconds()
  await until(async () => expect(inFile()).toHaveLength(2))
})
