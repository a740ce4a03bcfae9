import { median, percentile, ratios } from './statistics.ts'
import type { Sweep } from './sweep-command.ts'

type Latencies = readonly number[]

/** One pair of runs: what requests took, in milliseconds, and the sweep of the second. */
export interface SweepRound {
  readonly idle: Latencies
  /** From the start of the command until what had waited for that was answered. */
  readonly starting: Latencies
  readonly swept: Latencies
  readonly sweep: Sweep
}

/** Both are requests in a second. */
export interface Rates {
  readonly saturating: number
  readonly asked: number
}

export function printSweeps({ saturating, asked }: Rates, rounds: readonly SweepRound[]): void {
  const idle = rounds.map((round) => round.idle)
  const starting = rounds.map((round) => round.starting)
  const swept = rounds.map((round) => round.swept)
  console.log(`
GET /v1/projects, ${asked} requests/s, 64 connections, 10,000 tokens, medians of ${rounds.length}

| while | p50, ms | p99, ms | p99 against the first | p99 of each round, ms |
| --- | --- | --- | --- | --- |
${describe('nothing is swept', idle, idle)}
${describe('the command starts, and just after', starting, idle)}
${describe('rows are swept', swept, idle)}

| what | measured |
| --- | --- |
| Requests that saturate the server | ${saturating.toFixed(0)} /s |
| Rows that each sweep deleted | ${rounds[0]?.sweep.deleted.toLocaleString('en')} |
| A sweep, from its first row to its last | ${seconds(rounds, ({ from, to }) => to - from)} s |
| The command, from its start to its end | ${seconds(rounds, ({ startedAt, endedAt }) => endedAt - startedAt)} s |
| p99 while rows are swept, against that of the same round | ${list(ratios(p99s(swept), p99s(idle)))} × |`)
}

function describe(name: string, runs: readonly Latencies[], idle: readonly Latencies[]): string {
  const columns = [
    median(runs.map((latencies) => percentile(latencies, 0.5))).toFixed(2),
    median(p99s(runs)).toFixed(2),
    `${(median(p99s(runs)) / median(p99s(idle))).toFixed(2)} ×`,
    list(p99s(runs)),
  ]
  return `| ${[name, ...columns].join(' | ')} |`
}

function p99s(runs: readonly Latencies[]): number[] {
  return runs.map((latencies) => percentile(latencies, 0.99))
}

function list(figures: readonly number[]): string {
  return figures.map((figure) => figure.toFixed(2)).join(', ')
}

function seconds(rounds: readonly SweepRound[], milliseconds: (sweep: Sweep) => number): string {
  return (median(rounds.map(({ sweep }) => milliseconds(sweep))) / 1_000).toFixed(2)
}
