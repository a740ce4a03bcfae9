import { bootstrap, type Interval, type Middle } from './bootstrap.ts'
import { type Comparison, comparisons } from './classes.ts'
import { zAbove } from './normal.ts'
import type { Times } from './rounds.ts'
import { signTest } from './sign-test.ts'
import { wilcoxon } from './wilcoxon.ts'

export interface Verdict extends Middle {
  readonly comparison: Comparison
  readonly rounds: number
  readonly sign: number
  readonly wilcoxon: number
  /** The shift that the sign test would find in 99 of 100 runs, in milliseconds; null for none. */
  readonly detectable: number | null
  /** Null where there were too few rounds to say. */
  readonly passed: boolean | null
}

/** How probable one wrong alarm may be, in all tests of a run together. */
const alpha = 1e-5
// Bonferroni: so much is left for each. Two tests for each comparison.
const threshold = alpha / (2 * comparisons.length)

/** Within how many milliseconds twins must be, with 95 %. */
export function deltaOf(rounds: number): number {
  return rounds >= 10_000 ? 0.1 : 0.25
}

export function judge(times: Times, comparison: Comparison): Verdict {
  const differences = differencesOf(times, comparison)
  const { expected } = comparison
  const tested = expected.kind === 'found' ? differences.slice(0, expected.rounds) : differences
  const [sign, signedRank] = [signTest(tested), wilcoxon(tested)]
  const middle = bootstrap(tested)
  const isFound = Math.min(sign, signedRank) < threshold
  const judged = { comparison, rounds: tested.length, sign, wilcoxon: signedRank, ...middle }
  const detectable = detectableShift(tested)
  if (expected.kind === 'found') {
    const passed = tested.length < expected.rounds ? null : isFound
    return { ...judged, detectable, passed }
  }
  if (expected.kind === 'stated') {
    return { ...judged, detectable, passed: isWithin(middle, expected.milliseconds) }
  }
  const passed = !isFound && isWithin(middle, deltaOf(differences.length))
  return { ...judged, detectable, passed }
}

function differencesOf(times: Times, { one, other }: Comparison): Float64Array {
  const [ones, others] = [times.get(one), times.get(other)]
  if (!ones || !others) throw new Error(`${one} and ${other} were not both timed`)
  return others.map((milliseconds, round) => milliseconds - (ones[round] ?? Number.NaN))
}

function isWithin({ medianWithin, trimmedMeanWithin }: Middle, milliseconds: number): boolean {
  const within = ({ from, to }: Interval) => from >= -milliseconds && to <= milliseconds
  return within(medianWithin) && within(trimmedMeanWithin)
}

// A shift that makes so many of the pairs slower that the sign test says so: n = ((zα + zβ) / 2d)²,
// where d is what their share has above one half.
function detectableShift(differences: Float64Array): number | null {
  const sorted = differences.toSorted()
  const excess = (zAbove(threshold / 2) + zAbove(0.01)) / (2 * Math.sqrt(sorted.length))
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN
  return excess < 0.5 ? (at(0.5 + excess) - at(0.5 - excess)) / 2 : null
}
