// One sweeper at a time, however long its sweep takes and whatever the clocks say; and what it does to its process.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createSweeper } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startServer, temporaryFolder } from '../harness.ts'

/** The milliseconds of each pause, of which none is waited for. */
const pauses: number[] = []
vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: async (milliseconds: number) => void pauses.push(milliseconds),
}))

/** A sweeper, another process that may want its lease, and clocks to move. */
async function start() {
  const server = await startServer()
  const { auth, clock } = server
  const { store } = auth.config
  let monotonic = 0
  const log: string[] = []
  const write = (_entry: object, message: string) => void log.push(message)
  const options = { log: { info: write, error: write }, monotonic: () => monotonic }
  const sweeper = createSweeper(auth, options)
  onTestFinished(() => sweeper.stop())
  const stepping = vi.fn(store.sweep)
  store.sweep = stepping
  const after = (seconds: number) => new Date(clock().getTime() + seconds * 1_000)
  const pass = (seconds: number) => {
    clock.advance({ seconds })
    monotonic += seconds * 1_000
  }
  /** Takes the lease for another process, whose clock is so many seconds ahead; resolves to whether it got it. */
  const takeAway = (ahead = 0) => {
    const times = { now: after(ahead), until: after(ahead + 60), latest: after(ahead + 120) }
    return store.holdLease('sweep', { ...times, own: new Date(0) })
  }
  const countSteps = async () => {
    stepping.mockClear()
    pauses.length = 0
    await sweeper.sweep()
    return stepping.mock.calls.length
  }
  return { ...server, countSteps, log, pass, stepping, takeAway }
}

// One look at each table.
const allSteps = 12

test('a sweep that lasts longer than its lease renews it in time, and nobody gets it meanwhile', async () => {
  const { countSteps, pass, stepping, takeAway } = await start()
  const taken: boolean[] = []
  stepping.mockImplementation(async () => {
    taken.push(await takeAway())
    pass(40)
    taken.push(await takeAway())
    return { deleted: 0, next: null }
  })
  expect(await countSteps()).toBe(allSteps)
  expect(taken).not.toContain(true)
})

test('who was refused the lease does not think that it is theirs when they come again at once', async () => {
  const { countSteps, pass, takeAway } = await start()
  expect(await takeAway()).toBe(true)
  expect([await countSteps(), await countSteps()]).toEqual([0, 0])
  pass(60)
  expect(await countSteps()).toBe(allSteps)
})

test('a lease from before the clock was set back is nobody’s, and is asked for again', async () => {
  const { clock, countSteps, takeAway } = await start()
  expect(await countSteps()).toBe(allSteps)
  clock.advance({ hours: -2 })
  expect(await takeAway()).toBe(true)
  expect([await countSteps(), await countSteps()]).toEqual([0, 0])
})

test.each([
  ['half a minute ahead keeps it', 30, 0],
  ['hours ahead keeps nobody else from it', 7_200, allSteps],
])('whoever has the lease by a clock that is %s', async (_what, seconds, steps) => {
  const { countSteps, takeAway } = await start()
  expect(await takeAway(seconds)).toBe(true)
  expect(await countSteps()).toBe(steps)
})

test.each([
  ['a minute', 60, allSteps, []],
  ['a minute', -60, allSteps, []],
  ['more than that', 61, 0, ['the clock was moved: nothing is swept for an hour']],
  ['more than that', -61, 0, ['the clock was moved: nothing is swept for an hour']],
])(
  'a clock that is set right by %s (%i s) is told from one that was wrong',
  async (_much, seconds, steps, said) => {
    const { clock, countSteps, log } = await start()
    clock.advance({ seconds })
    expect(await countSteps()).toBe(steps)
    expect(log).toEqual(said)
  },
)

test('no step deletes more than 128 rows, and the pause behind one that deletes is ten times as long', async () => {
  const { countSteps, pass, stepping } = await start()
  const deleted = [1]
  stepping.mockImplementation(async () => {
    pass(0.002)
    return { deleted: deleted.shift() ?? 0, next: null }
  })
  await countSteps()
  expect(stepping.mock.calls.map(([, { maximum }]) => maximum)).toEqual(Array(allSteps).fill(128))
  // 0.05 % of the time, and 0.5 %.
  expect(pauses.map(Math.round)).toEqual([3_998, ...Array(allSteps - 1).fill(398)])
})

test('a script stays for the sweep that it waits for, and not for the next', () => {
  const script = `
    import { createAuth, createStore, createSweeper, migrate } from 'latchkey/server'
    import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
    const database = await openSqlite(${JSON.stringify(join(temporaryFolder(), 'test.sqlite3'))})
    await migrate(database, [sqliteMigrations])
    const sweeper = createSweeper(createAuth({ store: createStore(database) }))
    sweeper.start()
    await sweeper.sweep()
    await database.close()
    console.log('swept')`
  const flags = ['--conditions=source', '--input-type=module', '--eval', script]
  const ran = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 60_000 })
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, 'swept\n', ''])
})
