import { expect, test } from 'vitest'
import { Allowances, currentAllowances } from './allowances.ts'

const limit = { name: 'attempts', attempts: 10, windowSeconds: 180 }

test('the one with the least left is told; of several as small, the one that stays so longest', () => {
  const known = [
    { limit, remaining: 3, resetSeconds: 10 },
    { limit, remaining: 3, resetSeconds: 20 },
    { limit, remaining: 4, resetSeconds: 90 },
  ]
  for (const order of [known, known.toReversed()]) {
    const allowances = new Allowances()
    for (const each of order) allowances.note(each)
    expect(allowances.tightest).toEqual({ limit, remaining: 3, resetSeconds: 20 })
  }
})

test('where nothing was counted nothing is told', () => {
  expect(new Allowances().tightest).toBeNull()
  expect(currentAllowances()).toBeNull()
})
