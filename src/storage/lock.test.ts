import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Lock } from './lock.ts'

test('those who wait hold the lock one at a time, in the order of asking', async () => {
  const lock = new Lock()
  const seen: string[] = []
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const results = numbers.map((number) =>
    lock.hold(async () => {
      seen.push(`${number} begins`)
      if (number % 3 === 0) await turn()
      seen.push(`${number} ends`)
      return number
    }),
  )
  expect(await Promise.all(results)).toEqual(numbers)
  expect(seen).toEqual(numbers.flatMap((number) => [`${number} begins`, `${number} ends`]))
})

test('one who fails hears of it alone, and the next has its turn', async () => {
  const lock = new Lock()
  const gate = Promise.withResolvers<string>()
  const failing = lock.hold(() => gate.promise)
  const next = lock.hold(async () => 'next')
  gate.reject(new Error('broken'))
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('next')
})

test('one who throws at once lets the next have its turn', async () => {
  const lock = new Lock()
  const failing = lock.hold(() => {
    throw new Error('broken')
  })
  const next = lock.hold(async () => 'next')
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('next')
})

test('nobody begins while the lock is held', async () => {
  const lock = new Lock()
  const gate = Promise.withResolvers<void>()
  const first = lock.hold(() => gate.promise)
  let begun = false
  const second = lock.hold(async () => {
    begun = true
  })
  await turn()
  expect(begun).toBe(false)
  gate.resolve()
  await Promise.all([first, second])
  expect(begun).toBe(true)
})
