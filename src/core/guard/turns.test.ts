import { expect, onTestFinished, test, vi } from 'vitest'
import { Turns } from './turns.ts'

test('each waits for those before it of its key, and for nobody else', async () => {
  const turns = new Turns()
  const order: string[] = []
  const gates = [1, 2].map(() => Promise.withResolvers<void>())
  const take = (name: string, key: string, gate = Promise.resolve()) =>
    turns.take(key, async () => {
      order.push(`${name} begins`)
      await gate
      order.push(`${name} ends`)
    })
  const first = take('first', 'a', gates[0]?.promise)
  const second = take('second', 'a', gates[1]?.promise)
  await take('another', 'b')
  gates[0]?.resolve()
  await first
  // The second is at it, and was not forgotten with the first.
  const third = take('third', 'a')
  gates[1]?.resolve()
  await Promise.all([second, third])
  expect(order).toEqual([
    'first begins',
    'another begins',
    'another ends',
    'first ends',
    'second begins',
    'second ends',
    'third begins',
    'third ends',
  ])
})

test('whoever fails tells its caller, and the next is next', async () => {
  const turns = new Turns()
  const failed = turns.take('a', () => Promise.reject(new Error('away')))
  const next = turns.take('a', async () => 'done')
  await expect(failed).rejects.toThrow('away')
  expect(await next).toBe('done')
})

test('whoever waited for more than two seconds is told to come back, and does nothing', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => now.mockRestore())
  const turns = new Turns()
  const gate = Promise.withResolvers<void>()
  const done: string[] = []
  const slow = turns.take('a', () => gate.promise)
  const inTime = turns.take('a', async () => void done.push('in time'))
  now.mockReturnValue(1)
  const later = turns.take('a', async () => void done.push('later'))
  now.mockReturnValue(2_000)
  gate.resolve()
  await Promise.all([slow, inTime, later])
  expect(done).toEqual(['in time', 'later'])
  now.mockReturnValue(5_000)
  const again = Promise.withResolvers<void>()
  const second = turns.take('a', () => again.promise)
  const late = turns.take('a', async () => void done.push('late'))
  // By its turn its time is over.
  await new Promise(setImmediate)
  now.mockReturnValue(7_001)
  again.resolve()
  await second
  await expect(late).rejects.toMatchObject({ code: 'overloaded' })
  expect(done).toEqual(['in time', 'later'])
})
