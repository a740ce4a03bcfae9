import { deepEqual, equal, rejects } from 'node:assert/strict'
import { later, newUser, noon, type StoreContract } from './contract.ts'

/** What is counted, and for how long. */
export function guardContract({ test, open }: StoreContract): void {
  const window = (key: string) => ({ key, attempts: 1, maximum: 10, endsAt: later(180_000) })

  test('each key is counted for itself, in the order in which they were given', async () => {
    const store = await open()
    const endsAt = later(180_000)
    deepEqual(await store.count([window('a'), window('b')], noon), [
      { key: 'a', count: 1, endsAt },
      { key: 'b', count: 1, endsAt },
    ])
    deepEqual(await store.count([window('b'), window('c')], noon), [
      { key: 'b', count: 2, endsAt },
      { key: 'c', count: 1, endsAt },
    ])
    deepEqual(await store.count([], noon), [])
  })

  test('many are counted at once, also in a window that begins anew', async () => {
    const store = await open()
    const count = async (attempts: number, at: number) => {
      const next = { key: 'a', attempts, maximum: 100, endsAt: later(at + 60_000) }
      return (await store.count([next], later(at))).map((counted) => counted.count)
    }
    deepEqual(await count(30, 0), [30])
    deepEqual(await count(1, 1), [31])
    deepEqual(await count(30, 2), [61])
    deepEqual(await count(20, 60_000), [20])
  })

  test('behind the first that is over its maximum nothing is counted', async () => {
    const store = await open()
    const windows = [window('a'), { ...window('b'), maximum: 1 }, window('c')]
    const count = async () =>
      (await store.count(windows, noon)).map(({ key, count }) => [key, count])
    deepEqual(await count(), [
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ])
    deepEqual(await count(), [
      ['a', 2],
      ['b', 2],
    ])
    deepEqual(
      (await store.findCounts(['c'])).map(({ count }) => count),
      [1],
    )
  })

  test('a window ends when it said, however often is counted, and another begins', async () => {
    const store = await open()
    const countAt = async (milliseconds: number) => {
      const next = { key: 'a', attempts: 1, maximum: 10, endsAt: later(milliseconds + 180_000) }
      const [counted] = await store.count([next], later(milliseconds))
      return [counted?.count, counted?.endsAt]
    }
    deepEqual(await countAt(0), [1, later(180_000)])
    deepEqual(await countAt(60_000), [2, later(180_000)])
    deepEqual(await countAt(179_999), [3, later(180_000)])
    deepEqual(await countAt(180_000), [1, later(360_000)])
  })

  test('a window that a clock ahead of ours has put too far away ends in time, and keeps its count', async () => {
    const store = await open()
    await store.count([window('a')], noon)
    const earlier = { key: 'a', attempts: 1, maximum: 10, endsAt: later(179_999) }
    const [counted] = await store.count([earlier], later(-1))
    deepEqual([counted?.count, counted?.endsAt], [2, earlier.endsAt])
  })

  test('of a hundred counts at once none is lost, and no two are told the same', async () => {
    const store = await open()
    const both = ['a', 'b'].map((key) => ({ ...window(key), maximum: 1_000 }))
    const counts = await Promise.all(
      Array.from({ length: 100 }, async () => (await store.count(both, noon))[0]?.count),
    )
    equal(new Set(counts).size, 100)
    deepEqual(
      (await store.count(both, noon)).map(({ count }) => count),
      [101, 101],
    )
  })

  test('what was counted stays counted when a transaction beside it is undone', async () => {
    const store = await open()
    const undone = store.transaction(async (transaction) => {
      await transaction.deleteSessions(newUser().id)
      throw new Error('undone')
    })
    const counted = store.count([window('a')], noon)
    await rejects(undone, /undone/)
    await counted
    deepEqual(
      (await store.count([window('a')], noon)).map(({ count }) => count),
      [2],
    )
  })

  test('what was counted is found by its keys, and gone when it is deleted', async () => {
    const store = await open()
    const counts = await store.count([window('a'), window('b'), window('c')], noon)
    const [a, b, c] = counts
    deepEqual(await store.findCounts(['a', 'c', 'd']), [a, c])
    deepEqual(await store.findCounts([]), [])
    await store.transaction((transaction) => transaction.deleteCounts(['a', 'c', 'd']))
    deepEqual(await store.findCounts(['a', 'b', 'c']), [b])
  })
}
