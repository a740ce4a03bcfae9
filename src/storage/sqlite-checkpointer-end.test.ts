import { once } from 'node:events'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import { openSqlite } from './sqlite.ts'

const { workers, acts } = vi.hoisted(() => {
  return { workers: [] as Worker[], acts: [] as (() => void)[] }
})

vi.mock(import('node:worker_threads'), async (original) => {
  const threads = await original()
  class KnownWorker extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      workers.push(this)
    }
  }
  return { ...threads, Worker: KnownWorker }
})

// The checkpointer has one timer at a time, and nothing else here waits ten seconds.
vi.mock(import('node:timers'), async (original) => {
  const timers = await original()
  const setTimeout = (act: () => void, milliseconds: number) => {
    if (milliseconds === 10_000) acts.push(act)
    return timers.setTimeout(act, milliseconds)
  }
  return { ...timers, setTimeout: setTimeout as typeof timers.setTimeout }
})

test('the thread that checkpoints ends where nothing was committed since, and starts again', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'test.sqlite3'))
  onTestFinished(() => database.close())
  await database.migration((each) => each.script('CREATE TABLE notes (text TEXT)'))
  const insert = () =>
    database.transaction((each) => each.query('INSERT INTO notes VALUES ($1)', ['a note']))
  const passTenSeconds = () => acts.splice(0).at(-1)?.()

  await insert()
  expect(workers).toHaveLength(0)
  passTenSeconds()
  expect(workers).toHaveLength(1)
  // A commit takes the place of the end.
  await insert()
  passTenSeconds()
  expect(workers).toHaveLength(1)
  const ended = once(workers[0] ?? expect.fail('nobody started'), 'exit')
  passTenSeconds()
  expect(await ended).toEqual([0])

  await insert()
  passTenSeconds()
  expect(workers).toHaveLength(2)
})
