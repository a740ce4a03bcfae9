export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 0 ? (below + above) / 2 : above
}

/** One value against another of the same round, so that a machine that slows down slows both. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? Number.NaN))
}

/**
 * The median of the ratios of what is itself a difference; NaN where noise made one of them nothing or
 * less: that says nothing, and would look like the best of all.
 */
export function medianShare(values: readonly number[], others: readonly number[]): number {
  const isKnown = [...values, ...others].every((value) => value > 0)
  return isKnown ? median(ratios(values, others)) : Number.NaN
}

/** The value that such a share of all is below. */
export function percentile(values: readonly number[], share: number): number {
  return valueAt(Float64Array.from(values).sort(), share)
}

/** The same, of values in order. */
export function valueAt(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
