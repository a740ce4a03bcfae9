import { deepEqual, equal, rejects } from 'node:assert/strict'
import { later, newUser, noon, type StoreContract } from './contract.ts'

/** What is counted, and how long. */
export function guardContract({ test, open }: StoreContract): void {
  const window = { attempts: 1, now: noon, endsAt: later(180_000) }

  test('each key is counted for itself, in the order in which they were given', async () => {
    const store = await open()
    const { endsAt } = window
    deepEqual(await store.count(['a', 'b'], window), [
      { key: 'a', count: 1, endsAt },
      { key: 'b', count: 1, endsAt },
    ])
    deepEqual(await store.count(['b', 'c'], window), [
      { key: 'b', count: 2, endsAt },
      { key: 'c', count: 1, endsAt },
    ])
    deepEqual(await store.count([], window), [])
  })

  test('many are counted at once, also in a window that begins anew', async () => {
    const store = await open()
    const count = async (attempts: number, at: number) => {
      const next = { attempts, now: later(at), endsAt: later(at + 60_000) }
      return (await store.count(['a'], next)).map((counted) => counted.count)
    }
    deepEqual(await count(30, 0), [30])
    deepEqual(await count(1, 1), [31])
    deepEqual(await count(30, 2), [61])
    deepEqual(await count(20, 60_000), [20])
  })

  test('a window ends when it said, however often is counted, and another begins', async () => {
    const store = await open()
    const countAt = async (milliseconds: number) => {
      const next = { attempts: 1, now: later(milliseconds), endsAt: later(milliseconds + 180_000) }
      const [counted] = await store.count(['a'], next)
      return [counted?.count, counted?.endsAt]
    }
    deepEqual(await countAt(0), [1, later(180_000)])
    deepEqual(await countAt(60_000), [2, later(180_000)])
    deepEqual(await countAt(179_999), [3, later(180_000)])
    deepEqual(await countAt(180_000), [1, later(360_000)])
  })

  test('a window that a clock ahead of ours has put too far away ends in time, and keeps its count', async () => {
    const store = await open()
    await store.count(['a'], window)
    const earlier = { attempts: 1, now: later(-1), endsAt: later(179_999) }
    const [counted] = await store.count(['a'], earlier)
    deepEqual([counted?.count, counted?.endsAt], [2, earlier.endsAt])
  })

  test('of a hundred counts at once none is lost, and no two are told the same', async () => {
    const store = await open()
    const counts = await Promise.all(
      Array.from({ length: 100 }, async () => (await store.count(['a', 'b'], window))[0]?.count),
    )
    equal(new Set(counts).size, 100)
    deepEqual(
      (await store.count(['b', 'a'], window)).map(({ count }) => count),
      [101, 101],
    )
  })

  test('what was counted stays counted when a transaction beside it is undone', async () => {
    const store = await open()
    const undone = store.transaction(async (transaction) => {
      await transaction.deleteSessions(newUser().id)
      throw new Error('undone')
    })
    const counted = store.count(['a'], window)
    await rejects(undone, /undone/)
    await counted
    deepEqual(
      (await store.count(['a'], window)).map(({ count }) => count),
      [2],
    )
  })
}
