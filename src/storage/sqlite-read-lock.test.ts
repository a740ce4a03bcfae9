// Reads that share a lock see no less than reads that take it one by one, and hold up nobody.
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextTick } from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { openSqlite } from './sqlite.ts'

const tick = promisify(nextTick)

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const file = join(folder, 'test.sqlite3')
  const database = await openSqlite(file)
  // Another process, as far as SQLite can tell.
  const other = new DatabaseSync(file)
  onTestFinished(async () => {
    other.close()
    await database.close()
    rmSync(folder, { recursive: true })
  })
  other.exec('CREATE TABLE sessions (id INTEGER PRIMARY KEY); INSERT INTO sessions VALUES (1)')
  other.exec('CREATE TABLE notes (name TEXT)')
  const look = () => database.lookUp('SELECT id FROM sessions WHERE id = $1', [1], ([id]) => id)
  // A page of the log cannot be moved into the file while somebody reads what was there before.
  const isHeld = () => {
    other.exec('INSERT INTO notes VALUES (NULL)')
    return other.prepare('PRAGMA wal_checkpoint(RESTART)').get()?.busy === 1
  }
  return { database, file, other, look, isHeld }
}

test('the lock is kept from the third read until nothing is left to do at once', async () => {
  const { look, isHeld } = await open()
  expect([look(), look(), isHeld()]).toEqual([1, 1, false])
  expect([look(), isHeld(), look(), isHeld()]).toEqual([1, true, 1, true])
  await null
  expect([look(), isHeld()]).toEqual([1, true])
  await tick()
  expect(isHeld()).toBe(false)
  expect([look(), isHeld()]).toEqual([1, false])
})

test('while it is kept, a session that another process ended is gone at the next read', async () => {
  const { look, isHeld, other } = await open()
  expect([look(), look(), look(), isHeld()]).toEqual([1, 1, 1, true])
  other.exec('DELETE FROM sessions')
  expect(look()).toBeNull()
})

test('it is given back before a commit of this process', async () => {
  const { database, look, isHeld } = await open()
  const seen = await database.transaction(async (transaction) => {
    await transaction.query('DELETE FROM sessions')
    return [look(), look(), look()]
  })
  expect(seen).toEqual([1, 1, 1])
  expect(isHeld()).toBe(false)
  expect(look()).toBeNull()
})

test('it is not kept while the log is long, so that the log can begin anew', async () => {
  const { file, look, isHeld } = await open()
  truncateSync(`${file}-wal`, 24 * 1_048_576 + 1)
  expect([look(), look(), look(), isHeld()]).toEqual([1, 1, 1, false])
})
