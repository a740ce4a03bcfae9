import { expect, test } from 'vitest'
import { PendingWrite } from './pending-write.ts'

const failed = new Error('The disk is full')

test('a write begins when the one before has ended, and the next rows are read meanwhile', async () => {
  const pending = new PendingWrite()
  const steps: string[] = []
  const { promise: written, resolve: finish } = Promise.withResolvers<void>()
  await pending.begin(async () => {
    steps.push('first begins')
    await written
    steps.push('first ends')
  })
  steps.push('the next rows')
  const second = pending.begin(async () => {
    steps.push('second')
  })
  finish()
  await second
  await pending.end()
  expect(steps).toEqual(['first begins', 'the next rows', 'first ends', 'second'])
})

test('a write that fails ends the next one before it begins', async () => {
  const pending = new PendingWrite()
  await pending.begin(() => Promise.reject(failed))
  let isBegun = false
  const next = pending.begin(async () => {
    isBegun = true
  })
  await expect(next).rejects.toBe(failed)
  expect(isBegun).toBe(false)
})

test('nothing ends well behind a write that failed', async () => {
  const pending = new PendingWrite()
  await pending.begin(() => Promise.reject(failed))
  await expect(pending.end()).rejects.toBe(failed)
})
