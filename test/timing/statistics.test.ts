// The instruments of the timing test, against published values.
import { expect, test } from 'vitest'
import { bootstrap } from './bootstrap.ts'
import { upperTail, zAbove } from './normal.ts'
import { signTest } from './sign-test.ts'
import { wilcoxon } from './wilcoxon.ts'

// Self- and cross-fertilised maize, in eighths of an inch: Darwin 1876, in Fisher, The Design of Experiments.
const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

test.each([
  [1.959964, 0.025],
  [2.575829, 0.005],
  [4.417173, 5e-6],
  [6, 9.865876e-10],
  [-1.281552, 0.9],
])('above %d lies the share %d of a normal distribution', (z, share) => {
  expect(upperTail(z) / share).toBeCloseTo(1, 5)
  expect(zAbove(share)).toBeCloseTo(z, 5)
})

test.each([
  // A deer's hind leg is longer than its foreleg in 8 of 10 (Zar, Biostatistical Analysis).
  [8, 2, 0.109375],
  [13, 2, 0.00738525390625],
  [50, 0, 2 ** -49],
  [7, 7, 1],
])('the sign test of %d against %d says %d', (slower, faster, p) => {
  const differences = [...Array(slower).fill(1), ...Array(faster).fill(-1), 0, 0]
  expect(signTest(differences) / p).toBeCloseTo(1, 9)
})

test('the sign test holds for ten thousand pairs', () => {
  const differences = (slower: number) =>
    Array.from({ length: 10_000 }, (_, index) => (index < slower ? 1 : -1))
  // Against the normal distribution, corrected for continuity.
  expect(signTest(differences(5_200)) / (2 * upperTail(3.99))).toBeCloseTo(1, 1)
  expect(signTest(differences(9_000))).toBeLessThan(1e-300)
})

test('Wilcoxon’s test says of the maize what SciPy says, by the same approximation', () => {
  expect(wilcoxon(maize)).toBeCloseTo(0.04088813291185591, 6)
})

test('ranks that are tied are shared, and narrow the variance', () => {
  // By hand: ranks 1.5, 1.5, 3.5, 3.5, 5; together 13.5 above zero; mean 7.5, variance 13.75 - 12/48.
  expect(wilcoxon([1, -1, 2, 2, 3, 0])).toBeCloseTo(2 * upperTail(6 / Math.sqrt(13.5)), 9)
})

test('the median and the mean of the tenth in the middle are those of the numbers', () => {
  const { median, trimmedMean } = bootstrap([...Array(20).keys()].reverse(), { resamples: 10 })
  expect([median, trimmedMean]).toEqual([9.5, 9.5])
  const skewed = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000, 1_001]
  expect(bootstrap(skewed, { resamples: 10 })).toMatchObject({ median: 6, trimmedMean: 6 })
})

test('the interval has the width that the theory gives it', () => {
  // Uniform between 0 and 1: the median of n has a standard error of 1 / (2 √n).
  const values = Array.from({ length: 2_500 }, (_, index) => (index + 0.5) / 2_500)
  const { medianWithin, trimmedMeanWithin } = bootstrap(values)
  for (const { from, to } of [medianWithin, trimmedMeanWithin]) {
    expect(0.5 - from).toBeCloseTo(1.96 * 0.01, 2)
    expect(to - 0.5).toBeCloseTo(1.96 * 0.01, 2)
  }
})

test('a sample in which one value was drawn throughout has it as its middle', () => {
  const always = { resamples: 20, random: (numbers: Uint32Array) => numbers.fill(3) }
  const { medianWithin, trimmedMeanWithin } = bootstrap([10, 20, 30, 40, 50], always)
  expect([medianWithin, trimmedMeanWithin]).toEqual([
    { from: 40, to: 40 },
    { from: 40, to: 40 },
  ])
})
