import type { Sample } from './measure.ts'
import { names } from './peers.ts'
import { median, ratios } from './statistics.ts'
import { atLeast, atMost, digits, type Line } from './verdicts.ts'

export interface PostgresSample extends Sample {
  /** Processor time of all processes of PostgreSQL for one request. */
  readonly databaseMicroseconds: number
  /** The statements for one request, including those that the server executes in the background. */
  readonly statements: number
}

type Samples = ReadonlyMap<string, readonly PostgresSample[]>

/** Prints medians of the rounds; the last column compares within each round. */
export function printPostgres(title: string, samples: Samples): void {
  console.log(`
${title}

| server | requests/s | its CPU, µs | PostgreSQL's CPU, µs | requests/s and database core | statements for one | p50, ms | p99, ms | requests/s against Latchkey |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |`)
  for (const [name, runs] of samples) {
    const middle = (figure: keyof PostgresSample) => median(runs.map((run) => run[figure]))
    const columns = [
      middle('perSecond').toFixed(0),
      middle('microseconds').toFixed(1),
      middle('databaseMicroseconds').toFixed(1),
      perCore(runs).toFixed(0),
      middle('statements').toFixed(2),
      middle('p50').toFixed(2),
      middle('p99').toFixed(2),
      `${against(samples, [name, names.latchkey]).toFixed(3)} ×`,
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
  console.log()
  for (const name of samples.keys()) {
    if (name === names.latchkey) continue
    const measured = digits(against(samples, [names.latchkey, name]))
    console.log(`- Latchkey answers ${measured} × the requests of ${name}: no bound is set.`)
  }
}

/** Judges the samples of checks. */
export function judgePostgres(samples: Samples): Line[] {
  const ours = samples.get(names.latchkey) ?? []
  const statements = median(ours.map((run) => run.statements))
  return [
    {
      text: 'PostgreSQL: statements for a check, to two places',
      bound: atMost(1),
      // The statements in the background, mostly of the outbox, are one in thousands.
      measured: Number(statements.toFixed(2)),
      unit: 'statements',
    },
    {
      text: 'PostgreSQL: checks per second and core of the database',
      bound: atLeast(3_000),
      measured: perCore(ours),
      unit: '/s',
    },
  ]
}

function perCore(runs: readonly PostgresSample[]): number {
  return median(runs.map((run) => 1_000_000 / run.databaseMicroseconds))
}

function against(samples: Samples, [one, other]: readonly [string, string]): number {
  const perSecond = (name: string) => (samples.get(name) ?? []).map((run) => run.perSecond)
  return median(ratios(perSecond(one), perSecond(other)))
}
