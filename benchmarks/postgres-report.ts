import type { Sample } from './measure.ts'
import { median, ratios } from './statistics.ts'

export interface PostgresSample extends Sample {
  /** Processor time of all of PostgreSQL's processes, for one request. */
  readonly databaseMicroseconds: number
}

/** Medians of the rounds; the last column is taken within each round. */
export function printPostgres(
  title: string,
  samples: ReadonlyMap<string, readonly PostgresSample[]>,
): void {
  console.log(`
${title}

| server | requests/s | its CPU, µs | PostgreSQL's CPU, µs | requests/s and database core | p50, ms | p99, ms | requests/s against Latchkey |
| --- | --- | --- | --- | --- | --- | --- | --- |`)
  const ours = samples.get('Latchkey') ?? []
  for (const [name, runs] of samples) {
    const middle = (figure: keyof PostgresSample) => median(runs.map((run) => run[figure]))
    const perSecond = (each: readonly PostgresSample[]) => each.map((run) => run.perSecond)
    const columns = [
      middle('perSecond').toFixed(0),
      middle('microseconds').toFixed(1),
      middle('databaseMicroseconds').toFixed(1),
      median(runs.map((run) => 1_000_000 / run.databaseMicroseconds)).toFixed(0),
      middle('p50').toFixed(2),
      middle('p99').toFixed(2),
      `${median(ratios(perSecond(runs), perSecond(ours))).toFixed(3)} ×`,
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}
