import { expect, onTestFinished, test, vi } from 'vitest'
import { joinBatch } from './batch.ts'

test('no more than 64 requests are handled together', async () => {
  const told: string[] = []
  const handle = async (name: string) => {
    await joinBatch()
    told.push(`${name} looked up`)
    await null
    told.push(`${name} answered`)
  }
  const names = Array.from({ length: 66 }, (_, index) => String(index))
  await Promise.all(names.map(handle))
  const stepsOf = (some: readonly string[]) => [
    ...some.map((name) => `${name} looked up`),
    ...some.map((name) => `${name} answered`),
  ]
  expect(told).toEqual([...stepsOf(names.slice(0, 64)), ...stepsOf(names.slice(64))])
})

test('requests are handled even while the application’s tests move the timers', async () => {
  vi.useFakeTimers({ toFake: ['setImmediate'] })
  onTestFinished(() => void vi.useRealTimers())
  await expect(joinBatch()).resolves.toBeUndefined()
})
