// The results of the rounds, by server. Ratios are taken within each round, and then their median.
import type { Sample } from './measure.ts'
import { median, ratios } from './statistics.ts'

export type Samples = ReadonlyMap<string, readonly Sample[]>

export type Figure = keyof Sample

export function middle(runs: readonly Sample[], figure: Figure): number {
  return median(runs.map((run) => run[figure]))
}

/** The ratio of the first server to the second. */
export function ratio(
  samples: Samples,
  [one, other]: readonly [string, string],
  figure: Figure,
): number {
  return median(ratios(series(samples, one, figure), series(samples, other, figure)))
}

/** The cost of a check in each round: the difference to the same server without a check. */
export function costs(
  samples: Samples,
  [checked, opened]: readonly [checked: string, opened: string],
): number[] {
  const without = series(samples, opened, 'microseconds')
  return series(samples, checked, 'microseconds').map(
    (each, round) => each - (without[round] ?? Number.NaN),
  )
}

function series(samples: Samples, name: string, figure: Figure): number[] {
  return (samples.get(name) ?? []).map((run) => run[figure])
}
