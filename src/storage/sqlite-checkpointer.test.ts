import { copyFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { until } from '../../test/until.ts'
import { openSqlite } from './sqlite.ts'

const { waiting, workers } = vi.hoisted(() => {
  return { waiting: [] as (() => void)[], workers: { started: 0, last: null as Worker | null } }
})

vi.mock(import('node:worker_threads'), async (original) => {
  const threads = await original()
  class CountedWorker extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof threads.Worker>) {
      super(...args)
      workers.started++
      workers.last = this
    }
  }
  return { ...threads, Worker: CountedWorker }
})

// Nothing else here waits ten seconds.
vi.mock(import('node:timers'), async (original) => {
  const timers = await original()
  const setTimeout = (act: () => void, milliseconds: number) => {
    if (milliseconds === 10_000) waiting.push(act)
    return timers.setTimeout(act, milliseconds)
  }
  return { ...timers, setTimeout: setTimeout as typeof timers.setTimeout }
})

async function passTenSeconds(): Promise<void> {
  for (const act of waiting.splice(0)) act()
  // Behind its look at the log, which it takes on the same threads.
  for (let turn = 0; turn < 4; turn++) await stat('.')
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
  const before = workers.started
  const insert = (text: string) =>
    database.transaction((each) => each.query('INSERT INTO notes VALUES ($1)', [text]))
  await insert('short')
  await passTenSeconds()
  expect(workers.started).toBe(before)
  await insert('x'.repeat(1_100_000))
  expect(inFile()).toEqual([])
  await passTenSeconds()
  await until(async () => expect(inFile()).toHaveLength(2))
  expect(workers.started).toBe(before + 1)
})

test('commits that write nothing start no thread, however many', async () => {
  const { database } = await open()
  const before = workers.started
  for (let count = 1; count <= 700; count++) {
    await database.transaction((each) => each.query("DELETE FROM notes WHERE text = 'nothing'"))
  }
  await passTenSeconds()
  expect(workers.started).toBe(before)
})

test('a thread that fails while the database is closed keeps nothing open', async () => {
  const { database } = await open()
  workers.last = null
  await database.transaction((each) =>
    each.query('INSERT INTO notes VALUES ($1)', ['x'.repeat(1_100_000)]),
  )
  await passTenSeconds()
  await until(async () => expect(workers.last).not.toBeNull())
  const worker = workers.last as Worker | null
  if (worker === null) return
  vi.spyOn(worker, 'postMessage').mockImplementation(() => {
    worker.emit('error', new Error('disk I/O error'))
    void worker.terminate()
  })
  await database.close()
  await expect(database.query('SELECT 1')).rejects.toThrow('not open')
})
