import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import type { Database } from './database.ts'
import { openSqlite } from './sqlite.ts'

test('a writer waits for another process while readers are answered', async () => {
  const { database, other } = await openTwice()
  other.exec("BEGIN IMMEDIATE; INSERT INTO notes VALUES ('theirs')")
  let settled = false
  const ours = insert(database, 'ours').finally(() => {
    settled = true
  })
  for (let count = 0; count < 20; count++) {
    await turn()
    expect(await names(database)).toEqual([])
  }
  expect(settled).toBe(false)
  other.exec('COMMIT')
  await ours
  expect(await names(database)).toEqual(['theirs', 'ours'])
})

test('after two seconds of waiting all writers are refused, and the event loop turned', async () => {
  const { database, other } = await openTwice()
  other.exec('BEGIN IMMEDIATE')
  let [ticks, reads] = [0, 0]
  const timer = setInterval(async () => {
    ticks++
    reads += (await names(database)).length === 0 ? 1 : 0
  }, 10)
  onTestFinished(() => clearInterval(timer))
  const begun = performance.now()
  const refused = await Promise.allSettled(['a', 'b', 'c'].map((name) => insert(database, name)))
  const waited = performance.now() - begun
  const unavailable = {
    status: 'rejected',
    reason: { name: 'AuthError', code: 'unavailable', cause: { message: expect.any(String) } },
  }
  expect(refused).toMatchObject([unavailable, unavailable, unavailable])
  expect(waited).toBeGreaterThan(1_900)
  expect(waited).toBeLessThan(3_800)
  expect(ticks).toBeGreaterThan(20)
  expect(reads).toBe(ticks)

  other.exec('ROLLBACK')
  await insert(database, 'after')
  expect(await names(database)).toEqual(['after'])
})

test('a new file that another process holds is opened when it lets go', async () => {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const other = connect(file)
  other.exec('BEGIN EXCLUSIVE; CREATE TABLE notes (name)')
  let opened = false
  const opening = openSqlite(file).finally(() => {
    opened = true
  })
  for (let count = 0; count < 20; count++) await turn()
  expect(opened).toBe(false)
  other.exec('COMMIT')
  const database = await opening
  onTestFinished(() => database.close())
  expect(await names(database)).toEqual([])
})

test('what another process committed is read at once', async () => {
  const { database, other } = await openTwice()
  expect(await names(database)).toEqual([])
  other.exec("INSERT INTO notes VALUES ('theirs')")
  expect(await names(database)).toEqual(['theirs'])
  other.exec('DELETE FROM notes')
  expect(await names(database)).toEqual([])
})

test('a full disk refuses the write as unavailable and leaves nothing of it', async () => {
  const { database } = await openTwice()
  const writing = database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('first')")
    await transaction.query('PRAGMA max_page_count = 1')
    await transaction.query('INSERT INTO notes VALUES ($1)', ['x'.repeat(100_000)])
  })
  const full = { name: 'AuthError', code: 'unavailable', cause: { errcode: 13 } }
  await expect(writing).rejects.toMatchObject(full)
  expect(await names(database)).toEqual([])
  await insert(database, 'after')
  expect(await names(database)).toEqual(['after'])
})

test('writers that are refused in a row let the event loop turn between any two', async () => {
  const { database, other } = await openTwice()
  other.exec('BEGIN IMMEDIATE')
  let turns = 0
  let next = setImmediate(function count() {
    turns++
    next = setImmediate(count)
  })
  onTestFinished(() => clearImmediate(next))
  const refusedAt: number[] = []
  const writes = Array.from({ length: 100 }, (_, index) =>
    insert(database, `${index}`).catch(() => refusedAt.push(turns)),
  )
  await Promise.all(writes)
  other.exec('COMMIT')
  expect(refusedAt).toHaveLength(100)
  expect(new Set(refusedAt).size).toBe(100)
})

async function openTwice(): Promise<{ database: Database; other: DatabaseSync }> {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  await database.transaction((transaction) => transaction.script('CREATE TABLE notes (name)'))
  return { database, other: connect(file) }
}

function connect(file: string): DatabaseSync {
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  return other
}

function insert(database: Database, name: string): Promise<unknown> {
  return database.transaction((transaction) =>
    transaction.query('INSERT INTO notes VALUES ($1)', [name]),
  )
}

async function names(database: Database): Promise<unknown[]> {
  return (await database.query('SELECT name FROM notes ORDER BY rowid')).flat()
}
