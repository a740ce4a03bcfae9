import { median, percentile, ratios } from './statistics.ts'
import type { Sweep } from './sweep-watch.ts'

/** The latency of each request of a run, in milliseconds. */
type Latencies = readonly number[]

/** A run during which a sweep began. */
export interface Swept {
  /** From the start of the sweep until the requests that had waited for it were answered. */
  readonly starting: Latencies
  /** After that, while rows were swept. */
  readonly latencies: Latencies
  readonly sweep: Sweep
}

/** One run of each for every round. */
export interface SweepRuns {
  readonly idle: Latencies[]
  readonly byServer: Swept[]
  readonly byCommand: Swept[]
}

/** Requests a second. */
export interface Rates {
  readonly saturating: number
  readonly asked: number
}

export function printSweeps({ saturating, asked }: Rates, runs: SweepRuns): void {
  const { idle } = runs
  const byServer = runs.byServer.map(({ latencies }) => latencies)
  const byCommand = runs.byCommand.map(({ latencies }) => latencies)
  const starting = runs.byCommand.map((run) => run.starting)
  console.log(`
GET /v1/projects, ${asked} requests/s, 64 connections, 10,000 tokens, medians of ${idle.length}

| while | p50, ms | p99, ms | p99 against the first | in each round | p99 of each round, ms |
| --- | --- | --- | --- | --- | --- |
${describe('nothing is swept', idle, idle)}
${describe('rows are swept, by the server', byServer, idle)}
${describe('rows are swept, by the command', byCommand, idle)}
${describe('the command starts, and just after', starting, idle)}

| what | measured |
| --- | --- |
| Requests that saturate the server | ${saturating.toFixed(0)} /s |
| Rows that the server deleted | ${rate(runs.byServer)} /s |
| Rows that the command deleted | ${rate(runs.byCommand)} /s |`)
}

function describe(name: string, runs: readonly Latencies[], idle: readonly Latencies[]): string {
  const columns = [
    median(runs.map((latencies) => percentile(latencies, 0.5))).toFixed(2),
    median(p99s(runs)).toFixed(2),
    `${(median(p99s(runs)) / median(p99s(idle))).toFixed(2)} ×`,
    list(ratios(p99s(runs), p99s(idle))),
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

function rate(runs: readonly Swept[]): string {
  const perSecond = ({ sweep: { from, to, deleted } }: Swept) => (deleted * 1_000) / (to - from)
  return median(runs.map(perSecond)).toFixed(0)
}
