// CON-04: a disk that is full, and then is not. SQLite alone: a PostgreSQL whose disk is full is away.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountDisk } from './disk.ts'
import { sufferAndJudge } from './outage-story.ts'
import { openWorld } from './world.ts'

test('while the disk is full, who is logged in stays so, writes are 503, and nothing is half there', async () => {
  const disk = mountDisk(64)
  const world = await openWorld({ databaseUrl: `sqlite:${join(disk.folder, 'app.sqlite3')}` })
  const full = { seconds: 15, begin: disk.fill, end: disk.free, may: { living: [], dead: [] } }
  const times = ['first', 'second', 'third']
  const outages = times.map((time) => ({ ...full, name: `disk full, ${time} time` }))
  await sufferAndJudge('disk full', world, outages)
  const refused = world.history.entries.filter(
    (entry) => entry.type === 'operation' && entry.status === 503,
  )
  // That it was full indeed.
  expect(refused.length).toBeGreaterThan(0)
})
