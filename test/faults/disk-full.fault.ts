// CON-04: a disk that is full, and then is not, under SQLite.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountDisk } from './disk.ts'
import { sufferAndJudge } from './outage-story.ts'
import { watch, watched } from './watch.ts'
import { openWorld } from './world.ts'

test('while the disk is full, who is logged in stays so, writes are 503, and nothing is half there', async () => {
  const disk = mountDisk(64)
  const databaseUrl = `sqlite:${join(disk.folder, 'app.sqlite3')}`
  const world = await openWorld({ databaseUrl, variables: watched })
  const end = async () => {
    // What only reads goes on: other servers would write to the same disk.
    expect(await watch(world)).toEqual({ ready: 200, metrics: 200 })
    disk.free()
  }
  const full = { seconds: 15, begin: disk.fill, end, may: { living: [], dead: [] } }
  const times = ['first', 'second', 'third']
  const outages = times.map((time) => ({ ...full, name: `disk full, ${time} time` }))
  await sufferAndJudge('disk full', world, outages)
  const refused = world.history.entries.filter(
    (entry) => entry.type === 'operation' && entry.status === 503,
  )
  // That it was full indeed.
  expect(refused.length).toBeGreaterThan(0)
})
