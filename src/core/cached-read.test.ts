import { expect, test } from 'vitest'
import { movableClock } from '../testing/clock.ts'
import { CachedRead } from './cached-read.ts'

function start() {
  const clock = movableClock()
  const readings: PromiseWithResolvers<number>[] = []
  const read = () => {
    const reading = Promise.withResolvers<number>()
    readings.push(reading)
    return reading.promise
  }
  return { clock, readings, kept: new CachedRead({ read, clock, milliseconds: 1_000 }) }
}

test('however many ask, and however long it takes, it is read once at a time', async () => {
  const { clock, readings, kept } = start()
  const first = kept.get()
  clock.advance({ seconds: 5 })
  const second = kept.get()
  expect(readings).toHaveLength(1)
  readings[0]?.resolve(1)
  expect(await Promise.all([first, second])).toEqual([1, 1])
})

test('what took long is old when it comes: its age counts from its beginning', async () => {
  const { clock, readings, kept } = start()
  const first = kept.get()
  clock.advance({ milliseconds: 999 })
  readings[0]?.resolve(1)
  await first
  expect(await kept.get()).toBe(1)
  clock.advance({ milliseconds: 1 })
  const second = kept.get()
  readings[1]?.resolve(2)
  expect(await second).toBe(2)
})

test('what is forgotten while it is read comes back to those who had asked, and to nobody else', async () => {
  const { readings, kept } = start()
  const before = kept.get()
  kept.forget()
  const after = kept.get()
  readings[0]?.resolve(1)
  readings[1]?.resolve(2)
  expect(await Promise.all([before, after, kept.get()])).toEqual([1, 2, 2])
})

test('what fails is told to those who had asked, and is read again for the next', async () => {
  const { readings, kept } = start()
  const asked = [kept.get(), kept.get()]
  readings[0]?.reject(new Error('away'))
  for (const each of asked) await expect(each).rejects.toThrow('away')
  const next = kept.get()
  readings[1]?.resolve(2)
  expect(await next).toBe(2)
})
