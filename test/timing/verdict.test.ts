// What the timing test concludes, from times that are made up.
import { expect, test } from 'vitest'
import type { Comparison } from './classes.ts'
import { deltaOf, judge } from './verdict.ts'

const twins = comparison({ kind: 'twins' })
const fault = comparison({ kind: 'found', rounds: 50 })

test('what only noise tells apart passes', () => {
  const verdict = judge(times({ rounds: 1_000, shift: 0, spread: 0.5 }), twins)
  expect(verdict).toMatchObject({ passed: true, rounds: 1_000 })
  expect(verdict.detectable).toBeLessThan(0.25)
})

test('half a millisecond in a spread of one is found within a thousand rounds', () => {
  const verdict = judge(times({ rounds: 1_000, shift: 0.5, spread: 1 }), twins)
  expect(verdict.passed).toBe(false)
  expect(Math.max(verdict.sign, verdict.wilcoxon)).toBeLessThan(1e-7)
  expect(verdict.median).toBeCloseTo(0.5, 0)
})

test('noise in which nothing could be found is no pass', () => {
  const verdict = judge(times({ rounds: 1_000, shift: 0, spread: 10 }), twins)
  expect(Math.min(verdict.sign, verdict.wilcoxon)).toBeGreaterThan(1e-3)
  expect(verdict.passed).toBe(false)
})

test('a difference that is small and certain is no pass either', () => {
  const verdict = judge(times({ rounds: 1_000, shift: 0.1, spread: 0.05 }), twins)
  expect(verdict.medianWithin.to).toBeLessThan(0.25)
  expect(verdict.passed).toBe(false)
})

test('of twins in ten thousand rounds more is asked', () => {
  expect([deltaOf(1_000), deltaOf(9_999), deltaOf(10_000)]).toEqual([0.25, 0.25, 0.1])
})

test('a fault has to be found in the rounds that it is given', () => {
  expect(judge(times({ rounds: 60, shift: 10, spread: 1 }), fault)).toMatchObject({
    passed: true,
    rounds: 50,
  })
  expect(judge(times({ rounds: 60, shift: 0, spread: 1 }), fault).passed).toBe(false)
  expect(judge(times({ rounds: 40, shift: 10, spread: 1 }), fault).passed).toBeNull()
})

test('a stated difference may be as large as was stated, and no larger', () => {
  const stated = comparison({ kind: 'stated', milliseconds: 2 })
  expect(judge(times({ rounds: 1_000, shift: 1.5, spread: 1 }), stated).passed).toBe(true)
  expect(judge(times({ rounds: 1_000, shift: 2.5, spread: 1 }), stated).passed).toBe(false)
})

function comparison(expected: Comparison['expected']): Comparison {
  return { one: 'one', other: 'other', expected }
}

function times({ rounds, shift, spread }: { rounds: number; shift: number; spread: number }) {
  const random = numbers()
  const noise = () => Float64Array.from({ length: rounds }, () => 30 + spread * normal(random))
  return new Map([
    ['one', noise()],
    ['other', noise().map((each) => each + shift)],
  ])
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

// The same each time (Lehmer's, with the multiplier of Park and Miller).
function numbers(): () => number {
  let state = 20_261_126
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
