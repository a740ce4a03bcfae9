import { median, percentile, ratios } from './statistics.ts'
import type { Alone, StormRuns } from './storm-runs.ts'

/** A figure with its bound. */
export interface Goal {
  readonly what: string
  readonly figure: number
  readonly bound: { readonly is: 'at least' | 'at most'; readonly value: number }
  readonly unit: string
}

/** A line that says whether a figure keeps its bound; NaN does not keep any. */
export function judge({ what, figure, bound, unit }: Goal): string {
  const holds = bound.is === 'at least' ? figure >= bound.value : figure <= bound.value
  const is = `${figure.toFixed(2)} ${unit}, ${bound.is} ${bound.value} ${unit}`
  return `- ${what}: ${is}: ${holds ? 'holds' : 'does not hold'}`
}

/** A line for each goal that these runs have measured. */
export function judgeStorms({ idle, hit, alone, apart }: StormRuns): string[] {
  const checks = p99s(hit.map(({ latencies }) => latencies))
  const lines = [
    ...judgeAlone(alone, 'on one core'),
    ...judgeAlone(apart, 'on two cores'),
    judge({
      what: 'p99 of the checks while people log in, against while nobody does',
      figure: median(ratios(checks, p99s(idle))),
      bound: { is: 'at most', value: 2 },
      unit: '×',
    }),
  ]
  const surplus = hit.map((each) => each.surplus).filter(({ length }) => length > 0)
  const what = 'p99 of the log-ins that are told to come back'
  const bound = { is: 'at most', value: 50 } as const
  if (surplus.length > 0)
    lines.push(judge({ what, figure: median(p99s(surplus)), bound, unit: 'ms' }))
  else lines.push(`- ${what}: nobody was`)
  return lines
}

function judgeAlone(runs: readonly Alone[], where: string): string[] {
  if (runs.length === 0) return []
  const [logIns, hashes] = [runs.map((each) => each.logIns), runs.map((each) => each.hashes)]
  const bound = { is: 'at least', value: 0.95 } as const
  const what = `Log-ins a second ${where}, against what the hash alone allows there`
  return [judge({ what, figure: median(ratios(logIns, hashes)), bound, unit: '×' })]
}

function p99s(runs: readonly (readonly number[])[]): number[] {
  return runs.map((run) => percentile(run, 0.99))
}
