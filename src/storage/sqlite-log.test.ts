import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { type FileHandle, open as openFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { openSqlite } from './sqlite.ts'
import { SqliteLog } from './sqlite-log.ts'

test('a transaction is acknowledged when the disk has it, and others read and write meanwhile', async () => {
  const { insert, read } = await open()
  const disk = await slowDisk()
  const acknowledged: string[] = []
  const note = (text: string) => insert(text).then(() => acknowledged.push(text))
  const first = note('a')
  await vi.waitFor(() => expect(disk.waits).toHaveLength(1))
  expect(await read()).toEqual(['a'])
  const others = [note('b'), note('c')]
  await vi.waitFor(async () => expect(await read()).toEqual(['a', 'b', 'c']))
  await turn()
  expect(acknowledged).toEqual([])
  disk.waits[0]?.resolve()
  await first
  await vi.waitFor(() => expect(disk.waits).toHaveLength(2))
  expect(acknowledged).toEqual(['a'])
  disk.waits[1]?.resolve()
  await Promise.all(others)
  // The two that came meanwhile waited together.
  expect(disk.waits).toHaveLength(2)
})

test('a relaxed transaction does not wait for the disk', async () => {
  const { insert, read } = await open()
  const disk = await slowDisk()
  await insert('a', { durability: 'relaxed' })
  expect(await read()).toEqual(['a'])
  expect(disk.waits).toEqual([])
})

test('a migration waits for the disk as SQLite does', async () => {
  const { database } = await open()
  expect(await database.migration((each) => each.query('PRAGMA synchronous'))).toEqual([[2]])
})

test('what the disk refused is not acknowledged, and is in the file before anything else is', async () => {
  const { insert, read, inFile } = await open()
  const disk = await slowDisk()
  const refused = insert('a')
  await vi.waitFor(() => expect(disk.waits).toHaveLength(1))
  disk.waits[0]?.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }))
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  disk.mend()
  expect(inFile()).toEqual([])
  await insert('b')
  expect(inFile()).toEqual(['a'])
  expect(await read()).toEqual(['a', 'b'])
})

test('who committed while the disk was about to refuse is not acknowledged either', async () => {
  const { insert, read, inFile } = await open()
  const disk = await slowDisk()
  const refused = [insert('a')]
  await vi.waitFor(() => expect(disk.waits).toHaveLength(1))
  refused.push(insert('b'))
  await vi.waitFor(async () => expect(await read()).toEqual(['a', 'b']))
  disk.mend()
  disk.waits[0]?.reject(new Error('i/o error'))
  for (const each of refused) {
    await expect(each).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  }
  await insert('c')
  expect(inFile()).toEqual(['a', 'b'])
})

test('a disk that takes nothing is no reason to wait for ever', async () => {
  const file = await openFile(import.meta.filename)
  onTestFinished(() => file.close())
  const disk = await slowDisk()
  const log = new SqliteLog(file, { patienceMilliseconds: 1 })
  await expect(log.kept()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(log.state).toBe('late')
  disk.waits[0]?.resolve()
  await turn()
  expect(log.state).toBe('kept')
})

test('behind a link the log is where the database is', async () => {
  const folder = temporaryFolder()
  const link = join(folder, 'link.sqlite3')
  mkdirSync(join(folder, 'disk'))
  symlinkSync(join(folder, 'disk', 'app.sqlite3'), link)
  const database = await openSqlite(link)
  onTestFinished(() => database.close())
  await database.migration((each) => each.script('CREATE TABLE notes (text TEXT)'))
  await database.transaction((each) => each.query("INSERT INTO notes VALUES ('a')"))
  expect(await database.query('SELECT text FROM notes')).toEqual([['a']])
})

test('as long as somebody reads a log that the disk refused, nothing is written behind it', async () => {
  const { insert, read, file } = await open()
  const disk = await slowDisk()
  const refused = insert('a')
  await vi.waitFor(() => expect(disk.waits).toHaveLength(1))
  disk.waits[0]?.reject(new Error('i/o error'))
  await expect(refused).rejects.toThrow()
  disk.mend()
  const reader = new DatabaseSync(file)
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM notes').all()
  await expect(insert('b')).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(await read()).toEqual(['a'])
  reader.close()
  await insert('c')
  expect(await read()).toEqual(['a', 'c'])
})

test('whoever closes the database waits for the disk', async () => {
  const { database, insert } = await open()
  const disk = await slowDisk()
  const ended: string[] = []
  const inserting = insert('a').then(() => ended.push('acknowledged'))
  await vi.waitFor(() => expect(disk.waits).toHaveLength(1))
  const closing = database.close().then(() => ended.push('closed'))
  await turn()
  expect(ended).toEqual([])
  disk.waits[0]?.resolve()
  await Promise.all([inserting, closing])
  expect(ended).toEqual(['acknowledged', 'closed'])
})

async function open() {
  const folder = temporaryFolder()
  const file = join(folder, 'test.sqlite3')
  const database = await openSqlite(file)
  onTestFinished(() => database.close().catch(() => {}))
  await database.migration((each) => each.script('CREATE TABLE notes (text TEXT)'))
  const insert = (text: string, options: Parameters<typeof database.transaction>[1] = {}) =>
    database.transaction((each) => each.query('INSERT INTO notes VALUES ($1)', [text]), options)
  const read = async () => (await database.query('SELECT text FROM notes')).flat()
  return { database, file, insert, read, inFile: () => readAlone(file, join(folder, 'copy')) }
}

// What stands in the file, without the log beside it.
function readAlone(file: string, copy: string): string[] {
  copyFileSync(file, copy)
  const copied = new DatabaseSync(copy)
  try {
    const rows = copied.prepare('SELECT text FROM notes').all()
    return rows.map(({ text }) => String(text))
  } catch {
    return []
  } finally {
    copied.close()
  }
}

/** A disk that has what it was given when the test says so. */
async function slowDisk() {
  const some = await openFile(import.meta.filename)
  const handle: Pick<FileHandle, 'datasync'> = Object.getPrototypeOf(some)
  await some.close()
  const waits: PromiseWithResolvers<void>[] = []
  const spy = vi.spyOn(handle, 'datasync').mockImplementation(() => {
    const wait = Promise.withResolvers<void>()
    waits.push(wait)
    return wait.promise
  })
  onTestFinished(() => spy.mockRestore())
  return { waits, mend: () => spy.mockRestore() }
}
