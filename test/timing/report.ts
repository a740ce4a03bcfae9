import type { Interval } from './bootstrap.ts'
import type { Comparison } from './classes.ts'
import type { Times } from './rounds.ts'
import { deltaOf, type Verdict } from './verdict.ts'

/** What a run says to a person, line by line. */
export function report(times: Times, verdicts: readonly Verdict[]): string[] {
  const rounds = Math.min(...[...times.values()].map(({ length }) => length))
  return [
    'Median of each class, in milliseconds, with its quartiles',
    '',
    ...[...times].map(([name, values]) => `  ${name.padEnd(34)} ${quartilesOf(values)}`),
    '',
    `Differences in milliseconds, each with its interval of 95 %; twins are within ±${deltaOf(rounds)}`,
    '',
    ...verdicts.flatMap(describe),
    '',
    conclude(verdicts),
  ]
}

export function hasPassed(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ passed }) => passed !== false)
}

function describe(verdict: Verdict): string[] {
  const { comparison, rounds, sign, wilcoxon, detectable } = verdict
  const { median, medianWithin, trimmedMean, trimmedMeanWithin } = verdict
  const { one, other } = comparison
  return [
    `  ${outcome(verdict.passed)} ${other} − ${one}: ${wanted(comparison)}`,
    `       n ${rounds}, median ${number(median)} ${interval(medianWithin)}, ` +
      `trimmed mean ${number(trimmedMean)} ${interval(trimmedMeanWithin)}`,
    `       sign test p ${probability(sign)}, Wilcoxon p ${probability(wilcoxon)}, ` +
      `detectable ${detectable === null ? 'nothing' : number(detectable)}`,
  ]
}

function wanted({ expected }: Comparison): string {
  if (expected.kind === 'twins') return 'no difference'
  if (expected.kind === 'same') return 'the same twice, to judge the test by'
  if (expected.kind === 'found') return `a fault, to be found in ${expected.rounds} rounds`
  return `a stated difference, within ±${expected.milliseconds}`
}

function conclude(verdicts: readonly Verdict[]): string {
  const failed = verdicts.filter(({ passed }) => passed === false)
  const isControl = ({ comparison: { expected } }: Verdict) =>
    expected.kind === 'same' || expected.kind === 'found'
  if (failed.length === 0) return 'PASS'
  if (failed.some(isControl)) return 'FAIL: a control failed, so this run says nothing; repeat it'
  return `FAIL: ${failed.length} of ${verdicts.length}`
}

function outcome(passed: boolean | null): string {
  if (passed === null) return '----'
  return passed ? 'pass' : 'FAIL'
}

function quartilesOf(values: Float64Array): string {
  const sorted = values.toSorted()
  const at = (share: number) => number(sorted[Math.floor(share * sorted.length)] ?? Number.NaN)
  return `${at(0.5)}  (${at(0.25)} to ${at(0.75)})`
}

function interval({ from, to }: Interval): string {
  return `[${number(from)}, ${number(to)}]`
}

function number(milliseconds: number): string {
  return milliseconds.toFixed(3)
}

function probability(p: number): string {
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3)
}
