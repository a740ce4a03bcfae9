// CON-06: another process holds the file, copies it, and a clean stop leaves no log behind.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { sufferAndJudge } from './outage-story.ts'
import { openTables } from './tables.ts'
import { openWorld } from './world.ts'

test('while another process holds the lock, who is logged in stays so; writes wait, and are 503', async () => {
  const file = join(temporaryFolder(), 'app.sqlite3')
  const world = await openWorld({ databaseUrl: `sqlite:${file}`, processes: 2 })
  let holder: DatabaseSync | null = null
  const locked = {
    name: 'lock held for ten seconds',
    seconds: 10,
    begin() {
      holder = new DatabaseSync(file, { timeout: 5_000 })
      holder.exec('BEGIN IMMEDIATE')
    },
    end: () => holder?.close(),
    may: { living: [], dead: [] },
  }
  const copies: string[] = []
  const copied = {
    name: 'copied while it is written',
    seconds: 1,
    begin() {
      const copy = `${file}.copy-${copies.length}`
      const source = new DatabaseSync(file, { timeout: 5_000 })
      source.exec(`VACUUM INTO '${copy}'`)
      source.close()
      copies.push(copy)
    },
    end() {},
    may: { living: [], dead: [] },
  }
  await sufferAndJudge('lock held, copied', world, [locked, copied, locked, copied])
  for (const copy of copies) expect(await openTables(`sqlite:${copy}`).damage()).toEqual([])
  expect(copies).toHaveLength(2)
  expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false])
  await world.target.start()
  await world.target.ready()
  expect(await world.tables.damage()).toEqual([])
})
