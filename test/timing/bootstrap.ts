import { getRandomValues } from 'node:crypto'

export interface Interval {
  readonly from: number
  readonly to: number
}

/** What is middle in some numbers, and where it may as well be, with 95 %. */
export interface Middle {
  readonly median: number
  readonly medianWithin: Interval
  /** Of the tenth in the middle: 45 % are cut off at each end. */
  readonly trimmedMean: number
  readonly trimmedMeanWithin: Interval
}

type Random = (numbers: Uint32Array<ArrayBuffer>) => unknown

/** By the percentiles of so many samples with replacement. */
export function bootstrap(
  values: ArrayLike<number>,
  { resamples = 10_000, random = getRandomValues }: { resamples?: number; random?: Random } = {},
): Middle {
  const sorted = Float64Array.from(values).sort()
  const once = new Uint16Array(sorted.length).fill(1)
  const [medians, means] = [new Float64Array(resamples), new Float64Array(resamples)]
  const drawn = new Uint32Array(sorted.length)
  for (let sample = 0; sample < resamples; sample++) {
    // How often each was drawn says as much as the sample, and spares its sorting.
    const times = new Uint16Array(sorted.length)
    for (let index = 0; index < drawn.length; index += blockSize) {
      random(drawn.subarray(index, index + blockSize))
    }
    for (const number of drawn)
      times[number % sorted.length] = (times[number % sorted.length] ?? 0) + 1
    medians[sample] = medianOf(sorted, times)
    means[sample] = trimmedMeanOf(sorted, times)
  }
  return {
    median: medianOf(sorted, once),
    medianWithin: within(medians),
    trimmedMean: trimmedMeanOf(sorted, once),
    trimmedMeanWithin: within(means),
  }
}

// getRandomValues gives 65,536 bytes at a time.
const blockSize = 16_384

function medianOf(sorted: Float64Array, times: Uint16Array): number {
  const half = sorted.length / 2
  return meanOfRanks(sorted, times, { from: Math.ceil(half) - 1, to: Math.floor(half) + 1 })
}

function trimmedMeanOf(sorted: Float64Array, times: Uint16Array): number {
  const cut = Math.floor(sorted.length * 0.45)
  return meanOfRanks(sorted, times, { from: cut, to: sorted.length - cut })
}

// Of the values that stand from one rank to before another, each counted as often as it was drawn.
function meanOfRanks(sorted: Float64Array, times: Uint16Array, { from, to }: Interval): number {
  let [rank, sum] = [0, 0]
  for (let index = 0; rank < to && index < sorted.length; index++) {
    const next = rank + (times[index] ?? 0)
    const counted = Math.min(next, to) - Math.max(rank, from)
    if (counted > 0) sum += counted * (sorted[index] ?? Number.NaN)
    rank = next
  }
  return sum / (to - from)
}

function within(statistics: Float64Array): Interval {
  statistics.sort()
  const at = (share: number) =>
    statistics[Math.round(share * (statistics.length - 1))] ?? Number.NaN
  return { from: at(0.025), to: at(0.975) }
}
