import { median, percentile, ratios } from './statistics.ts'
import type { Crowd } from './storm-load.ts'
import type { Alone, Hit, StormRuns } from './storm-runs.ts'
import { judgeStorms } from './storm-verdicts.ts'

/** The load on a server. */
export interface Storm {
  readonly crowd: Crowd
  /** Milliseconds by which each fdatasync is delayed. */
  readonly sync: number
  /** Checks a second. */
  readonly perSecond: number
}

/** @param runs one of each for every round */
export function printStorms(name: string, storm: Storm, runs: StormRuns): void {
  const { idle, hit, alone, apart } = runs
  const checks = hit.map(({ latencies }) => latencies)
  const against = ratios(p99s(checks), p99s(idle))
  const slow = storm.sync > 0 ? `, each fdatasync takes ${storm.sync} ms more` : ''
  const who = describeCrowd(storm.crowd)
  console.log(`
${name}: GET /v1/projects, ${storm.perSecond} requests/s${slow}, medians of ${idle.length}

| while | p50, ms | p99, ms | p99 against the first | in each round | p99 of each round, ms |
| --- | --- | --- | --- | --- | --- |
| nobody logs in | ${middle(idle, 0.5)} | ${middle(idle, 0.99)} | 1.00 × | | ${list(p99s(idle))} |
| ${who} log in | ${middle(checks, 0.5)} | ${middle(checks, 0.99)} | ${median(against).toFixed(2)} × | ${list(against)} | ${list(p99s(checks))} |

| what | measured |
| --- | --- |
| Let in | ${median(hit.map(({ letIn, seconds }) => letIn.length / seconds)).toFixed(1)} /s, p50 ${of(hit, 'letIn', 0.5)} ms, p99 ${of(hit, 'letIn', 0.99)} ms |
| Told to come back, 503 | ${surplusOf(hit)} |`)
  printAlone(alone, 'on one core')
  printAlone(apart, 'on two cores')
  console.log(`\n${judgeStorms(runs).join('\n')}`)
}

function printAlone(runs: readonly Alone[], where: string): void {
  if (runs.length === 0) return
  const [logIns, hashes] = [runs.map((each) => each.logIns), runs.map((each) => each.hashes)]
  console.log(`| Let in, while nothing is checked, ${where} | ${median(logIns).toFixed(1)} /s |
| Passwords that are verified there, if nothing else is done | ${median(hashes).toFixed(1)} /s |
| Log-ins against that, in each round | ${list(ratios(logIns, hashes))} |`)
}

/** How many people log in, in words for a table. */
export function describeCrowd(crowd: Crowd): string {
  return crowd.kind === 'at a time' ? `${crowd.clients} at a time` : `${crowd.perSecond} a second`
}

function surplusOf(hit: readonly Hit[]): string {
  if (hit.every(({ surplus }) => surplus.length === 0)) return 'nobody'
  const perSecond = median(hit.map(({ surplus, seconds }) => surplus.length / seconds))
  return `${perSecond.toFixed(1)} /s, p50 ${of(hit, 'surplus', 0.5)} ms, p99 ${of(hit, 'surplus', 0.99)} ms`
}

function of(hit: readonly Hit[], which: 'letIn' | 'surplus', share: number): string {
  return median(hit.map((each) => percentile(each[which], share))).toFixed(1)
}

function middle(runs: readonly (readonly number[])[], share: number): string {
  return median(runs.map((run) => percentile(run, share))).toFixed(2)
}

function p99s(runs: readonly (readonly number[])[]): number[] {
  return runs.map((run) => percentile(run, 0.99))
}

function list(figures: readonly number[]): string {
  return figures.map((figure) => figure.toFixed(2)).join(', ')
}
