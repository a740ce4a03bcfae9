// What the rounds gave, by server. A ratio is taken within each round, and then the median of them.
import type { Sample } from './measure.ts'
import { median, ratios } from './statistics.ts'

export type Samples = ReadonlyMap<string, readonly Sample[]>

export type Figure = keyof Sample

export function middle(runs: readonly Sample[], figure: Figure): number {
  return median(runs.map((run) => run[figure]))
}

/** The first of two servers against the second. */
export function ratio(
  samples: Samples,
  [one, other]: readonly [string, string],
  figure: Figure,
): number {
  return median(ratios(series(samples, one, figure), series(samples, other, figure)))
}

/** What a check costs more than nobody at the door does on the same server, in each round. */
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
